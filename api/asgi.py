"""Addresses of the API that are answered without Django's views: who asks, and how they are refused."""

import json

from django.http import HttpRequest
from rest_framework import status
from rest_framework.exceptions import AuthenticationFailed, NotAuthenticated
from rest_framework.request import Request

from api import rates
from api.authentication import TokenAuthentication
from api.errors import answer_error
from core.asgi import Scope, Send

CHALLENGE = 'Bearer realm="Allclear"'


def request_of(scope: Scope) -> Request:
    """As Django has it, with the token as the only way to say who asks."""
    http = HttpRequest()
    http.method = scope["method"]
    http.path = http.path_info = scope["path"]
    for name, value in scope["headers"]:
        key = name.decode("latin-1").upper().replace("-", "_")
        http.META[key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"] = value.decode(
            "latin-1"
        )
    http.META["REMOTE_ADDR"] = (scope.get("client") or ("", 0))[0]
    name, port = scope.get("server") or ("", 80)
    http.META |= {"SERVER_NAME": name, "SERVER_PORT": str(port)}
    return Request(http, authenticators=[TokenAuthentication()])


def count(request: Request) -> dict[str, str]:
    """Count the request, and return the headers that say how many more there may be.

    Raises AuthenticationFailed or NotAuthenticated without a token that works, Throttled past the limit.
    """
    try:
        is_known = request.user.is_authenticated
    except AuthenticationFailed:
        rates.count_address(request)
        raise
    headers = rates.count_request(request)
    if not is_known:
        raise NotAuthenticated("Send a token: Authorization: Bearer alc_…")
    return headers


async def refuse(send: Send, error: Exception) -> None:
    """Answer as a view of the API would. Anything unforeseen is raised again."""
    if isinstance(error, AuthenticationFailed | NotAuthenticated):
        error.auth_header = CHALLENGE  # type: ignore[union-attr]  # as a view of DRF does
    response = answer_error(error, {})
    if response is None:
        raise error
    headers = dict(response.items())
    headers |= {"Content-Type": "application/problem+json", "Cache-Control": "no-store"}
    if response.status_code == status.HTTP_405_METHOD_NOT_ALLOWED:
        headers["Allow"] = "POST"
    sent = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": response.status_code, "headers": sent})
    await send({"type": "http.response.body", "body": json.dumps(response.data).encode()})
