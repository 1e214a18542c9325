"""Places outside that receive messages, and how messages got there. Never an address or a secret."""

from typing import Any, ClassVar

from rest_framework import serializers

from accounts.models import User
from api.fields import Once
from api.shapes.base import Shape
from api.shapes.subscriptions import ChannelName
from notifications.access import hide
from notifications.models import Channel, Delivery, OutboxMessage


class ChannelShape(Shape):
    """`shown_address` is as much of the address as holds no secret."""

    shown_address = serializers.CharField(read_only=True)
    service_name = serializers.CharField(read_only=True)
    events = serializers.ListField(child=serializers.CharField(), read_only=True)
    services = serializers.ListField(child=serializers.CharField(), read_only=True)

    class Meta:
        model = Channel
        fields = [
            "id",
            "name",
            "kind",
            "service_name",
            "shown_address",
            "events",
            "services",
            "body_format",
            "is_active",
            "paused_because",
            "previous_secret_until",
            "created_at",
        ]

    order: ClassVar = ("name",)

    @classmethod
    def rows(cls, user: User) -> Any:
        rows = Channel.objects.listed()
        return rows if user.is_administrator else rows.none()


class ChannelMade(serializers.Serializer):
    """A channel and, for a webhook, the secret that signs what it gets."""

    secret = Once()
    channel = ChannelShape()


class _Hiding(serializers.ListSerializer):
    """Looks once for all of a page what its reader cannot open."""

    def to_representation(self, data: Any) -> Any:
        rows = hide(data, viewer=self.context["call"].user)
        for row in rows:
            row.is_looked_at = True  # type: ignore[attr-defined]  # for the shape of each
        return super().to_representation(rows)


class DeliveryShape(Shape):
    """A message on its way. Of what its reader cannot open, neither what it says nor whom it goes to is told."""

    channel = ChannelName(allow_null=True)
    recipient = serializers.CharField(read_only=True)
    headline = serializers.CharField(read_only=True)

    class Meta:
        model = Delivery
        list_serializer_class = _Hiding
        fields: ClassVar = [
            "id",
            "kind",
            "channel",
            "recipient",
            "headline",
            "state",
            "attempts",
            "answer",
            "due_at",
            "answered_at",
            "delivered_at",
            "created_at",
        ]

    order: ClassVar = ("due_at", "pk")

    @classmethod
    def rows(cls, user: User) -> Any:
        rows = Delivery.objects.select_related("channel")
        return rows if user.is_administrator else rows.none()

    def to_representation(self, instance: Any) -> Any:
        if not getattr(instance, "is_looked_at", False):
            hide([instance], viewer=self.context["call"].user)
        return super().to_representation(instance)


class ChannelDeliveryShape(DeliveryShape):
    order: ClassVar = ("-created_at", "-pk")


class DeadEventShape(Shape):
    """Something that happened and that could not be told to anybody."""

    class Meta:
        model = OutboxMessage
        fields = ["id", "topic", "created_at", "dead_at", "attempts", "last_error"]

    order: ClassVar = ("dead_at", "pk")

    @classmethod
    def rows(cls, user: User) -> Any:
        rows = OutboxMessage.objects.dead()
        return rows if user.is_administrator else rows.none()


class MailServerShape(serializers.Serializer):
    """The server that sends e-mail; its password is never told."""

    host = serializers.CharField()
    sender = serializers.CharField()
    is_from_environment = serializers.BooleanField()
    sends_mail = serializers.BooleanField()
