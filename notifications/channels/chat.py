"""Chat and push services, through Apprise: only those that are plain HTTP calls, behind the same guard."""

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from apprise import Apprise, AppriseAsset, NotifyBase, NotifyFormat, NotifyType

from notifications import kinds
from notifications.channels.guard import outbound_to
from notifications.models import Delivery
from notifications.outcomes import Answer, Outcome

CONNECT_SECONDS, ANSWER_SECONDS = 5.0, 10.0
_STATUS = re.compile(r"\berror=(\d{3})\b")
_ASSET = AppriseAsset(
    app_id="Allclear", app_desc="Incidents", app_url="", async_mode=False, http_redirects=False
)


class NotAnAddressError(ValueError):
    """Said to who typed it; holds nothing of what was typed."""


def recognised(address: str) -> str | None:
    """The Apprise address for a webhook address as a chat service shows it; None for any other address."""
    if found := kinds.recognised(address):
        return found
    if not address.startswith("https://"):
        return None
    plugin = Apprise.instantiate(address, asset=_ASSET, suppress_exceptions=True)
    converted = plugin.url(privacy=False) if plugin else ""
    return converted if kinds.scheme_of(converted) in kinds.SCHEMES else None


def service(url: str) -> NotifyBase:
    """The Apprise service behind an address. Raises NotAnAddressError."""
    if kinds.scheme_of(url) not in kinds.SCHEMES:
        raise NotAnAddressError("This is not an address of one of the services that Allclear supports.")
    found = Apprise.instantiate(url, asset=_ASSET, suppress_exceptions=True)
    if found is None:
        raise NotAnAddressError("This address is incomplete. Copy the whole address from the service.")
    found.redirects = False  # whatever the address asks for
    found.socket_connect_timeout, found.socket_read_timeout = CONNECT_SECONDS, ANSWER_SECONDS
    return found


def send(delivery: Delivery) -> Answer:
    assert delivery.channel is not None
    content = delivery.content
    try:
        target = service(delivery.channel.url)
    except NotAnAddressError as error:
        return Answer(Outcome.REFUSED, str(error))
    notifier = Apprise(asset=_ASSET)
    notifier.add(target)
    body = "\n\n".join(part for part in (content.get("body", ""), content.get("url", "")) if part)
    with outbound_to(target.host or "") as leash, _statuses() as statuses:
        taken = notifier.notify(
            body=body or content.get("title", ""),
            title=content.get("title", ""),
            notify_type=NotifyType.INFO,
            body_format=NotifyFormat.MARKDOWN,
        )
    if taken:
        return Answer(Outcome.TAKEN, "Taken by the service")
    if leash.was_pulled:
        return Answer(Outcome.REFUSED, "This is not a public address. Allow it with ALLCLEAR_OUTBOUND_ALLOW")
    return _failure(statuses[-1] if statuses else None)


def _failure(status: int | None) -> Answer:
    if status is None:
        return Answer(Outcome.LATER, "Cannot be reached, or did not answer within 10 s", is_away=True)
    if status == 410:
        return Answer(Outcome.GONE, "Answered 410 (gone). Nothing more is sent there")
    words = f"Answered {status}"
    if status >= 500 or status in (408, 425, 429):
        return Answer(Outcome.LATER, words, is_away=status >= 500)
    return Answer(Outcome.REFUSED, words)


class _Statuses(logging.Handler):
    """Apprise says only yes or no; what it was answered stands in its log. Nothing else is taken from there."""

    def emit(self, record: logging.LogRecord) -> None:
        heard = _heard.get()
        if heard is not None and (found := _STATUS.search(record.getMessage())):
            heard.append(int(found[1]))


# A context, not a thread, is what Apprise hands on to where it calls out.
_heard: ContextVar[list[int] | None] = ContextVar("heard", default=None)
_statuses_handler = _Statuses(logging.WARNING)


@contextmanager
def _statuses() -> Iterator[list[int]]:
    """The statuses that are answered within the block. Logging may have been configured anew since the last one."""
    logging.getLogger("apprise").addHandler(_statuses_handler)
    heard: list[int] = []
    token = _heard.set(heard)
    try:
        yield heard
    finally:
        _heard.reset(token)
