from core.signatures import SharedToken
from integrations.senders.base import Sender
from integrations.senders.gitlab.parse import parse, sample

# https://docs.gitlab.com/user/project/integrations/webhooks/
SIGNATURE = SharedToken("X-Gitlab-Token", "the secret token of the webhook")
Sender(
    "gitlab",
    "GitLab",
    "GL",
    parse,
    sample,
    "Deployments, releases and pipelines",
    category="changes",
    signature=SIGNATURE,
)
