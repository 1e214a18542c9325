from core.signatures import Signature
from integrations.senders.base import Sender
from integrations.senders.pagerduty_webhook.parse import parse, sample

# https://developer.pagerduty.com/docs/verifying-webhook-signatures
SIGNATURE = Signature("X-PagerDuty-Signature", "the secret of the webhook subscription", before="v1=")

Sender(
    "pagerduty_webhook",
    "PagerDuty webhooks",
    "PW",
    parse,
    sample,
    "Incidents of PagerDuty become alerts here",
    signature=SIGNATURE,
)
