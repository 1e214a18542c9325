"""CloudEvents by HTTP: structured, in batches, and binary, where the attributes are headers.

Their data is read as any JSON is, with the mapping of the integration. What data does not say comes from attributes.
Source: https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md
"""

from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from alerts.observed import Parsed
from integrations.senders.base import UnreadableError, an_object, text_of
from integrations.senders.generic.parse import parse as parse_any
from integrations.senders.payload_fields import json_in, key_of

PREFIX = "ce-"
CONTENT = ("data", "data_base64")


def parse(body: Any, headers: Mapping[str, str], mapping: Mapping[str, str]) -> Parsed:
    attributes = {
        name.casefold().removeprefix(PREFIX): text_of(value)
        for name, value in headers.items()
        if name.casefold().startswith(PREFIX)
    }
    if attributes.get("type"):
        return _event(attributes, body, headers, mapping)
    events = body if isinstance(body, list) else [body]
    parsed = [
        _event(_attributes(event), _data(event), headers, mapping)
        for event in (an_object(one, "An event") for one in events)
    ]
    alerts = tuple(alert for one in parsed for alert in one.alerts)
    return Parsed(alerts, note="" if alerts else "There is no event in this batch.")


def _attributes(event: dict[str, Any]) -> dict[str, str]:
    return {name: text_of(value) for name, value in event.items() if name not in CONTENT}


def _data(event: dict[str, Any]) -> Any:
    if "data_base64" not in event:
        data = event.get("data")
        return (json_in(data) or data) if isinstance(data, str) else data
    try:
        return json_in(b64decode(text_of(event["data_base64"]), validate=True).decode())
    except (NotBase64, ValueError) as fault:
        raise UnreadableError("“data_base64” is not JSON in base64.") from fault


def _event(
    attributes: Mapping[str, str], data: Any, headers: Mapping[str, str], mapping: Mapping[str, str]
) -> Parsed:
    kind, source = attributes.get("type", ""), attributes.get("source", "")
    if not kind or not source:
        raise UnreadableError(
            "“type” or “source” is missing. A CloudEvent has both, in its body or in headers that begin with ce-."
        )
    if isinstance(data, str):
        data = {"title": data}
    said = (
        {name: value for name, value in data.items() if value is not None} if isinstance(data, dict) else {}
    )
    # The last names that are looked for, so that whatever data says itself comes first.
    usual = {
        "alertname": kind,
        "key": key_of(source, attributes.get("subject", "") or kind),
        "instance": source,
        "at": attributes.get("time", ""),
    }
    return parse_any({**usual, "ce": dict(attributes), **said}, headers, mapping)


def sample(service: str) -> dict[str, Any]:
    now = timezone.now().isoformat()
    return {
        "specversion": "1.0",
        "id": "test",
        "type": "com.example.alert",
        "source": "/test",
        "subject": "test",
        "time": now,
        "datacontenttype": "application/json",
        "data": {
            "title": "A test alert",
            "state": "firing",
            "severity": "warning",
            "service": service,
            "started_at": now,
        },
    }
