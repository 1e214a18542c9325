"""Webhooks of Sentry: issue alerts, metric alerts, issues, and the older webhook of a project.

Sources: https://docs.sentry.io/organization/integrations/integration-platform/webhooks/issue-alerts/,
…/webhooks/metric-alerts/ and …/webhooks/issues/
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone

from alerts.observed import Observed, Parsed, Told
from integrations.senders.base import UnreadableError, an_object, text_of
from integrations.senders.payload_fields import (
    NAMES_OF_SERVICE,
    filled,
    first_of,
    header_of,
    inside,
    key_of,
    links_of,
    moment_of,
    named_in,
    needed,
    object_of,
    tags_of,
    texts_in,
    told_of,
)

METRIC_STATES = {"critical": Told.FIRING, "warning": Told.FIRING, "resolved": Told.RESOLVED}
ISSUE_STATES = {
    "created": Told.FIRING,
    "unresolved": Told.FIRING,
    "resolved": Told.RESOLVED,
    # Somebody put it aside, and Sentry says “unresolved” if it comes back.
    "archived": Told.ACKNOWLEDGED,
    "ignored": Told.ACKNOWLEDGED,
}
ISSUE_SILENT = ("assigned", "unassigned")
LONGEST_ADDRESS = 1_000


def parse(body: Any, headers: Mapping[str, str], mapping: Mapping[str, str]) -> Parsed:
    body = an_object(body)
    data = object_of(body, "data")
    sent_at = moment_of(header_of(headers, "Sentry-Hook-Timestamp"))
    resource = header_of(headers, "Sentry-Hook-Resource")
    if object_of(data, "metric_alert"):
        return _metric_alert(body, data, sent_at)
    if object_of(data, "event") and resource in ("", "event_alert"):
        return _issue_alert(data, sent_at)
    if object_of(data, "issue") and resource in ("", "issue"):
        return _issue(body, data["issue"], sent_at)
    if object_of(body, "event") and first_of(body.get("project_slug"), body.get("project")):
        return _older(body)
    if resource or object_of(body, "installation"):
        return Parsed(note=f"“{resource or 'installation'}” of Sentry tells of no alert.")
    raise UnreadableError(
        "There is no alert and no issue of Sentry. Send issue alerts, metric alerts or issues by an internal integration of Sentry."
    )


def _metric_alert(body: dict[str, Any], data: dict[str, Any], sent_at: datetime | None) -> Parsed:
    alert = object_of(data, "metric_alert")
    state = told_of(body.get("action"), "action", METRIC_STATES) or Told.FIRING
    rule = object_of(alert, "alert_rule")
    number, rule_number = text_of(alert.get("id")), text_of(rule.get("id"))
    if not number and not rule_number:
        raise UnreadableError("“id” of “metric_alert” is missing.")
    projects = texts_in(rule, "projects") or texts_in(alert, "projects")
    is_over = state == Told.RESOLVED
    started_at = moment_of(alert.get("date_started"))
    told_at = alert.get("date_closed") if is_over else alert.get("date_detected")
    observed = Observed(
        dedup_key=key_of(f"metric:{number}" if number else f"rule:{rule_number}"),
        group_key=key_of(f"rule:{rule_number}") if rule_number else "",
        state=state,
        title=first_of(alert.get("title"), rule.get("name"), data.get("description_title")),
        description=text_of(data.get("description_text")),
        severity="" if is_over else text_of(body.get("action")),
        service=projects[0] if len(projects) == 1 else "",
        source=first_of(rule.get("environment")),
        at=sent_at or moment_of(told_at) or started_at,
        started_at=started_at,
        labels=filled(
            {"rule": rule.get("name"), "query": rule.get("query"), "projects": ", ".join(projects)}
        ),
        links=links_of(("Sentry", data.get("web_url"))),
    )
    return Parsed((observed,))


def _issue_alert(data: dict[str, Any], sent_at: datetime | None) -> Parsed:
    """A rule was triggered: each time is an occurrence of its issue. What ends it is the webhook of the issue."""
    event = object_of(data, "event")
    address = text_of(event.get("issue_url"))[:LONGEST_ADDRESS].rstrip("/")
    number = needed(
        "“issue_id” of “event”", event.get("issue_id"), event.get("groupID"), address.rpartition("/")[2]
    )
    labels = tags_of(event.get("tags")) | filled(
        {
            "rule": data.get("triggered_rule"),
            "platform": event.get("platform"),
            "environment": event.get("environment"),
            "culprit": event.get("culprit"),
            "release": event.get("release"),
        }
    )
    observed = Observed(
        dedup_key=key_of(f"issue:{number}"),
        state=Told.FIRING,
        title=first_of(event.get("title"), event.get("message"), data.get("triggered_rule")),
        description=first_of(event.get("message"), event.get("culprit")),
        severity=text_of(event.get("level")),
        service=named_in(labels, NAMES_OF_SERVICE) or _project_in(text_of(event.get("url"))),
        source=first_of(labels.get("server_name"), event.get("environment")),
        at=sent_at or moment_of(event.get("datetime")) or moment_of(event.get("timestamp")),
        labels=labels,
        links=links_of(("Sentry", event.get("web_url"))),
    )
    return Parsed((observed,))


def _project_in(address: str) -> str:
    """The name of a project stands only in the address: https://sentry.io/api/0/projects/ORGANISATION/PROJECT/events/…"""
    parts = address[:LONGEST_ADDRESS].split("/")
    place = parts.index("projects") if "projects" in parts else len(parts)
    return parts[place + 2] if place + 2 < len(parts) else ""


