from integrations.senders.base import Sender
from integrations.senders.pagerduty_webhook.parse import parse, sample

Sender(
    "pagerduty_webhook",
    "PagerDuty webhooks",
    "PW",
    parse,
    sample,
    "Incidents of PagerDuty become alerts here",
)
