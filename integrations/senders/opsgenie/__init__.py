from integrations.senders.base import Sender
from integrations.senders.opsgenie.parse import parse, sample
from integrations.senders.opsgenie.setup import HELP, SETUPS

Sender(
    "opsgenie",
    "Opsgenie, Jira Service Management",
    "OG",
    parse,
    sample,
    "Whatever can send to either of them",
    setups=SETUPS,
    help=HELP,
)
