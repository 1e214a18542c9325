from integrations.senders.argocd.parse import TEMPLATE, parse, sample
from integrations.senders.base import Sender

Sender(
    "argocd",
    "Argo CD",
    "AC",
    parse,
    sample,
    "Syncs, by a notification template to copy",
    TEMPLATE,
    category="changes",
)
