from integrations.senders.base import Sender
from integrations.senders.opsgenie_webhook.parse import parse, sample

Sender(
    "opsgenie_webhook",
    "Opsgenie webhooks",
    "OW",
    parse,
    sample,
    "Alerts of Opsgenie or Jira Service Management become alerts here",
)
