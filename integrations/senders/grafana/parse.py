"""Webhooks of Grafana: unified alerting, and the alerts of dashboards that came before it.

Sources: https://grafana.com/docs/grafana/latest/alerting/configure-notifications/manage-contact-points/integrations/webhook-notifier/
and https://grafana.com/docs/grafana/v7.5/alerting/notifications/#webhook
"""

from collections.abc import Mapping
from typing import Any

from alerts.observed import Link, Observed, Parsed, Told
from integrations.senders.alertmanager.parse import LABELS_OF_SERVICE, group_in, runbook_in
from integrations.senders.alertmanager.parse import sample as sample_of_alertmanager
from integrations.senders.base import UnreadableError, an_object, text_of, texts_of
from integrations.senders.payload_fields import (
    NAMES_OF_SOURCE,
    first_of,
    key_of,
    links_of,
    named_in,
    needed,
    objects_of,
    told_of,
)

OLDER_STATES = {"alerting": Told.FIRING, "no_data": Told.FIRING, "ok": Told.RESOLVED}
OLDER_SILENT = ("paused", "pending")


def parse(body: Any, headers: Mapping[str, str], mapping: Mapping[str, str]) -> Parsed:
    body = an_object(body)
    if isinstance(body.get("alerts"), list):
        return group_in(body, _links)
    if "ruleId" in body or "ruleName" in body or "ruleUrl" in body:
        return _older(body)
    raise UnreadableError(
        "There is neither a list “alerts” nor a “ruleId”. Grafana sends one of them: use a contact point of the type Webhook, without a payload of your own."
    )


def _links(one: dict[str, Any], annotations: dict[str, str], body: dict[str, Any]) -> tuple[Link, ...]:
    return links_of(
        ("Runbook", runbook_in(annotations)),
        ("Dashboard", one.get("dashboardURL")),
        ("Panel", one.get("panelURL")),
        ("Image", one.get("imageURL")),
        ("Alert rule", one.get("generatorURL")),
        ("Silence", one.get("silenceURL")),
        ("Grafana", body.get("externalURL")),
    )


def _older(body: dict[str, Any]) -> Parsed:
    """An alert of a dashboard. Its title begins with its state, so the name of the rule is the title."""
    state = told_of(body.get("state"), "state", OLDER_STATES, OLDER_SILENT)
    if state is None:
        return Parsed(note=f"The rule is {text_of(body.get('state')).lower()}.")
    name = first_of(body.get("ruleName"), body.get("title"))
    key = needed("“ruleId”", body.get("ruleId"), body.get("ruleUrl"), name)
    labels = _labels_of_matches(body) | texts_of(body.get("tags"))
    alert = Observed(
        dedup_key=key_of(key),
        state=state,
        title=name,
        description=text_of(body.get("message")),
        severity=labels.get("severity", ""),
        service=named_in(labels, LABELS_OF_SERVICE),
        source=named_in(labels, NAMES_OF_SOURCE),
        labels=labels,
        links=links_of(("Alert rule", body.get("ruleUrl")), ("Image", body.get("imageUrl"))),
    )
    return Parsed((alert,))


def _labels_of_matches(body: dict[str, Any]) -> dict[str, str]:
    """What all series have in common that the rule matches."""
    matches = [texts_of(one.get("tags")) for one in objects_of(body, "evalMatches")]
    if not matches:
        return {}
    first, *others = matches
    return {name: text for name, text in first.items() if all(one.get(name) == text for one in others)}


def sample(service: str) -> dict[str, Any]:
    """What Alertmanager sends, and what Grafana adds to it."""
    told = sample_of_alertmanager(service)
    told["alerts"][0] |= {"silenceURL": "", "dashboardURL": "", "panelURL": "", "values": {"A": 1}}
    return told | {
        "version": "1",
        "orgId": 1,
        "title": "[FIRING:1] TestAlert",
        "state": "alerting",
        "message": "",
    }
