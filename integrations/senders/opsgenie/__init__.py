from integrations.senders.base import Sender
from integrations.senders.opsgenie.parse import parse, sample

Sender(
    "opsgenie",
    "Opsgenie, Jira Service Management",
    "OG",
    parse,
    sample,
    "Whatever can send to either of them",
)
