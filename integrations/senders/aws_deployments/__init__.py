from integrations.senders.aws_deployments.parse import parse, sample
from integrations.senders.base import Sender

Sender(
    "aws_deployments",
    "AWS deployments",
    "AD",
    parse,
    sample,
    "Events of CodeDeploy, CodePipeline and CodeBuild",
    category="changes",
)
