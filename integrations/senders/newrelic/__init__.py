from integrations.senders.base import Sender
from integrations.senders.newrelic.parse import parse, sample

Sender("newrelic", "New Relic", "NR", parse, sample, "Workflows, and older notification channels")
