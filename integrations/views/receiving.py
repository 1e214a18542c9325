"""What all doors share: whose key it is, and a body within its limit."""

from base64 import b64decode
from binascii import Error as NotBase64

from django.http import HttpRequest

from integrations.models import LARGEST, Integration
from integrations.workflow import refuse


def integration_of_key(key: str) -> Integration | None:
    return Integration.objects.of_key(key).first() if key else None


def key_in_header(request: HttpRequest) -> str:
    """Bearer, as most senders write it; GenieKey, Token; Basic, whose password is the key; or X-Api-Key."""
    way, _, value = request.headers.get("Authorization", "").partition(" ")
    if way.lower() in ("bearer", "geniekey", "token"):
        return value.strip()
    if way.lower() == "basic":
        try:
            return b64decode(value, validate=True).decode().partition(":")[2]
        except (NotBase64, ValueError):
            return ""
    return request.headers.get("X-Api-Key", "")


def told_length(request: HttpRequest) -> int:
    """The bytes of the body by its header, 0 where it tells none."""
    told = request.headers.get("Content-Length", "")
    return int(told) if told.isascii() and told.isdigit() and len(told) < 19 else 0


def body_within_limit(request: HttpRequest, integration: Integration, dialect: str) -> bytes | None:
    """The body as it came, or None where it is larger than we keep, which is noted.

    A sender that names no length is measured by what it sent.
    """
    size = told_length(request)
    if size <= LARGEST:
        body = request.body
        size = len(body)
    if size > LARGEST:
        reason = f"413, {size / 1024:,.0f} KB are more than {LARGEST // 1024} KB"
        refuse(integration=integration, dialect=dialect, size=size, reason=reason)
        return None
    return body
