from integrations.senders.base import Sender
from integrations.senders.datadog.parse import PAYLOAD, parse, sample

Sender("datadog", "Datadog", "DD", parse, sample, "Webhooks with a payload to copy", PAYLOAD)
