"""Alarms of CloudWatch, through SNS or EventBridge.

Sources: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html
and https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html
"""

import json
from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from alerts.observed import Observed, Parsed, Told
from integrations.senders.aws import messages_in
from integrations.senders.base import UnreadableError, text_of
from integrations.senders.payload_fields import (
    NAMES_OF_SERVICE,
    filled,
    first_of,
    inside,
    key_of,
    moment_of,
    named_in,
    needed,
    object_of,
    objects_of,
    told_of,
)

STATES = {"alarm": Told.FIRING, "ok": Told.RESOLVED}
SILENT = ("insufficient_data",)
WITHOUT_DATA = "An alarm has no data at the moment. That changes no state."


def parse(body: Any, headers: Mapping[str, str], mapping: Mapping[str, str]) -> Parsed:
    messages, note = messages_in(body, headers)
    if note:
        return Parsed(note=note)
    found, notes = [], []
    for message in messages:
        told = _event(message) if "detail-type" in message else _alarm(message)
        if isinstance(told, str):
            notes.append(told)
        else:
            found.append(told)
    return Parsed(tuple(found), note="" if found else "; ".join(dict.fromkeys(notes))[:500])


def _alarm(alarm: dict[str, Any]) -> Observed | str:
    """An alarm as SNS carries it, or a note."""
    name = text_of(alarm.get("AlarmName"))
    if not name:
        raise UnreadableError(
            "“AlarmName” is missing. Let a CloudWatch alarm notify the SNS topic that this address is subscribed to."
        )
    state = told_of(alarm.get("NewStateValue"), "NewStateValue", STATES, SILENT)
    if state is None:
        return WITHOUT_DATA
    at = moment_of(alarm.get("StateChangeTime"))
    trigger = object_of(alarm, "Trigger")
    dimensions = {
        text_of(one.get("name")): text_of(one.get("value")) for one in objects_of(trigger, "Dimensions")
    }
    labels = dimensions | filled(
        {
            "namespace": trigger.get("Namespace"),
            "metric": trigger.get("MetricName"),
            "region": alarm.get("Region"),
            "account": alarm.get("AWSAccountId"),
        }
    )
    return Observed(
        dedup_key=_key(alarm.get("AlarmArn"), alarm.get("AWSAccountId"), alarm.get("Region"), name),
        state=state,
        title=name,
        description=_lines(alarm.get("AlarmDescription"), alarm.get("NewStateReason")),
        service=named_in(labels, (*NAMES_OF_SERVICE, "ServiceName")),
        source=text_of(alarm.get("Region")),
        at=at,
        started_at=at if state == Told.FIRING else None,
        labels=labels,
    )


def _event(event: dict[str, Any]) -> Observed | str:
    """An alarm as EventBridge carries it, or a note."""
    kind = text_of(event.get("detail-type"))
    if kind != "CloudWatch Alarm State Change":
        return f"“{kind[:100]}” is no alarm."
    name = needed("“alarmName” of “detail”", inside(event, "detail", "alarmName"))
    state_told = object_of(event, "detail", "state")
    state = told_of(state_told.get("value"), "detail.state.value", STATES, SILENT)
    if state is None:
        return WITHOUT_DATA
    at = moment_of(state_told.get("timestamp")) or moment_of(event.get("time"))
    resources = event.get("resources")
    arn = text_of(resources[0]) if isinstance(resources, list) and resources else ""
    metrics = objects_of(event, "detail", "configuration", "metrics")
    metric = object_of(metrics[0], "metricStat", "metric") if metrics else {}
    labels = filled(object_of(metric, "dimensions")) | filled(
        {
            "namespace": metric.get("namespace"),
            "metric": metric.get("name"),
            "region": event.get("region"),
            "account": event.get("account"),
        }
    )
    return Observed(
        dedup_key=_key(arn, event.get("account"), event.get("region"), name),
        state=state,
        title=name,
        description=_lines(inside(event, "detail", "configuration", "description"), state_told.get("reason")),
        service=named_in(labels, (*NAMES_OF_SERVICE, "ServiceName")),
        source=text_of(event.get("region")),
        at=at,
        started_at=at if state == Told.FIRING else None,
        labels=labels,
    )


def _key(arn: Any, account: Any, region: Any, name: str) -> str:
    return key_of(first_of(arn)) or key_of(text_of(account), text_of(region), name)


def _lines(*values: Any) -> str:
    return "\n".join(text for one in values if (text := text_of(one)))


def sample(service: str) -> dict[str, Any]:
    now = timezone.now()
    alarm = {
        "AlarmName": "A test alert",
        "AlarmDescription": "",
        "AWSAccountId": "123456789012",
        "NewStateValue": "ALARM",
        "NewStateReason": "Threshold crossed.",
        "StateChangeTime": now.isoformat(),
        "Region": "EU (Ireland)",
        "AlarmArn": "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:test",
        "OldStateValue": "OK",
        "Trigger": {
            "MetricName": "Errors",
            "Namespace": "Test",
            "Dimensions": [{"name": "service", "value": service}],
        },
    }
    return {
        "Type": "Notification",
        "MessageId": "test",
        "TopicArn": "arn:aws:sns:eu-west-1:123456789012:test",
        "Subject": "ALARM: “A test alert” in EU (Ireland)",
        "Message": json.dumps(alarm),
        "Timestamp": now.isoformat(),
    }
