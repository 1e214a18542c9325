from integrations.senders.base import Sender
from integrations.senders.opsgenie.parse import parse, sample
from integrations.senders.opsgenie.setup import HELP, SETUPS

Sender(
    "opsgenie",
    "Opsgenie, Jira Service Management",
    "OG",
    parse,
    sample,
    "Anything that sends to one of them",
    setups=SETUPS,
    help=HELP,
)
