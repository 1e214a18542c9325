"""Envelopes of AWS: SNS, to an address or a function, and EventBridge.

Sources: https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html
and https://docs.aws.amazon.com/eventbridge/latest/ref/events-structure.html
"""

from collections.abc import Mapping
from typing import Any

from integrations.senders.base import UnreadableError, an_object, text_of
from integrations.senders.payload_fields import header_of, json_in, object_of, objects_of

CONFIRMATION = "SubscriptionConfirmation"
OTHERS = {
    CONFIRMATION: "SNS asks to confirm the subscription of this address.",
    "UnsubscribeConfirmation": "SNS says that the subscription of this address has ended.",
}


def messages_in(body: Any, headers: Mapping[str, str]) -> tuple[list[dict[str, Any]], str]:
    """What SNS carries, or the body itself without an envelope; and a note where it carries nothing.

    Raises UnreadableError for a message that is no JSON object.
    """
    body = an_object(body)
    if records := objects_of(body, "Records"):
        envelopes = [object_of(one, "Sns") or one for one in records]
    else:
        envelopes = [body]
    messages = []
    for one in envelopes:
        kind = text_of(one.get("Type")) or header_of(headers, "x-amz-sns-message-type")
        if kind in OTHERS:
            return [], OTHERS[kind]
        if "Message" not in one:
            messages.append(one)
            continue
        message = one["Message"]
        message = json_in(message) if isinstance(message, str) else message
        if not isinstance(message, dict):
            raise UnreadableError(
                "“Message” of the SNS notification is no JSON object. Subscribe a topic that an alarm or EventBridge writes to."
            )
        messages.append(message)
    return messages, ""