def _issue(body: dict[str, Any], issue: dict[str, Any], sent_at: datetime | None) -> Parsed:
    """An issue. Only its creation has a time of its own in the body: where it was last seen is no time of a state."""
    state = told_of(body.get("action"), "action", ISSUE_STATES, ISSUE_SILENT)
    if state is None:
        return Parsed(note=f"The issue was {text_of(body.get('action'))}. That changes no state.")
    number = needed("“id” of “issue”", issue.get("id"))
    project = object_of(issue, "project")
    seen_at = moment_of(issue.get("firstSeen")) if body.get("action") == "created" else None
    observed = Observed(
        dedup_key=key_of(f"issue:{number}"),
        state=state,
        title=text_of(issue.get("title")),
        description=first_of(inside(issue, "metadata", "value"), issue.get("culprit")),
        severity=text_of(issue.get("level")),
        service=first_of(project.get("slug"), project.get("name")),
        at=sent_at or seen_at,
        started_at=seen_at,
        labels=filled(
            {
                "short_id": issue.get("shortId"),
                "platform": issue.get("platform"),
                "culprit": issue.get("culprit"),
                "type": issue.get("type"),
            }
        ),
        links=links_of(("Sentry", first_of(issue.get("permalink"), issue.get("web_url")))),
    )
    return Parsed((observed,))


def _older(body: dict[str, Any]) -> Parsed:
    """The webhook that a project has as a plugin. It is sent only when a rule fires."""
    event = object_of(body, "event")
    number = needed("“id”", body.get("id"), event.get("event_id"))
    labels = tags_of(event.get("tags")) | filled(
        {
            "logger": body.get("logger"),
            "culprit": body.get("culprit"),
            "platform": event.get("platform"),
            "environment": event.get("environment"),
        }
    )
    observed = Observed(
        dedup_key=key_of(f"issue:{number}"),
        state=Told.FIRING,
        title=first_of(event.get("title"), body.get("message"), body.get("culprit")),
        description=text_of(body.get("message")),
        severity=first_of(body.get("level"), event.get("level")),
        service=first_of(body.get("project_slug"), body.get("project"), body.get("project_name")),
        source=first_of(labels.get("server_name"), event.get("environment")),
        at=moment_of(event.get("timestamp")),
        labels=labels,
        links=links_of(("Sentry", body.get("url"))),
    )
    return Parsed((observed,))


def sample(service: str) -> dict[str, Any]:
    return {
        "action": "created",
        "installation": {"uuid": "test"},
        "actor": {"type": "application", "id": "sentry", "name": "Sentry"},
        "data": {
            "issue": {
                "id": "1",
                "shortId": "TEST-1",
                "title": "A test alert",
                "level": "warning",
                "status": "unresolved",
                "firstSeen": timezone.now().isoformat(),
                "project": {"id": "1", "name": service, "slug": service},
            }
        },
    }
