"""Confirmations: a preview is answered with one, and only it lets the same tool act, once, with the same arguments.

They are signed and stored nowhere until they are used.
"""

import hashlib
import json
import secrets
from typing import Any

from django.core import signing
from rest_framework import status
from rest_framework.exceptions import APIException

from accounts.models import ApiToken
from assistants.models import UsedConfirmation

SALT = "assistants confirmation"
AGAIN = "Call the tool without “confirmation” for a new preview, and show it to the person."


class NotConfirmed(APIException):
    """Nothing was changed."""

    status_code = status.HTTP_409_CONFLICT


def confirmation_of(token: ApiToken, tool: str, arguments: dict[str, Any]) -> str:
    number = secrets.token_hex(16)
    return signing.dumps([number, _digest(token, tool, arguments)], salt=SALT)


def use(written: str, token: ApiToken, tool: str, arguments: dict[str, Any]) -> None:
    """Use it up, in the transaction of the change. Raises NotConfirmed where it does not allow just this."""
    try:
        number, digest = signing.loads(written, salt=SALT, max_age=UsedConfirmation.LIFETIME)
    except signing.SignatureExpired as fault:
        raise NotConfirmed(f"This confirmation is older than 10 minutes. {AGAIN}") from fault
    except signing.BadSignature as fault:
        raise NotConfirmed(f"This is not a confirmation from a preview. {AGAIN}") from fault
    if not secrets.compare_digest(digest, _digest(token, tool, arguments)):
        raise NotConfirmed(f"This confirmation belongs to another preview. {AGAIN}")
    UsedConfirmation.objects.too_old().delete()
    _, is_first = UsedConfirmation.objects.get_or_create(number=number)
    if not is_first:
        raise NotConfirmed(f"This confirmation was used already. {AGAIN}")


def _digest(token: ApiToken, tool: str, arguments: dict[str, Any]) -> str:
    facts = json.dumps([token.pk, tool, arguments], sort_keys=True)
    return hashlib.sha256(facts.encode()).hexdigest()
