from integrations.senders.base import Sender
from integrations.senders.statuspage.parse import parse, sample

Sender("statuspage", "Statuspage", "SP", parse, sample, "Incidents of a page of somebody else")
