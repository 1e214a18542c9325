"""What live sections ask of the database, in a small pool of threads that all editors of a process share."""

import asyncio
import base64
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import close_old_connections

from accounts.models import User
from coediting.document import Malformed, open_document
from core.asgi import Scope
from core.notify import notify_topic
from live.consumers import person_of
from retros.document_cache import state_of
from retros.models import Document, DocumentUpdate, Retrospective
from retros.permissions import can_write
from retros.workflow.writing import topic_of

_threads = ThreadPoolExecutor(4, "documents")


async def in_pool(function: Callable, *arguments: Any) -> Any:
    def work() -> Any:
        close_old_connections()
        try:
            return function(*arguments)
        finally:
            close_old_connections()

    return await asyncio.get_running_loop().run_in_executor(_threads, work)


def admit(scope: Scope) -> tuple[User, int, bool] | None:
    """(who, which section, whether they may write), or None where it does not exist for them."""
    kind, _, number = scope["path"].removeprefix("/live/").strip("/").partition("/")
    if kind != "documents" or not (number.isascii() and number.isdigit() and len(number) < 19):
        return None
    user = person_of(scope)
    if user is None:
        return None
    reachable = Retrospective.objects.visible_to(user)
    document = Document.objects.filter(pk=int(number), retrospective__in=reachable)
    found = document.select_related("retrospective").defer("state", "text").first()
    return (user, found.pk, can_write(user, found.retrospective)) if found else None


def compare(document_id: int, vector: bytes | None) -> tuple[bytes, bytes]:
    """(what is here, what is here beyond `vector`)."""
    doc = open_document(state_of(document_id))
    if vector is None:
        return doc.get_state(), b""
    try:
        return doc.get_state(), doc.get_update(vector)
    except ValueError as error:
        raise Malformed("That does not say what the editor has.") from error


def updates(document_id: int, numbers: set[int]) -> list[bytes]:
    rows = DocumentUpdate.objects.filter(document=document_id, pk__in=numbers).order_by("pk")
    return [bytes(update) for update in rows.values_list("update_bytes", flat=True)]


def ring_presence(document_id: int, presence: bytes) -> None:
    notify_topic(topic=topic_of(document_id), what="a" + base64.b64encode(presence).decode())


def ring_who(document_id: int) -> None:
    notify_topic(topic=topic_of(document_id), what="who")
