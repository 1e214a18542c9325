from core.signatures import Signature
from integrations.senders.base import Sender
from integrations.senders.sentry.parse import parse, sample

# https://docs.sentry.io/organization/integrations/integration-platform/webhooks/
SIGNATURE = Signature("Sentry-Hook-Signature", "the client secret of the internal integration")
Sender(
    "sentry",
    "Sentry",
    "SE",
    parse,
    sample,
    "Issue alerts, metric alerts and issues",
    signature=SIGNATURE,
)
