from integrations.senders.aws import HELP, SUBSCRIBE, URL
from integrations.senders.base import Sender
from integrations.senders.cloudwatch.parse import parse, sample
from integrations.senders.sns import check

Sender(
    "cloudwatch",
    "Amazon CloudWatch",
    "CW",
    parse,
    sample,
    "Alarms through SNS or EventBridge",
    setups=(SUBSCRIBE, URL),
    help=HELP,
    proof=check,
)
