from integrations.senders.base import Sender
from integrations.senders.cloudevents.parse import parse, sample

Sender("cloudevents", "CloudEvents", "CE", parse, sample, "Structured, binary and in batches")
