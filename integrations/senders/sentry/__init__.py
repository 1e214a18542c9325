from integrations.senders.base import Sender
from integrations.senders.sentry.parse import parse, sample

Sender("sentry", "Sentry", "SE", parse, sample, "Issue alerts, metric alerts and issues")
