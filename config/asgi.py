"""The web process: pages are Django under WSGI threads, streams are ASGI consumers (docs/decisions)."""

import os
from typing import cast

from a2wsgi import WSGIMiddleware
from a2wsgi.wsgi_typing import WSGIApp

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from config.wsgi import application as pages

# isort: split
from live.consumers import stream  # these need the app registry, which the line above sets up
from live.documents import DocumentSync

_pages = WSGIMiddleware(cast(WSGIApp, pages), workers=int(os.environ.get("ALLCLEAR_WEB_THREADS", "8")))
_documents = DocumentSync(stream.listener)


async def application(scope, receive, send):
    if scope["type"] == "lifespan":
        await stream.lifespan(receive, send)
    elif scope["type"] == "websocket":
        await _documents(scope, receive, send)
    elif scope["path"].startswith("/live/"):
        await stream(scope, receive, send)
    else:
        await _pages(scope, receive, send)
