"""Webhooks of Google Cloud Monitoring, which was Stackdriver.

Source: https://cloud.google.com/monitoring/support/notification-options#webhooks
"""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from alerts.observed import Observed, Parsed, Told
from integrations.senders.base import UnreadableError, an_object, text_of, texts_of
from integrations.senders.payload_fields import (
    filled,
    first_of,
    inside,
    key_of,
    links_of,
    moment_of,
    named_in,
    needed,
    object_of,
    objects_of,
    told_of,
)

STATES = {"open": Told.FIRING, "acknowledged": Told.ACKNOWLEDGED, "closed": Told.RESOLVED}
NAMES_OF_SERVICE = ("service", "service_name", "app", "application", "module_id", "container_name")


def parse(body: Any, headers: Mapping[str, str], mapping: Mapping[str, str]) -> Parsed:
    incident = object_of(an_object(body), "incident")
    if not incident:
        raise UnreadableError(
            "There is no “incident”. Use a notification channel of the type Webhooks in Google Cloud Monitoring."
        )
    key = needed("“incident_id”", incident.get("incident_id"))
    state = told_of(incident.get("state"), "state", STATES) or Told.FIRING
    started_at, ended_at = moment_of(incident.get("started_at")), moment_of(incident.get("ended_at"))
    labels = (
        texts_of(inside(incident, "metric", "labels"))
        | texts_of(inside(incident, "resource", "labels"))
        | texts_of(inside(incident, "metadata", "user_labels"))
        | texts_of(incident.get("policy_user_labels"))
        | filled(
            {
                "policy": incident.get("policy_name"),
                "condition": incident.get("condition_name"),
                "metric": inside(incident, "metric", "type"),
                "resource_type": first_of(
                    inside(incident, "resource", "type"), incident.get("resource_type_display_name")
                ),
                "project": incident.get("scoping_project_id"),
                "observed_value": incident.get("observed_value"),
                "threshold_value": incident.get("threshold_value"),
            }
        )
    )
    documented = [
        (text_of(one.get("displayName")) or "Link", one.get("url"))
        for one in objects_of(incident, "documentation", "links")
    ]
    observed = Observed(
        dedup_key=key_of(key),
        group_key=key_of(text_of(incident.get("policy_name"))),
        state=state,
        title=first_of(incident.get("condition_name"), incident.get("policy_name"), incident.get("summary")),
        description=text_of(incident.get("summary")),
        severity=first_of(incident.get("severity"), inside(incident, "policy_user_labels", "severity")),
        service=named_in(labels, NAMES_OF_SERVICE),
        source=first_of(
            incident.get("resource_display_name"),
            incident.get("resource_name"),
            incident.get("resource_id"),
        ),
        at=(ended_at if state == Told.RESOLVED else started_at) or started_at,
        started_at=started_at,
        labels=labels,
        links=links_of(("Google Cloud", incident.get("url")), *documented),
    )
    return Parsed((observed,))


def sample(service: str) -> dict[str, Any]:
    return {
        "version": "1.2",
        "incident": {
            "incident_id": "test",
            "scoping_project_id": "test",
            "url": "",
            "started_at": int(timezone.now().timestamp()),
            "ended_at": None,
            "state": "open",
            "severity": "Warning",
            "summary": "A test alert",
            "policy_name": "Test",
            "condition_name": "A test alert",
            "policy_user_labels": {"service": service},
            "resource_name": "test",
        },
    }
