from integrations.senders.base import Sender
from integrations.senders.github.parse import parse, sample

Sender("github", "GitHub", "GH", parse, sample, "Deployments, releases and workflow runs", category="changes")
