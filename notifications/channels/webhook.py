"""Signed webhooks (standardwebhooks.com): one POST, no redirect followed, the answer's text never kept."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import requests
from cloudevents.core.bindings.http import to_structured
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from requests.utils import get_environ_proxies
from standardwebhooks import Webhook

from notifications.channels.calls import called, session
from notifications.channels.guard import outbound_to
from notifications.models import BodyFormat, Channel, Delivery
from notifications.outcomes import Answer, Outcome

TIMEOUT = (5.0, 10.0)  # seconds to connect, seconds of silence
NOT_NOW = {408, 409, 421, 423, 425, 429}


def send(delivery: Delivery) -> Answer:
    channel = delivery.channel
    assert channel is not None
    body, media = _body(delivery, channel)
    try:
        address = called("POST", channel.url)
    except requests.RequestException as error:
        return _failure(error)
    with outbound_to(urlsplit(address).hostname or "", is_ours=channel.is_listed) as leash:
        try:
            return _answer(_post(address, body, signed(delivery, channel, body) | {"content-type": media}))
        except requests.RequestException as error:
            if leash.was_pulled:
                return Answer(
                    Outcome.REFUSED, "This is not a public address. Allow it with ALLCLEAR_OUTBOUND_ALLOW"
                )
            return _failure(error)


def _body(delivery: Delivery, channel: Channel) -> tuple[str, str]:
    """What is sent, as the channel wants it, and its media type."""
    content = {"timestamp": delivery.created_at} | delivery.content
    if channel.body_format == BodyFormat.CLOUDEVENTS:
        return _cloud_event(delivery), "application/cloudevents+json"
    written = json.dumps(content, cls=DjangoJSONEncoder, separators=(",", ":"), ensure_ascii=False)
    return written, "application/json"


def _cloud_event(delivery: Delivery) -> str:
    """CloudEvents 1.0 in structured mode (github.com/cloudevents/spec), written by its own library."""
    content = delivery.content
    attributes = {
        "id": str(delivery.pk),
        "source": settings.PUBLIC_URL,
        "type": content.get("type", ""),
        "time": delivery.due_at,
        "datacontenttype": "application/json",
    }
    if delivery.about:
        attributes["subject"] = delivery.about
    if sequence := content.get("sequence"):
        attributes["sequence"] = str(sequence)
    plain = json.loads(json.dumps(content.get("data", {}), cls=DjangoJSONEncoder))
    message = to_structured(CloudEvent(attributes=attributes, data=plain), JSONFormat())
    return message.body.decode()


def signed(delivery: Delivery, channel: Channel, body: str) -> dict[str, str]:
    """The headers a receiver verifies; `webhook-id` is the same at every attempt."""
    return signature(str(delivery.pk), channel.secrets, body)


def signature(message_id: str, secrets: Iterable[str], body: str) -> dict[str, str]:
    """The headers of Standard Webhooks, signed with each secret that is not empty."""
    now = datetime.now(UTC)
    signatures = [
        Webhook(secret).sign(msg_id=message_id, timestamp=now, data=body) for secret in secrets if secret
    ]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(signatures),
    }


def _post(url: str, body: str, headers: dict[str, str]) -> requests.Response:
    with session(TIMEOUT) as calling:
        return calling.post(
            url,
            data=body.encode(),
            headers=headers,
            stream=True,  # how it ended is all that counts: nobody makes us read a body without end
            proxies=get_environ_proxies(url),
            timeout=TIMEOUT,
        )


def _answer(response: requests.Response) -> Answer:
    status = response.status_code
    response.close()
    words = f"Answered {status}"
    if status < 300:
        return Answer(Outcome.TAKEN, words)
    if status == 410:
        return Answer(Outcome.GONE, "Answered 410 (gone). Nothing more is sent there")
    if status < 400:
        return Answer(Outcome.REFUSED, f"Answered {status}: redirects are not followed")
    asked = _retry_after(response.headers.get("Retry-After", ""))
    if status in NOT_NOW or status >= 500:
        return Answer(Outcome.LATER, words, is_away=status >= 500, not_before=asked)
    return Answer(Outcome.REFUSED, words)


def _retry_after(value: str) -> timedelta | None:
    """Seconds or a date, at most a day; None where neither can be read."""
    try:
        wait = timedelta(seconds=int(value))
    except (ValueError, OverflowError):
        try:
            moment = parsedate_to_datetime(value)
        except ValueError:
            return None
        wait = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - datetime.now(UTC)
    return min(wait, timedelta(days=1)) if wait > timedelta(0) else None


def _failure(error: requests.RequestException) -> Answer:
    """In words of our own: a library's text may repeat the address with what is secret in it."""
    if isinstance(
        error,
        requests.exceptions.InvalidURL
        | requests.exceptions.InvalidSchema
        | requests.exceptions.MissingSchema,
    ):
        return Answer(Outcome.REFUSED, "This is not an address that can be called")
    if isinstance(error, requests.exceptions.SSLError):
        return Answer(Outcome.LATER, "Its certificate cannot be verified", is_away=True)
    if isinstance(error, requests.exceptions.ConnectTimeout):
        return Answer(Outcome.LATER, "No connection within 5 s", is_away=True)
    if isinstance(error, requests.exceptions.Timeout):
        return Answer(Outcome.LATER, "No answer within 10 s", is_away=True)
    return Answer(Outcome.LATER, "Cannot be reached", is_away=True)
