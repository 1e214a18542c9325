from integrations.senders.base import Sender
from integrations.senders.statuspage.parse import parse, sample

Sender("statuspage", "Statuspage", "SP", parse, sample, "Incidents on a status page of another organisation")
