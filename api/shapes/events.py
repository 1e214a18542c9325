"""What happened, as the outbox keeps it for a month."""

from typing import Any, ClassVar

from django.db.models import BigIntegerField, Exists, OuterRef, Q, Value
from django.db.models.functions import Cast, Now, NullIf, StrIndex, Substr
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import User
from action_items.models import ActionItem
from alerts.models import Alert
from api.shapes.base import Shape
from api.times import UtcField
from events.catalogue import BY_NAME
from events.event import named
from incidents.models import Incident
from notifications.models import OutboxMessage
from retros.models import Retrospective

PUBLIC = sorted(name for name, event in BY_NAME.items() if event.is_public)
SUBJECTS = ("incident:", "retrospective:", "action:", "maintenance:", "alert:")


class EventShape(Shape):
    """One thing that happened. `data` holds ids and plain values, described in `event-types`."""

    name = serializers.ChoiceField(source="topic", choices=PUBLIC, read_only=True)
    version = serializers.SerializerMethodField()
    occurred_at = UtcField(source="due_at", read_only=True)
    incident = serializers.SerializerMethodField()
    retrospective = serializers.SerializerMethodField()
    action_item = serializers.SerializerMethodField()
    data: Any = serializers.SerializerMethodField()

    class Meta:
        model = OutboxMessage
        fields = ["id", "name", "version", "occurred_at", "incident", "retrospective", "action_item", "data"]

    order: ClassVar = ("-due_at", "-id")

    @classmethod
    def rows(cls, user: User) -> Any:
        """What has happened about records that `user` can see now, whatever it was then."""
        number = Cast(
            NullIf(Substr("subject", StrIndex("subject", Value(":")) + 1), Value("")), BigIntegerField()
        )
        of_them = Q()
        for subject in SUBJECTS:
            of_them |= Q(subject__startswith=subject)
        told = OutboxMessage.objects.filter(of_them, topic__in=PUBLIC, due_at__lte=Now())
        told = told.alias(about=number)
        # Two bounds and no “=”: with that, the planner gathers all hidden incidents into a hash, page or no page.
        itself = {"pk__gte": OuterRef("about"), "pk__lte": OuterRef("about")}
        hidden = Incident.objects.hidden_from(user).order_by().filter(**itself)
        seen = Retrospective.objects.visible_to(user).order_by().filter(pk=OuterRef("about"))
        items = ActionItem.objects.visible_to(user).order_by().filter(pk=OuterRef("about"))
        alerts = Alert.objects.visible_to(user).order_by().filter(pk=OuterRef("about"))
        return told.filter(
            ~Q(subject__startswith="alert:") | Exists(alerts),
            ~Q(subject__startswith="incident:") | ~Exists(hidden),
            ~Q(subject__startswith="retrospective:") | Exists(seen),
            ~Q(subject__startswith="action:") | Exists(items),
        )

    def get_version(self, message: OutboxMessage) -> int:
        return named(message.topic).version

    @extend_schema_field({"type": ["string", "null"]})
    def get_incident(self, message: OutboxMessage) -> str | None:
        """Its reference."""
        return message.payload.get("reference")

    @extend_schema_field({"type": ["integer", "null"]})
    def get_retrospective(self, message: OutboxMessage) -> int | None:
        """Its id."""
        return self._about(message, "retrospective:")

    @extend_schema_field({"type": ["string", "null"]})
    def get_action_item(self, message: OutboxMessage) -> str | None:
        """Its reference."""
        number = self._about(message, "action:")
        return f"ACT-{number}" if number else None

    @extend_schema_field({"type": "object"})
    def get_data(self, message: OutboxMessage) -> dict[str, Any]:
        told = named(message.topic).public_fields()
        return {name: message.payload[name] for name in told if name in message.payload}

    @staticmethod
    def _about(message: OutboxMessage, subject: str) -> int | None:
        return int(message.subject.removeprefix(subject)) if message.subject.startswith(subject) else None


def told_event(message: OutboxMessage) -> dict[str, Any]:
    """An event as the API tells it, in plain values."""
    return dict(EventShape(message).data)


class EventTypeShape(serializers.Serializer):
    """A kind of event, and the JSON Schema of its `data`."""

    name = serializers.CharField()
    version = serializers.IntegerField()
    description = serializers.CharField()
    webhook = serializers.CharField(help_text="The type under which webhooks get it. Empty if none does.")
    data_schema = serializers.DictField()
