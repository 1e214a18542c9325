"""Who hears of what, and what was told to whom."""

from typing import Any, ClassVar

from django.db.models import Prefetch, Q
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import User
from action_items.models import ActionItem
from api.fields import RecordId, Reference, ShownPerson
from api.shapes.base import Shape, Telling
from api.shapes.catalogue import IncidentTypeName, ServiceName, SeverityName
from incidents.models import Audience, Incident
from notifications.models import Channel
from subscribers.models import Notice, NotificationPreference, OutsideAddress, ReportWish, Subscription


class ChannelName(Telling):
    def __init__(self, *args: Any, **options: Any):
        super().__init__(*args, read_only=True, **options)

    class Meta:
        model = Channel
        fields = ["id", "name"]


class SubscriptionShape(Shape):
    """One's own and, for administrators, those of channels, of addresses outside and of executives."""

    person = ShownPerson(allow_null=True)
    channel = ChannelName(allow_null=True)
    outside_address = serializers.EmailField(source="outside.email", allow_null=True, read_only=True)
    service = ServiceName(allow_null=True)
    severity = SeverityName(allow_null=True)
    incident_type = IncidentTypeName(allow_null=True)
    incident = Reference(allow_null=True)

    class Meta:
        model = Subscription
        fields = [
            "id",
            "person",
            "channel",
            "outside_address",
            "audience",
            "service",
            "severity",
            "incident_type",
            "incident",
            "is_active",
            "created_at",
        ]
        validators: ClassVar[list[Any]] = []

    order: ClassVar = ("-created_at", "-pk")

    @classmethod
    def rows(cls, user: User) -> Any:
        rows = Subscription.objects.within_reach(user).with_filters()
        rows = rows.select_related(
            "person", "channel", "outside", "service", "severity", "incident", "incident_type"
        )
        own = Q(person=user)
        if user.is_administrator:
            own |= Q(person__isnull=True) | Q(audience=Audience.EXECUTIVES)
        return rows.filter(own)


class OutsideAddressShape(Shape):
    """An address without an account, for administrators. It receives nothing before it has confirmed."""

    state = serializers.ChoiceField(["asked", "confirmed", "ended"], read_only=True)
    subscriptions = SubscriptionShape(many=True, source="wanted")

    class Meta:
        model = OutsideAddress
        fields = [
            "id",
            "email",
            "state",
            "created_at",
            "asked_at",
            "confirmed_at",
            "ended_at",
            "subscriptions",
        ]
        extra_kwargs: ClassVar = {"email": {"read_only": True}}

    order: ClassVar = ("email", "pk")

    @classmethod
    def rows(cls, user: User) -> Any:
        wanted = Prefetch("subscriptions", SubscriptionShape.rows(user), to_attr="wanted")
        rows = OutsideAddress.objects.prefetch_related(wanted)
        return rows if user.is_administrator else rows.none()


class PreferencesShape(Shape):
    """How the caller wants to hear of what."""

    by_mail = serializers.ListField(child=serializers.CharField(), read_only=True)
    in_inbox = serializers.ListField(child=serializers.CharField(), read_only=True)
    in_browser = serializers.ListField(child=serializers.CharField(), read_only=True)

    class Meta:
        model = NotificationPreference
        fields = ["by_mail", "in_inbox", "in_browser", "follows_worst", "quiet_from", "quiet_to"]

    @classmethod
    def rows(cls, user: User) -> Any:
        return NotificationPreference.objects.filter(person=user)

    @classmethod
    def again(cls, user: User, record: Any) -> Any:
        """What is usual, as long as nothing was chosen."""
        return cls.rows(user).first() or NotificationPreference.defaults_for(user)


class NoticeShape(Shape):
    """One line of the caller's inbox."""

    incident = Reference(allow_null=True)
    retrospective = RecordId()
    action_item = Reference(allow_null=True)

    class Meta:
        model = Notice
        fields = [
            "id",
            "kind",
            "title",
            "text",
            "url",
            "incident",
            "retrospective",
            "action_item",
            "created_at",
            "read_at",
        ]

    order: ClassVar = ("-pk",)

    @classmethod
    def rows(cls, user: User) -> Any:
        return Notice.objects.of(user).prefetch_related(
            Prefetch("incident", Incident.objects.visible_to(user)),
            Prefetch("action_item", ActionItem.objects.visible_to(user)),
        )


class ReportSubscriptionShape(Shape):
    """A report that the caller gets by e-mail."""

    filters = serializers.SerializerMethodField()

    class Meta:
        model = ReportWish
        fields = ["id", "kind", "every", "about", "filters", "last_period", "created_at"]

    order: ClassVar = ("-created_at", "-pk")

    @classmethod
    def rows(cls, user: User) -> Any:
        return ReportWish.objects.filter(person=user)

    @extend_schema_field({"type": "string"})
    def get_filters(self, wish: ReportWish) -> str:
        """As in the address of Insights, without the period."""
        return wish.query
