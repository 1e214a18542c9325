"""Webhooks of Alertmanager, version 4 of their format.

Source: https://prometheus.io/docs/alerting/latest/configuration/#webhook_config
"""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils import timezone

from alerts.observed import Link, Observed, Parsed, Told
from integrations.senders.base import UnreadableError, an_object, text_of, texts_of
from integrations.senders.payload_fields import (
    NAMES_OF_SERVICE,
    NAMES_OF_SOURCE,
    first_of,
    key_of,
    links_of,
    moment_of,
    named_in,
    told_of,
)

LABELS_OF_SERVICE = (*NAMES_OF_SERVICE, "job")  # the last is given by Prometheus itself
STATES = {"firing": Told.FIRING, "resolved": Told.RESOLVED}


def parse(body: Any, headers: Mapping[str, str], mapping: Mapping[str, str]) -> Parsed:
    return group_in(an_object(body), _links)


def group_in(body: dict[str, Any], links_in: Callable[..., tuple[Link, ...]]) -> Parsed:
    """A group of alerts in this format, which Grafana took over with addresses of its own.

    `links_in(alert, annotations, body)` are the links of one of them.
    """
    alerts = body.get("alerts")
    if not isinstance(alerts, list):
        raise UnreadableError("There is no list “alerts”. Alertmanager sends one.")
    group = text_of(body.get("groupKey"))
    observed = [_observed(an_object(one, "An entry of “alerts”"), group, body, links_in) for one in alerts]
    ends = [one.at for one in observed if one.at]
    is_over = body.get("status") == "resolved" and bool(group)
    return Parsed(
        alerts=tuple(observed),
        closed_groups=(group,) if is_over else (),
        at=max(ends, default=None),
        note=_left_out(body),
    )


def _left_out(body: dict[str, Any]) -> str:
    """How many alerts of the group are not in the payload, as a note; nothing where all are."""
    count = body.get("truncatedAlerts")
    is_count = isinstance(count, int) and count > 0
    return f"{count} left out by the sender (max_alerts)" if is_count else ""


def _observed(
    one: dict[str, Any], group: str, body: dict[str, Any], links_in: Callable[..., tuple[Link, ...]]
) -> Observed:
    labels, annotations = texts_of(one.get("labels")), texts_of(one.get("annotations"))
    state = told_of(one.get("status"), "status", STATES) or Told.FIRING
    started_at, ended_at = moment_of(one.get("startsAt")), moment_of(one.get("endsAt"))
    key = text_of(one.get("fingerprint")) or key_of(
        ",".join(f"{name}={labels[name]}" for name in sorted(labels))
    )
    if not key:
        raise UnreadableError("An alert has neither a fingerprint nor labels.")
    return Observed(
        dedup_key=key,
        group_key=group,
        state=state,
        title=first_of(annotations.get("summary"), annotations.get("title"), labels.get("alertname")),
        description=first_of(annotations.get("description"), annotations.get("message")),
        severity=labels.get("severity", ""),
        service=named_in(labels, LABELS_OF_SERVICE),
        source=named_in(labels, NAMES_OF_SOURCE),
        at=(ended_at if state == Told.RESOLVED else started_at) or started_at,
        started_at=started_at,
        labels=labels,
        links=links_in(one, annotations, body),
    )


def runbook_in(annotations: dict[str, str]) -> str:
    return first_of(annotations.get("runbook_url"), annotations.get("runbook"))


def _links(one: dict[str, Any], annotations: dict[str, str], body: dict[str, Any]) -> tuple[Link, ...]:
    return links_of(
        ("Runbook", runbook_in(annotations)),
        ("Dashboard", first_of(annotations.get("dashboard_url"), annotations.get("dashboard"))),
        ("Graph", one.get("generatorURL")),
        ("Alertmanager", body.get("externalURL")),
    )


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
