"""The only modules that talk to the network. Each turns one delivery into one answer, within its time limits."""

from notifications.answers import Answer
from notifications.channels import chat, mail, webhook
from notifications.models import Delivery, DeliveryKind

_BY_KIND = {DeliveryKind.MAIL: mail.send, DeliveryKind.WEBHOOK: webhook.send, DeliveryKind.CHAT: chat.send}


def send(delivery: Delivery) -> Answer:
    return _BY_KIND[DeliveryKind(delivery.kind)](delivery)
