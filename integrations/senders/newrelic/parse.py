"""Webhooks of New Relic: issues by a workflow, and the older notification channels.

Sources: https://docs.newrelic.com/docs/alerts/get-notified/notification-integrations/#webhook
and https://docs.newrelic.com/docs/alerts-applied-intelligence/new-relic-alerts/alert-notifications/customize-your-webhook-payload/
"""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from alerts.observed import Observed, Parsed, Told
from integrations.senders.base import UnreadableError, an_object, text_of, texts_of
from integrations.senders.payload_fields import (
    NAMES_OF_SERVICE,
    NAMES_OF_SOURCE,
    filled,
    first_of,
    key_of,
    links_of,
    moment_of,
    named_in,
    needed,
    objects_of,
    texts_in,
    told_of,
)

STATES = {
    "created": Told.FIRING,
    "activated": Told.FIRING,
    "acknowledged": Told.ACKNOWLEDGED,
    "unacknowledged": Told.UNACKNOWLEDGED,
    "deactivated": Told.RESOLVED,
    "closed": Told.RESOLVED,
}
OLDER_STATES = {"open": Told.FIRING, "acknowledged": Told.ACKNOWLEDGED, "closed": Told.RESOLVED}


def parse(body: Any, headers: Mapping[str, str], mapping: Mapping[str, str]) -> Parsed:
    body = an_object(body)
    if "current_state" in body:
        return Parsed((_incident(body),))
    if "state" in body:
        return Parsed((_issue(body),))
    raise UnreadableError(
        "There is neither “state” nor “current_state”. Keep both “id” and “state” in the template of the webhook in New Relic."
    )


def _issue(body: dict[str, Any]) -> Observed:
    key = first_of(body.get("id"), body.get("issueId"))
    if not key:
        raise UnreadableError("“id” is missing. Keep it in the template of the webhook in New Relic.")
    state = told_of(body.get("state"), "state", STATES) or Told.FIRING
    entities, titles = texts_in(body, "impactedEntities"), texts_in(body, "title")
    labels = filled(
        {
            "policies": ", ".join(texts_in(body, "alertPolicyNames")),
            "conditions": ", ".join(texts_in(body, "alertConditionNames")),
            "entities": ", ".join(entities),
            "sources": ", ".join(texts_in(body, "sources")),
            "workflow": body.get("workflowName"),
            "incidents": body.get("totalIncidents"),
            "trigger": body.get("trigger"),
        }
    )
    return Observed(
        dedup_key=key_of(key),
        state=state,
        title=first_of(*titles, body.get("issueTitle"), *texts_in(body, "alertConditionNames")),
        description=first_of(*texts_in(body, "description"), *texts_in(body, "alertConditionDescription")),
        severity=text_of(body.get("priority")),
        service=entities[0] if len(entities) == 1 else "",
        at=moment_of(body.get("updatedAt")) or moment_of(body.get("createdAt")),
        started_at=moment_of(body.get("createdAt")),
        labels=labels,
        links=links_of(
            ("New Relic", first_of(body.get("issueUrl"), body.get("issuePageUrl"))),
            ("Runbook", first_of(*texts_in(body, "runbookUrl"))),
            ("Dashboard", first_of(body.get("dashboardUrl"))),
            ("Graph", first_of(*texts_in(body, "violationChartUrl"))),
        ),
    )


def _incident(body: dict[str, Any]) -> Observed:
    key = needed("“incident_id”", body.get("incident_id"))
    state = told_of(body.get("current_state"), "current_state", OLDER_STATES) or Told.FIRING
    targets = objects_of(body, "targets")
    target = targets[0] if len(targets) == 1 else {}
    labels = texts_of(target.get("labels")) | filled(
        {
            "policy": body.get("policy_name"),
            "condition": body.get("condition_name"),
            "account": body.get("account_name"),
            "targets": ", ".join(texts_in([one.get("name") for one in targets])),
        }
    )
    return Observed(
        dedup_key=key_of(key),
        state=state,
        title=first_of(body.get("condition_name"), body.get("details"), body.get("policy_name")),
        description=text_of(body.get("details")),
        severity=text_of(body.get("severity")),
        service=named_in(labels, NAMES_OF_SERVICE) or text_of(target.get("name")),
        source=named_in(labels, NAMES_OF_SOURCE),
        at=moment_of(body.get("timestamp")),
        labels=labels,
        links=links_of(
            ("New Relic", body.get("incident_url")),
            ("Runbook", body.get("runbook_url")),
            ("Graph", body.get("violation_chart_url")),
            ("Policy", body.get("policy_url")),
        ),
    )


def sample(service: str) -> dict[str, Any]:
    now = int(timezone.now().timestamp() * 1000)
    return {
        "id": "test",
        "issueUrl": "",
        "title": "A test alert",
        "priority": "MEDIUM",
        "impactedEntities": [service],
        "totalIncidents": 1,
        "state": "ACTIVATED",
        "trigger": "STATE_CHANGE",
        "isCorrelated": False,
        "createdAt": now,
        "updatedAt": now,
        "sources": ["newrelic"],
        "alertPolicyNames": ["Test"],
        "alertConditionNames": ["Test"],
        "workflowName": "Test",
    }
