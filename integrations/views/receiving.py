"""What all doors share: whose key it is, and a body within its limit."""

from base64 import b64decode
from binascii import Error as NotBase64

from django.http import HttpRequest

from core.requests import told_length
from integrations.models import LARGEST, Integration
from integrations.senders import SENDERS, load
from integrations.workflow import refuse


def integration_of_key(key: str, *, signs: bool = False) -> Integration | None:
    """Whose key it is. One that checks signatures is found only by `signs`, the address where they are checked."""
    integration = Integration.objects.of_key(key).first() if key else None
    return None if integration is not None and integration.checks_signatures and not signs else integration


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


def is_signed(request: HttpRequest, integration: Integration, body: bytes) -> bool:
    """Whether its sender signed it, where the integration has a secret. What is not signed is noted."""
    load()
    signature = SENDERS[integration.kind].signature if integration.kind in SENDERS else None
    if not integration.secret or signature is None:
        return True
    if signature.is_right(integration.secret, body, request.headers):
        return True
    reason = f"401, {signature.header} is missing or wrong"
    refuse(integration=integration, dialect=integration.kind, size=len(body), reason=reason)
    return False


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
