"""Webhooks of Linear, which makes their secret itself.

Source: https://linear.app/developers/webhooks
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from core.signatures import Signature
from trackers.face import Hook, NotSignedError

SIGNATURE = Signature("Linear-Signature", "Signing secret")
OLDEST = timedelta(minutes=1)


def read(headers: Mapping[str, str], body: bytes, secret: str, now: datetime) -> Hook:
    """Raises NotSignedError, or ValueError where it cannot be read."""
    if not secret or not SIGNATURE.is_right(secret, body, headers):
        raise NotSignedError
    said = json.loads(body)
    if not isinstance(said, dict):
        raise ValueError("not an object")
    told = said.get("webhookTimestamp")
    if not isinstance(told, int | float) or abs(now - _moment(told)) > OLDEST:
        raise NotSignedError
    data = said.get("data")
    if said.get("type") == "Issue" and isinstance(data, dict) and isinstance(data.get("id"), str):
        return Hook((data["id"],))
    return Hook()


def _moment(told: float) -> datetime:
    try:
        return datetime.fromtimestamp(told / 1000, UTC)
    except (OverflowError, OSError) as error:
        raise ValueError("no time") from error
