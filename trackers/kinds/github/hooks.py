"""Webhooks of GitHub.

Source: https://docs.github.com/webhooks/using-webhooks/validating-webhook-deliveries
"""

import json
from collections.abc import Mapping
from datetime import datetime
from urllib.parse import parse_qs

from core.signatures import Signature
from trackers.face import Hook, NotSignedError

SIGNATURE = Signature("X-Hub-Signature-256", "the secret of the webhook", before="sha256=")
FORM = "application/x-www-form-urlencoded"


def read(headers: Mapping[str, str], body: bytes, secret: str, now: datetime) -> Hook:
    """Both of its content types. Raises NotSignedError, and ValueError for what is no event of GitHub."""
    if not secret or not SIGNATURE.is_right(secret, body, headers):
        raise NotSignedError
    if headers.get("X-GitHub-Event") != "issues":  # such as the ping when it is added
        return Hook()
    is_form = headers.get("Content-Type", "").partition(";")[0].strip().lower() == FORM
    text = parse_qs(body.decode(), max_num_fields=10).get("payload", [""])[0] if is_form else body
    said = json.loads(text)
    try:
        return Hook((f"{int(said['repository']['id'])}/{int(said['issue']['number'])}",))
    except (KeyError, TypeError, OverflowError) as error:
        raise ValueError("no issue") from error
