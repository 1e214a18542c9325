from integrations.senders.azuremonitor.parse import parse, sample
from integrations.senders.base import Sender

Sender("azuremonitor", "Azure Monitor", "AZ", parse, sample, "The common alert schema, and older alerts")
