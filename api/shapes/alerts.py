"""Alerts of monitoring, and the integrations that send them."""

from typing import Any, ClassVar

from rest_framework import serializers

from accounts.models import User
from alerts.models import Alert, Route, Silence
from api.fields import Once, Reference, ShownPerson
from api.shapes.base import Shape, Telling
from api.shapes.catalogue import ServiceName
from api.shapes.signals import DataSourceName
from api.times import UtcField
from integrations.models import Integration, Mailbox, Payload


class IntegrationName(Telling):
    def __init__(self, *args: Any, **options: Any):
        super().__init__(*args, read_only=True, **options)

    class Meta:
        model = Integration
        fields = ["id", "name", "kind"]


class AlertRouteName(Telling):
    def __init__(self, *args: Any, **options: Any):
        super().__init__(*args, read_only=True, **options)

    class Meta:
        model = Route
        fields = ["id", "name"]


class AlertLink(serializers.Serializer):
    label: Any = serializers.CharField()
    url = serializers.CharField()


class AlertSilenceShape(Shape):
    """A silence that somebody made here. `remote_id` is its id in Alertmanager, once a worker has made it there."""

    data_source = DataSourceName(source="source")
    incident = Reference(allow_null=True)
    made_by = ShownPerson(allow_null=True)
    ended_by = ShownPerson(allow_null=True)
    matchers = serializers.DictField(child=serializers.CharField(), read_only=True)

    class Meta:
        model = Silence
        fields = ["id", "data_source", "matchers", "until", "incident", "comment", "made_by", "made_at", "ended_at", "ended_by", "end_reason", "remote_id", "remote_until", "problem"]  # fmt: skip

    order: ClassVar = ("-pk",)

    @classmethod
    def rows(cls, user: User) -> Any:
        seen = Alert.objects.visible_to(user).values("pk")
        return Silence.objects.filter(alert__in=seen).with_places().select_related("alert")


class AlertShape(Shape):
    """One alert of one sender. `labels` and `severity` are the sender's own words.

    `quiet_since` says since when its Alertmanager tells nobody of it, and `quiet_reason` why.
    """

    integration = IntegrationName()
    service = ServiceName(allow_null=True)
    incident = Reference(allow_null=True)
    acknowledged_by = ShownPerson(allow_null=True)
    route = AlertRouteName(allow_null=True)
    labels = serializers.DictField(child=serializers.CharField(), read_only=True)
    links = AlertLink(many=True, read_only=True)
    url = serializers.CharField(source="get_absolute_url", read_only=True)

    class Meta:
        model = Alert
        fields = [
            "id",
            "dedup_key",
            "group_key",
            "state",
            "title",
            "description",
            "severity",
            "service",
            "service_name",
            "source",
            "integration",
            "occurrences",
            "started_at",
            "first_seen_at",
            "last_seen_at",
            "acknowledged_at",
            "acknowledged_by",
            "resolved_at",
            "quiet_since",
            "quiet_until",
            "quiet_reason",
            "is_noise",
            "is_test",
            "labels",
            "links",
            "incident",
            "route",
            "decision",
            "decision_reason",
            "waits_until",
            "url",
        ]

    order: ClassVar = ("-pk",)

    @classmethod
    def rows(cls, user: User) -> Any:
        return Alert.objects.visible_to(user).with_places()


class MailboxShape(serializers.ModelSerializer):
    """A folder of an IMAP server whose new messages are taken. Its password is never shown."""

    class Meta:
        model = Mailbox
        fields = ["host", "port", "security", "user_name", "folder", "read_at", "problem", "failing_since"]
        read_only_fields = fields


class IntegrationShape(Shape):
    """Who sends to Allclear. Its key is shown once, when it is made or rotated."""

    service = ServiceName(allow_null=True)
    silenced_in = DataSourceName(allow_null=True)
    paused_by = ShownPerson(allow_null=True)
    checks_signatures = serializers.BooleanField(read_only=True)
    mapping = serializers.DictField(child=serializers.CharField(), read_only=True)
    mailbox = MailboxShape(source="mailbox_or_none", allow_null=True, read_only=True)

    class Meta:
        model = Integration
        fields = [
            "id",
            "name",
            "kind",
            "service",
            "opens",
            "mapping",
            "expected_every",
            "topic_arn",
            "checks_signatures",
            "silenced_in",
            "mailbox",
            "key_ending",
            "key_made_at",
            "previous_until",
            "last_received_at",
            "paused_at",
            "paused_by",
            "created_at",
        ]

    order: ClassVar = ("name",)

    @classmethod
    def rows(cls, user: User) -> Any:
        rows = Integration.objects.by_name()
        return rows.select_related("paused_by") if user.is_administrator else rows.none()


class IntegrationMade(serializers.Serializer):
    """An integration, with the key that its sender needs and the address that has it in."""

    token = Once()
    hook_url = Once()
    mail_address = Once(
        help_text="Of the kind “email”. Shown once. Empty for others, and where an answer is repeated."
    )
    integration = IntegrationShape()


class PayloadShape(Shape):
    """One request of a sender, and what became of it. Its body is shown to administrators on its page."""

    received_at = UtcField(read_only=True)

    class Meta:
        model = Payload
        fields = ["id", "dialect", "content_type", "size", "state", "outcome", "alerts", "is_test", "received_at", "processed_at", "replayed_at"]  # fmt: skip

    order: ClassVar = ("-pk",)

    @classmethod
    def rows(cls, user: User) -> Any:
        rows = Payload.objects.defer("body", "headers")
        return rows if user.is_administrator else rows.none()
