"""Webhooks of Azure Monitor: the common alert schema, and the metric and activity alerts that came before it.

Sources: https://learn.microsoft.com/azure/azure-monitor/alerts/alerts-common-schema
and https://learn.microsoft.com/azure/azure-monitor/alerts/alerts-metric-near-real-time#payload-schema
"""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from alerts.observed import Observed, Parsed, Told
from integrations.senders.base import UnreadableError, an_object, text_of, texts_of
from integrations.senders.payload_fields import (
    NAMES_OF_SERVICE,
    filled,
    first_of,
    key_of,
    links_of,
    moment_of,
    named_in,
    needed,
    object_of,
    objects_of,
    texts_in,
    told_of,
)

STATES = {"fired": Told.FIRING, "resolved": Told.RESOLVED}
OLDER_STATES = {"activated": Told.FIRING, "deactivated": Told.RESOLVED, "resolved": Told.RESOLVED}
LONGEST_ADDRESS = 2_000


def parse(body: Any, headers: Mapping[str, str], mapping: Mapping[str, str]) -> Parsed:
    body = an_object(body)
    data = object_of(body, "data")
    if essentials := object_of(data, "essentials"):
        return Parsed((_common(essentials, data),))
    outer = data if object_of(data, "context") else body
    if not object_of(outer, "context"):
        raise UnreadableError(
            "There is neither “essentials” nor “context”. Enable the common alert schema for this webhook in the action group of Azure Monitor."
        )
    if activity := object_of(outer, "context", "activityLog"):
        return Parsed((_activity(outer, activity),))
    return Parsed((_older(outer),))


def _common(essentials: dict[str, Any], data: dict[str, Any]) -> Observed:
    key = needed("“alertId”", essentials.get("alertId"), essentials.get("originAlertId"))
    state = told_of(essentials.get("monitorCondition"), "monitorCondition", STATES) or Told.FIRING
    context = object_of(data, "alertContext")
    conditions = objects_of(context, "condition", "allOf")
    condition = conditions[0] if conditions else {}
    labels = (
        texts_of(context.get("properties"))
        | texts_of(data.get("customProperties"))
        | {
            text_of(one.get("name")): text_of(one.get("value"))
            for one in objects_of(condition, "dimensions")
            if text_of(one.get("name"))
        }
        | filled(
            {
                "rule": essentials.get("alertRule"),
                "signal": essentials.get("signalType"),
                "monitoring_service": essentials.get("monitoringService"),
                "target": ", ".join(texts_in(essentials, "alertTargetIDs")),
            }
        )
    )
    started_at, ended_at = (
        moment_of(essentials.get("firedDateTime")),
        moment_of(essentials.get("resolvedDateTime")),
    )
    return Observed(
        dedup_key=key_of(key),
        state=state,
        title=text_of(essentials.get("alertRule")),
        description=text_of(essentials.get("description")),
        severity=text_of(essentials.get("severity")),
        service=named_in(labels, NAMES_OF_SERVICE),
        source=first_of(
            *texts_in(essentials, "configurationItems"),
            *(_last_part(one) for one in texts_in(essentials, "alertTargetIDs")),
        ),
        at=(ended_at if state == Told.RESOLVED else started_at) or started_at,
        started_at=started_at,
        labels=labels,
        links=links_of(
            ("Azure Monitor", essentials.get("investigationLink")),
            ("Query", condition.get("linkToSearchResultsUI")),
        ),
    )


def _older(outer: dict[str, Any]) -> Observed:
    """An alert of a metric. One rule may watch several resources: each of them is an alert of its own."""
    context = object_of(outer, "context")
    rule, resource = text_of(context.get("id")), text_of(context.get("resourceId"))
    if not rule and not resource:
        raise UnreadableError("“id” of “context” is missing.")
    state = told_of(outer.get("status"), "status", OLDER_STATES) or Told.FIRING
    at = moment_of(context.get("timestamp"))
    condition = object_of(context, "condition")
    conditions = objects_of(condition, "allOf")
    labels = texts_of(outer.get("properties")) | filled(
        {
            "metric": first_of(condition.get("metricName"), *(one.get("metricName") for one in conditions)),
            "resource_group": context.get("resourceGroupName"),
            "resource_type": context.get("resourceType"),
            "region": context.get("resourceRegion"),
        }
    )
    return Observed(
        dedup_key=key_of(rule, resource),
        group_key=key_of(rule),
        state=state,
        title=first_of(context.get("name"), _last_part(rule)),
        description=text_of(context.get("description")),
        severity=text_of(context.get("severity")),
        service=named_in(labels, NAMES_OF_SERVICE),
        source=first_of(context.get("resourceName"), _last_part(resource)),
        at=at,
        started_at=at if state == Told.FIRING else None,
        labels=labels,
        links=links_of(("Azure portal", context.get("portalLink"))),
    )


def _activity(outer: dict[str, Any], activity: dict[str, Any]) -> Observed:
    key = needed(
        "“correlationId” of “activityLog”", activity.get("correlationId"), activity.get("eventDataId")
    )
    state = told_of(outer.get("status"), "status", OLDER_STATES) or Told.FIRING
    at = moment_of(activity.get("eventTimestamp"))
    labels = texts_of(outer.get("properties")) | filled(
        {
            "operation": activity.get("operationName"),
            "event_source": activity.get("eventSource"),
            "status": activity.get("status"),
            "resource_group": activity.get("resourceGroupName"),
            "resource_type": activity.get("resourceType"),
        }
    )
    return Observed(
        dedup_key=key_of(key),
        state=state,
        title=first_of(
            activity.get("operationName"),
            object_of(activity, "properties").get("title"),
            activity.get("eventSource"),
        ),
        description=text_of(activity.get("description")),
        severity=text_of(activity.get("level")),
        service=named_in(labels, NAMES_OF_SERVICE),
        source=_last_part(text_of(activity.get("resourceId"))),
        at=at,
        started_at=at if state == Told.FIRING else None,
        labels=labels,
    )


def _last_part(address: str) -> str:
    """The name at the end of the address of a resource."""
    return address[:LONGEST_ADDRESS].rstrip("/").rpartition("/")[2]


def sample(service: str) -> dict[str, Any]:
    return {
        "schemaId": "azureMonitorCommonAlertSchema",
        "data": {
            "essentials": {
                "alertId": "/subscriptions/test/providers/Microsoft.AlertsManagement/alerts/test",
                "alertRule": "A test alert",
                "severity": "Sev3",
                "signalType": "Metric",
                "monitorCondition": "Fired",
                "monitoringService": "Platform",
                "alertTargetIDs": [],
                "configurationItems": ["test"],
                "originAlertId": "test",
                "firedDateTime": timezone.now().isoformat(),
                "description": "",
                "essentialsVersion": "1.0",
                "alertContextVersion": "1.0",
            },
            "alertContext": {"properties": {"service": service}},
        },
    }
