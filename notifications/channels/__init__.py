"""The only modules that talk to the network. Each turns one delivery into one answer, within its time limits."""

from importlib import import_module

from notifications.models import Delivery, DeliveryKind
from notifications.outcomes import Answer

_BY_KIND = {DeliveryKind.MAIL: "mail", DeliveryKind.WEBHOOK: "webhook", DeliveryKind.CHAT: "chat"}


def send(delivery: Delivery) -> Answer:
    """Its libraries are loaded when something leaves: a web process sends nothing and is spared them."""
    channel = import_module(f"{__name__}.{_BY_KIND[DeliveryKind(delivery.kind)]}")
    return channel.send(delivery)
