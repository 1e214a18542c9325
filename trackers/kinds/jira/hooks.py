"""Webhooks of Jira, as an administrator makes them there with a secret.

Source: https://developer.atlassian.com/cloud/jira/platform/webhooks/ and
https://confluence.atlassian.com/adminjiraserver/managing-webhooks-938846912.html
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from core.signatures import Signature
from trackers.face import Hook, NotSignedError

SIGNATURE = Signature("X-Hub-Signature", "Secret", before="sha256=")
OLDEST = timedelta(hours=2)
"""Cloud tries again for up to 75 minutes, with the time of the first try."""


def read(headers: Mapping[str, str], body: bytes, secret: str, now: datetime) -> Hook:
    """Raises NotSignedError, or ValueError where it cannot be read."""
    if not secret or not SIGNATURE.is_right(secret, body, headers):
        raise NotSignedError
    said = json.loads(body)
    if not isinstance(said, dict):
        raise ValueError("not an object")
    if _is_old(said.get("timestamp"), now):
        raise NotSignedError
    issue = said.get("issue")
    if isinstance(issue, dict) and isinstance(issue.get("id"), str | int):
        return Hook((str(issue["id"]),))
    return Hook()


def _is_old(told: object, now: datetime) -> bool:
    """Not every event has a time. Raises ValueError where it is none."""
    if not isinstance(told, int | float):
        return False
    try:
        return now - datetime.fromtimestamp(told / 1000, UTC) > OLDEST
    except (OverflowError, OSError) as error:
        raise ValueError("no time") from error
