from core.signatures import Signature
from integrations.senders.base import Sender
from integrations.senders.github.parse import parse, sample

# https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
SIGNATURE = Signature("X-Hub-Signature-256", "the secret of the webhook", before="sha256=")
Sender(
    "github",
    "GitHub",
    "GH",
    parse,
    sample,
    "Deployments, releases and workflow runs",
    category="changes",
    signature=SIGNATURE,
)
