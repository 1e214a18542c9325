"""How GitHub and GitLab sign what they send."""

import hmac
from datetime import datetime

from standardwebhooks import Webhook


def github_signature(secret: str, body: bytes) -> str:
    return "sha256=" + hmac.new(secret.encode(), body, "sha256").hexdigest()


def signed(secret: str, body: bytes, at: datetime) -> dict[str, str]:
    """As Standard Webhooks has it."""
    return {
        "webhook_id": "msg-1",
        "webhook_timestamp": str(int(at.timestamp())),
        "webhook_signature": Webhook(secret).sign("msg-1", at, body.decode()),
    }
