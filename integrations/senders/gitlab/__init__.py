from integrations.senders.base import Sender
from integrations.senders.gitlab.parse import parse, sample

Sender("gitlab", "GitLab", "GL", parse, sample, "Deployments, releases and pipelines", category="changes")
