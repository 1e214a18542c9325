from integrations.senders.base import Sender
from integrations.senders.change.parse import parse, sample

Sender(
    "change", "Any change", "CG", parse, sample, "A JMESPath says where each field stands", category="changes"
)
