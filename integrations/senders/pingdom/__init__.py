from integrations.senders.base import Sender
from integrations.senders.pingdom.parse import parse, sample

Sender("pingdom", "Pingdom", "PI", parse, sample, "Checks of uptime and transactions")
