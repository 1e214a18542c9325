"""Envelopes of AWS: SNS, to an address or a function, and EventBridge.

Sources: https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html
and https://docs.aws.amazon.com/eventbridge/latest/ref/events-structure.html
"""

from collections.abc import Mapping
from typing import Any

from integrations.senders.base import Setup, UnreadableError, an_object, text_of
from integrations.senders.payload_fields import header_of, json_in, object_of, objects_of

CONFIRMATION = "SubscriptionConfirmation"
SUBSCRIBE = Setup(
    "AWS CLI",
    "aws sns subscribe \\\n"
    "  --topic-arn @TOPIC \\\n"
    "  --protocol https \\\n"
    "  --notification-endpoint @ADDRESS/hooks/@KEY/",
)
URL = Setup("URL", "@ADDRESS/hooks/@KEY/")
HELP = (
    "Enter the ARN of the topic under Edit first: Allclear then confirms the subscription by itself. "
    "Leave raw message delivery off, as its messages are not signed. Keep the URL secret."
)
OTHERS = {
    CONFIRMATION: "SNS asks to confirm the subscription of this address.",
    "UnsubscribeConfirmation": "SNS says that the subscription of this address has ended.",
}


def envelopes_in(body: dict[str, Any]) -> list[dict[str, Any]]:
    """The messages of SNS as a function of AWS gets them, or the body itself."""
    if records := objects_of(body, "Records"):
        return [object_of(one, "Sns") or one for one in records]
    return [body]


def carries_message(envelope: dict[str, Any], headers: Mapping[str, str]) -> bool:
    """Whether SNS wraps something in it, or says something of its own."""
    return "Message" in envelope or "TopicArn" in envelope or _type_of(envelope, headers) in OTHERS


def messages_in(body: Any, headers: Mapping[str, str]) -> tuple[list[dict[str, Any]], str]:
    """What SNS carries, or the body itself without an envelope; and a note where it carries nothing.

    Raises UnreadableError for a message that is no JSON object.
    """
    messages = []
    for one in envelopes_in(an_object(body)):
        kind = _type_of(one, headers)
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


def _type_of(envelope: dict[str, Any], headers: Mapping[str, str]) -> str:
    return text_of(envelope.get("Type")) or header_of(headers, "x-amz-sns-message-type")
