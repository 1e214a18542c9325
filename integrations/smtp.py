"""Taking e-mail by SMTP for the addresses of integrations. Nothing is relayed, and nothing is sent.

A message is stored before it is answered with 250. Source: RFC 5321, RFC 2034 (codes of answers).
"""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session
from django.conf import settings
from django.db import Error, close_old_connections, transaction

from integrations.mail_addresses import KIND
from integrations.models import LARGEST_MAIL, Integration
from integrations.workflow import receive

MOST_CONNECTIONS = 50
MOST_RECIPIENTS = 20
SILENCE = 60
"""Seconds after which a client that says nothing is disconnected."""
DATABASE_THREADS = 4
OK, LATER = "250 2.0.0 Stored", "451 4.3.0 The message could not be stored. Try again later."
NO_RELAY = "550 5.7.1 Mail to this domain is not taken."
UNKNOWN = "550 5.1.1 There is no such address."
TOO_MANY = "452 4.5.3 Too many recipients."
BUSY = b"421 4.7.0 Too many connections. Try again later.\r\n"
logger = logging.getLogger(__name__)


class Handler:
    """Answers for one process. What asks the database does so in threads."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(DATABASE_THREADS, thread_name_prefix="mail")

    async def _ask[T](self, function: Callable[..., T], *arguments: Any) -> T:
        def run() -> T:
            close_old_connections()
            try:
                return function(*arguments)
            finally:
                close_old_connections()

        return await asyncio.get_running_loop().run_in_executor(self._threads, run)

    async def handle_RCPT(  # noqa: N802 - the library's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        local, _, domain = address.rpartition("@")
        if domain.lower().rstrip(".") != settings.MAIL_DOMAIN:
            return NO_RELAY
        if len(envelope.rcpt_tos) >= MOST_RECIPIENTS:
            return TOO_MANY
        try:
            found = await self._ask(_integration_at, local)
        except Error:
            return LATER
        if found is None:
            return UNKNOWN
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        keys = [address.rpartition("@")[0] for address in envelope.rcpt_tos]
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        try:
            is_stored = await self._ask(_store, keys, content, envelope.mail_from or "")
        except Error:
            logger.warning("a message could not be stored: the database is away")
            return LATER
        return OK if is_stored else UNKNOWN

    async def handle_exception(self, error: Exception) -> str:
        logger.error("mail could not be taken", exc_info=error)
        return LATER


def _integration_at(local: str) -> Integration | None:
    """The one whose address has this before its @. Keys are in small letters, and senders may change that."""
    return Integration.objects.of_key(local.lower()).filter(kind=KIND).first()


@transaction.atomic
def _store(keys: list[str], content: bytes, sender: str) -> bool:
    """Once for each integration, though it may be named twice; False where none has such a key any more."""
    found = {one.pk: one for key in keys if (one := _integration_at(key))}
    for integration in found.values():
        receive(
            integration=integration,
            dialect=KIND,
            body=content,
            headers={"Content-Type": "message/rfc822", "Mail-From": sender},
        )
    return bool(found)


class Connection(SMTP):
    """One client. The process counts them."""

    open = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        Connection.open += 1
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        Connection.open -= 1
        super().connection_lost(error)


class Busy(asyncio.Protocol):
    """One client too many."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        transport.write(BUSY)
        transport.close()


async def listen_for_mail(**where: Any) -> asyncio.Server:
    """Listen at `host` and `port`, or at the socket `sock`."""
    handler, loop = Handler(), asyncio.get_running_loop()

    def connect() -> asyncio.Protocol:
        if Connection.open >= MOST_CONNECTIONS:
            return Busy()
        return Connection(
            handler,
            data_size_limit=LARGEST_MAIL,
            hostname=settings.MAIL_DOMAIN,
            ident="Allclear",
            enable_SMTPUTF8=True,
            timeout=SILENCE,
            loop=loop,
        )

    return await loop.create_server(connect, **where)
