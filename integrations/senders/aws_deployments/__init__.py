from integrations.senders.aws import HELP, SUBSCRIBE, URL
from integrations.senders.aws_deployments.parse import parse, sample
from integrations.senders.base import Sender
from integrations.senders.sns import check

Sender(
    "aws_deployments",
    "AWS deployments",
    "AD",
    parse,
    sample,
    "Events of CodeDeploy, CodePipeline and CodeBuild",
    category="changes",
    setups=(SUBSCRIBE, URL),
    help=HELP,
    proof=check,
)
