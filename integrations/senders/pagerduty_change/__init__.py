from integrations.senders.base import Sender
from integrations.senders.pagerduty_change.parse import parse, sample
from integrations.senders.pagerduty_change.setup import HELP, SETUPS

Sender(
    "pagerduty_change",
    "PagerDuty change events",
    "PC",
    parse,
    sample,
    "Anything that sends changes to PagerDuty",
    setups=SETUPS,
    help=HELP,
    category="changes",
)
