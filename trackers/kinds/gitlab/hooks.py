"""Webhooks of GitLab: with the secret itself in a header, or signed with it from GitLab 19 on.

Source: https://docs.gitlab.com/user/project/integrations/webhooks/
"""

import json
from collections.abc import Mapping
from datetime import datetime

from standardwebhooks import Webhook, WebhookVerificationError

from core.signatures import SharedToken
from trackers.face import Hook, NotSignedError

TOKEN = SharedToken("X-Gitlab-Token", "the secret token of the webhook")
ISSUES = ("issue", "work_item")


def read(headers: Mapping[str, str], body: bytes, secret: str, now: datetime) -> Hook:
    """Raises NotSignedError, and ValueError for what is no event of GitLab. One that is signed is not older than five
    minutes, and its token is not looked at."""
    if not secret:
        raise NotSignedError
    if "webhook-signature" in headers:
        try:
            Webhook(secret).verify(body, dict(headers), json_parse=False)
        except (WebhookVerificationError, ValueError) as error:  # ValueError: what is no signature at all
            raise NotSignedError from error
    elif not TOKEN.is_right(secret, body, headers):
        raise NotSignedError
    said = json.loads(body)
    if not isinstance(said, dict):
        raise ValueError("no event")
    if said.get("object_kind") not in ISSUES:
        return Hook()
    try:
        issue = said["object_attributes"]
        return Hook((f"{int(issue['project_id'])}/{int(issue['iid'])}",))
    except (KeyError, TypeError, OverflowError) as error:
        raise ValueError("no issue") from error
