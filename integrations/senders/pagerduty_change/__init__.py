from integrations.senders.base import Sender
from integrations.senders.pagerduty_change.parse import parse, sample

Sender(
    "pagerduty_change",
    "PagerDuty change events",
    "PC",
    parse,
    sample,
    "Whatever can send changes to PagerDuty",
    category="changes",
)
