"""Change events as PagerDuty takes them.

Source: https://developer.pagerduty.com/docs/events-api-v2/send-change-events/
"""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from alerts.observed import Changed, Parsed
from integrations.senders.base import UnreadableError, an_object, text_of, texts_of
from integrations.senders.payload_fields import (
    NAMES_OF_SERVICE,
    Kind,
    hash_of,
    moment_of,
    named_in,
    object_of,
    objects_of,
)


def faults_of(body: Any) -> list[str]:
    """What PagerDuty would refuse of a change event, in its words; nothing where it is right."""
    if not isinstance(body, dict):
        return ["JSON body must be an object"]
    if not isinstance(body.get("payload"), dict):
        return ["'payload' is missing or blank"]
    return [] if text_of(body["payload"].get("summary")) else ["'payload.summary' is missing or blank"]


def parse(body: Any, headers: Mapping[str, str], mapping: Mapping[str, str]) -> Parsed:
    body = an_object(body)
    if faults := faults_of(body):
        raise UnreadableError("; ".join(faults))
    payload = object_of(body, "payload")
    details = texts_of(payload.get("custom_details"))
    links = [url for one in objects_of(body, "links") if (url := text_of(one.get("href")))]
    changed = Changed(
        # An event has no key of its own. Sent again, it says the same.
        key=hash_of({name: value for name, value in body.items() if name != "routing_key"}),
        kind=details["kind"] if details.get("kind") in Kind.values else Kind.OTHER,
        title=text_of(payload.get("summary")),
        # PagerDuty takes the present time where an event has none.
        at=moment_of(payload.get("timestamp")) or timezone.now(),
        service=named_in(details, NAMES_OF_SERVICE),
        url=links[0] if links else "",
        source=text_of(payload.get("source")),
    )
    return Parsed(changes=(changed,))


def sample(service: str) -> dict[str, Any]:
    return {
        "payload": {
            "summary": "A test change",
            "timestamp": timezone.now().isoformat(),
            "source": "allclear",
            "custom_details": {"service": service},
        },
        "links": [],
    }
