from integrations.senders.base import Sender
from integrations.senders.uptimekuma.parse import parse, sample

Sender("uptimekuma", "Uptime Kuma", "UK", parse, sample, "Monitors")
