from integrations.senders.base import Sender
from integrations.senders.riemann.parse import parse, sample

Sender("riemann", "Riemann", "RI", parse, sample, "Events of its HTTP clients")
