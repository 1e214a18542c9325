from integrations.senders.base import Sender
from integrations.senders.generic.parse import parse, sample

Sender("generic", "Any JSON", "{}", parse, sample, "A JMESPath says where each field stands")
