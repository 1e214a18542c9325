"""Whether a message is of SNS and of the topic that an administrator named; a subscription to it is confirmed.

Sources: https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message-verify-message-signature.html
and https://docs.aws.amazon.com/sns/latest/dg/SendMessageToHttp.prepare.html
"""

from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA1, SHA256, HashAlgorithm

from integrations.senders.aws import CONFIRMATION, carries_message, envelopes_in
from integrations.senders.base import UnreadableError, an_object, read_json, time_of
from integrations.senders.signatures import UnsignedError
from integrations.senders.sns import client
from integrations.senders.sns.certificates import public_key

OLDEST = timedelta(hours=1, minutes=15)
"""An hour SNS tries at most to deliver a message; the rest is for clocks that differ."""
NEWEST = timedelta(minutes=15)
MOST_MESSAGES = 100
OF_NOTIFICATION = ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type")
OF_CONFIRMATION = ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type")
SIGNED = {
    "Notification": OF_NOTIFICATION,
    CONFIRMATION: OF_CONFIRMATION,
    "UnsubscribeConfirmation": OF_CONFIRMATION,
}
"""By type, the fields that are signed, in their order."""
HASHES: dict[Any, type[HashAlgorithm]] = {"1": SHA1, "2": SHA256}
"""By “SignatureVersion”."""
NOT_FITTING = "The signature does not fit."


def check(raw: bytes, headers: Mapping[str, str], *, topic: str, received_at: datetime) -> str:
    """What became of it, where that is all: a subscription was confirmed. Else nothing, and the payload can be read.

    Without a `topic`, those of all topics are taken, and what is no message of SNS is taken, too. Raises UnsignedError,
    SilentError where it must wait for SNS, UnreadableError where a person has to do something.
    """
    envelopes = envelopes_in(an_object(read_json(raw)))
    if len(envelopes) > MOST_MESSAGES:
        raise UnreadableError(f"More than {MOST_MESSAGES} messages of SNS in one payload are not read.")
    for one in envelopes:
        if carries_message(one, headers):
            _check_message(one, topic, received_at)
        elif topic:
            raise UnsignedError(
                f"It is no signed message of SNS, and this integration takes those of {topic} alone. "
                "Turn raw message delivery off."
            )
    only = envelopes[0] if len(envelopes) == 1 else {}
    return _confirm(only, topic) if only.get("Type") == CONFIRMATION else ""


def _check_message(message: dict[str, Any], topic: str, received_at: datetime) -> None:
    told = message.get("TopicArn")
    if topic and told != topic:
        raise UnsignedError(
            f"It is of the topic {_shown(told)}. This integration takes those of {topic} alone."
        )
    at = time_of(message.get("Timestamp"))
    if at is None or not received_at - OLDEST <= at <= received_at + NEWEST:
        raise UnsignedError(
            f"“Timestamp” is {_shown(message.get('Timestamp'))}. A message that is older than "
            f"{OLDEST.total_seconds() / 60:.0f} minutes is not taken, nor one of the future."
        )
    algorithm = HASHES.get(message["SignatureVersion"] if _is_text(message, "SignatureVersion") else "")
    if algorithm is None:
        raise UnsignedError("“SignatureVersion” is neither 1 nor 2.")
    signature, signed = _signature(message), _signed_text(message)
    url = message.get("SigningCertURL") or message.get("SigningCertUrl")  # the second is of AWS Lambda
    key = public_key(url if isinstance(url, str) else "", at=received_at)
    try:
        key.verify(signature, signed, PKCS1v15(), algorithm())
    except InvalidSignature as fault:
        raise UnsignedError(NOT_FITTING) from fault


def _signature(message: dict[str, Any]) -> bytes:
    try:
        return b64decode(message["Signature"], validate=True)
    except (KeyError, TypeError, NotBase64, ValueError) as fault:
        raise UnsignedError(f"{NOT_FITTING} “Signature” is missing, or not in Base64.") from fault


def _signed_text(message: dict[str, Any]) -> bytes:
    """Each field with its name, a line each. A subject is signed where there is one."""
    fields = SIGNED.get(message["Type"] if _is_text(message, "Type") else "")
    if fields is None:
        raise UnsignedError(f"{NOT_FITTING} “Type” is none of SNS.")
    told = [name for name in fields if name != "Subject" or message.get(name) is not None]
    if missing := [name for name in told if not _is_text(message, name)]:
        raise UnsignedError(f"{NOT_FITTING} “{missing[0]}” is missing.")
    return "".join(f"{name}\n{message[name]}\n" for name in told).encode("utf-8", "surrogatepass")


def _confirm(message: dict[str, Any], topic: str) -> str:
    """Its signature and its topic fit."""
    if not topic:
        raise UnreadableError(
            f"SNS asks to confirm the subscription of {message['TopicArn']}. If this topic is yours, enter it under "
            "Edit, then replay this payload."
        )
    try:
        client.get(message["SubscribeURL"])
    except client.RefusedError as fault:
        raise UnreadableError(
            f"The subscription could not be confirmed: “SubscribeURL” {fault}. Request the confirmation again in SNS."
        ) from fault
    return f"The subscription of {topic} is confirmed."


def _is_text(message: dict[str, Any], name: str) -> bool:
    return isinstance(message.get(name), str)


def _shown(value: Any) -> str:
    return f"“{value[:200]}”" if isinstance(value, str) and value else "missing"
