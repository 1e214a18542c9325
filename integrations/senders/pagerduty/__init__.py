from integrations.senders.base import Sender
from integrations.senders.pagerduty.parse import parse, sample
from integrations.senders.pagerduty.setup import HELP, SETUPS

Sender(
    "pagerduty",
    "PagerDuty Events API v2",
    "PD",
    parse,
    sample,
    "Anything that sends to PagerDuty",
    setups=SETUPS,
    help=HELP,
)
