"""The only modules that talk to the network. Each turns one delivery into one answer, within its time limits."""

from importlib import import_module

from notifications.kinds import DeliveryKind
from notifications.models import Delivery
from notifications.outcomes import Answer


def send(delivery: Delivery) -> Answer:
    """Its libraries are loaded when something leaves: a web process sends nothing and is spared them."""
    channel = import_module(f"{__name__}.{DeliveryKind(delivery.kind).value}")
    return channel.send(delivery)
