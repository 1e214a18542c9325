"""The web process: pages are Django under WSGI threads, streams are ASGI consumers (docs/decisions)."""

import asyncio
import os
from typing import cast

from a2wsgi import WSGIMiddleware
from a2wsgi.wsgi_typing import WSGIApp

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from config.wsgi import application as pages

# isort: split
from django.conf import settings

from api.event_stream import PATH as EVENTS
from api.event_stream import EventStream
from assistants.entry_point import PATH as ASSISTANTS
from assistants.entry_point import EntryPoint
from core.asgi import App, Receive, Scope, Send
from core.client_address import seen_through_proxies
from core.time_limit import TimeLimit
from core.transfer import TransferBuffer
from live.consumers import stream  # these need the app registry, which the line above sets up
from live.documents import DocumentSync
from statuspages.answer_cache import AnswerCache
from statuspages.middleware import copy_of
from statuspages.views.responses import host_name

LARGEST_UPLOAD = max(settings.UPLOAD_MAX_BYTES, 20 * 1024 * 1024)  # a Slack export

_time_limit = TimeLimit(pages, seconds=settings.REQUEST_SECONDS)
_documents = DocumentSync(stream.listener)
_events = EventStream(stream.listener)
_assistants = EntryPoint()


def _in_threads(number: int) -> TransferBuffer:
    return TransferBuffer(
        cast(App, WSGIMiddleware(cast(WSGIApp, _time_limit), workers=number)),
        limit_of=_largest_body,
        budget=4 * settings.IMPORT_MAX_BYTES,
    )


def _largest_body(path: str) -> int:
    """Bytes; above what the forms accept, so that a file that is a little too large gets the form's error."""
    return 2 * (settings.IMPORT_MAX_BYTES if path.startswith("/settings/imports/") else LARGEST_UPLOAD)


_pages = _in_threads(int(os.environ.get("ALLCLEAR_WEB_THREADS", "8")))
_public_pages = AnswerCache(_in_threads(2), copy_of)  # threads that answer even while every other is busy
stream.listener.when_changed(_public_pages.changed)
forget_answers = _public_pages.changed


def _is_public(scope: Scope) -> bool:
    if scope["path"] == "/healthz" or scope["path"].startswith("/status/"):
        return True
    return bool(settings.STATUS_HOSTS) and host_name(_host(scope)) in settings.STATUS_HOSTS


def _host(scope: Scope) -> str:
    return next((value.decode("latin-1") for name, value in scope["headers"] if name == b"host"), "")


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "lifespan":
        watch = asyncio.create_task(_time_limit.watch())
        await stream.lifespan(receive, send)
        watch.cancel()
        return
    scope = seen_through_proxies(scope, settings.ALLAUTH_TRUSTED_PROXY_COUNT)
    if scope["type"] == "websocket":
        await _documents(scope, receive, send)
    elif scope["path"].startswith("/live/"):
        await stream(scope, receive, send)
    elif scope["path"] == EVENTS and scope["method"] == "GET":
        await _events(scope, receive, send)
    elif scope["path"] == ASSISTANTS:
        await _assistants(scope, receive, send)
    elif _is_public(scope):
        await _public_pages(scope, receive, send)
    else:
        await _pages(scope, receive, send)
