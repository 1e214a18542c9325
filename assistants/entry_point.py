"""/mcp: who may come in. What is said there is understood by assistants/protocol.py, which is read on first use."""

from collections.abc import Callable
from importlib import import_module
from typing import Any

from django.conf import settings
from django.core.exceptions import DisallowedHost, PermissionDenied
from rest_framework import status
from rest_framework.exceptions import APIException, MethodNotAllowed
from rest_framework.request import Request

from accounts.models import Installation
from api.asgi import count, refuse, request_of
from api.errors import Malformed
from core.asgi import App, Receive, Scope, Send
from live.consumers import in_thread

PATH = "/mcp"
OFF = "Assistants are switched off here. An administrator switches them on under Settings, Assistants."


class SwitchedOff(APIException):
    status_code = status.HTTP_404_NOT_FOUND


class EntryPoint:
    """The ASGI application of /mcp."""

    def __init__(self) -> None:
        self._protocol: Callable[[Request], App] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope = _trimmed(scope)
        request = request_of(scope)
        refusal, headers = await in_thread(_refusal, request)
        if refusal:
            await refuse(send, refusal)
            return
        if self._protocol is None:
            self._protocol = await in_thread(_read_protocol)
        await self._protocol(request)(scope, receive, _with(headers, send))


def _read_protocol() -> Callable[[Request], App]:
    """The library takes more than a second to import, which every start of the web process would wait for."""
    protocol: Callable[[Request], App] = import_module("assistants.protocol").answering
    return protocol


def _trimmed(scope: Scope) -> Scope:
    """Blanks after a header's value are no part of it, but uvicorn's parser leaves them there."""
    return {**scope, "headers": [(name, value.strip(b" \t")) for name, value in scope["headers"]]}


def _refusal(request: Request) -> tuple[Exception | None, dict[str, str]]:
    """Why this request may not come in, or the headers that say how many more may."""
    try:
        return None, _admitted(request)
    except (APIException, PermissionDenied) as error:
        return error, {}


def _admitted(request: Request) -> dict[str, str]:
    if not Installation.get().assistants:
        raise SwitchedOff(OFF)
    _require_own_origin(request)
    if request.method != "POST":
        raise MethodNotAllowed(request.method or "", "Send what you want with POST.")
    return count(request)


def _require_own_origin(request: Request) -> None:
    """A page elsewhere, or a name that was made to lead here, must not use what a browser can reach."""
    try:
        own = f"{request.scheme}://{request.get_host()}"
    except DisallowedHost as fault:
        raise Malformed("This host name is not one of Allclear.") from fault
    origin = request.headers.get("Origin")
    if origin is not None and origin not in (own, *settings.CSRF_TRUSTED_ORIGINS):
        raise PermissionDenied("Pages of other origins may not use this address.")


def _with(headers: dict[str, str], send: Send) -> Send:
    async def passed_on(message: Any) -> None:
        if message["type"] == "http.response.start":
            added = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
            kept = [one for one in message.get("headers", []) if one[0].lower() != b"cache-control"]
            message = message | {"headers": [*kept, *added, (b"cache-control", b"no-store")]}
        await send(message)

    return passed_on
