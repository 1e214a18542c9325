"""Webhooks of Alertmanager, version 4 of their format.

Source: https://prometheus.io/docs/alerting/latest/configuration/#webhook_config
"""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from alerts.observed import Link, Observed, Parsed, Told
from integrations.senders.base import UnreadableError, an_object, text_of, texts_of, time_of
from integrations.senders.payload_fields import key_of

NAMES_OF_SERVICE = ("service", "app", "job")


def parse(body: Any, headers: Mapping[str, str], mapping: Mapping[str, str]) -> Parsed:
    body = an_object(body)
    alerts = body.get("alerts")
    if not isinstance(alerts, list):
        raise UnreadableError("There is no list “alerts”. Alertmanager sends one.")
    group = text_of(body.get("groupKey"))
    observed = [_observed(an_object(one, "An entry of “alerts”"), group, body) for one in alerts]
    ends = [one.at for one in observed if one.at]
    is_over = body.get("status") == "resolved" and bool(group)
    return Parsed(
        alerts=tuple(observed),
        closed_groups=(group,) if is_over else (),
        at=max(ends, default=None),
        note=left_out(body),
    )


def left_out(body: dict[str, Any]) -> str:
    """How many alerts of the group are not in the payload, as a note; nothing where all are."""
    count = body.get("truncatedAlerts")
    is_count = isinstance(count, int) and count > 0
    return f"{count} left out by the sender (max_alerts)" if is_count else ""


def _observed(one: dict[str, Any], group: str, body: dict[str, Any]) -> Observed:
    labels, annotations = texts_of(one.get("labels")), texts_of(one.get("annotations"))
    state = one.get("status")
    if state not in ("firing", "resolved"):
        raise UnreadableError(f"“status” of an alert is {state!r}, not “firing” or “resolved”.")
    started_at, ended_at = time_of(one.get("startsAt")), time_of(one.get("endsAt"))
    is_over = state == "resolved"
    key = text_of(one.get("fingerprint")) or key_of(
        ",".join(f"{name}={labels[name]}" for name in sorted(labels))
    )
    if not key:
        raise UnreadableError("An alert has neither a fingerprint nor labels.")
    return Observed(
        dedup_key=key,
        group_key=group,
        state=Told.RESOLVED if is_over else Told.FIRING,
        title=annotations.get("summary") or annotations.get("title") or labels.get("alertname", ""),
        description=annotations.get("description") or annotations.get("message", ""),
        severity=labels.get("severity", ""),
        service=next((labels[name] for name in NAMES_OF_SERVICE if labels.get(name)), ""),
        source=labels.get("instance", ""),
        at=(ended_at if is_over else started_at) or started_at,
        started_at=started_at,
        labels=labels,
        links=tuple(_links(one, annotations, body)),
    )


def _links(one: dict[str, Any], annotations: dict[str, str], body: dict[str, Any]) -> list[Link]:
    known = [
        ("Runbook", annotations.get("runbook_url") or annotations.get("runbook", "")),
        ("Dashboard", annotations.get("dashboard_url") or annotations.get("dashboard", "")),
        ("Graph", text_of(one.get("generatorURL"))),
        ("Alertmanager", text_of(body.get("externalURL"))),
    ]
    return [Link(label, url) for label, url in known if url]


def sample(service: str) -> dict[str, Any]:
    now = timezone.now().isoformat()
    labels = {"alertname": "TestAlert", "severity": "warning", "service": service}
    return {
        "version": "4",
        "groupKey": '{}:{alertname="TestAlert"}',
        "truncatedAlerts": 0,
        "status": "firing",
        "receiver": "allclear",
        "groupLabels": {"alertname": "TestAlert"},
        "commonLabels": labels,
        "commonAnnotations": {},
        "externalURL": "",
        "alerts": [
            {
                "status": "firing",
                "labels": labels,
                "annotations": {"summary": "A test alert"},
                "startsAt": now,
                "endsAt": "0001-01-01T00:00:00Z",
                "generatorURL": "",
                "fingerprint": "test",
            }
        ],
    }
