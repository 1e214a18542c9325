from integrations.senders.base import Sender
from integrations.senders.googlecloud.parse import parse, sample

Sender(
    "googlecloud",
    "Google Cloud Monitoring",
    "GC",
    parse,
    sample,
    "Alerting policies, formerly of Stackdriver",
)
