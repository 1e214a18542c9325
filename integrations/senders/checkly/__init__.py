from integrations.senders.base import Sender
from integrations.senders.checkly.parse import parse, sample

Sender("checkly", "Checkly", "CH", parse, sample, "Checks, and certificates that end soon")
