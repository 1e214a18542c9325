from integrations.senders.base import Sender
from integrations.senders.cloudwatch.parse import parse, sample

Sender("cloudwatch", "Amazon CloudWatch", "CW", parse, sample, "Alarms through SNS or EventBridge")
