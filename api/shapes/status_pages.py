"""Status pages, what they list, who subscribed, and maintenance."""

from typing import Any, ClassVar

from django.db.models import Prefetch
from rest_framework import serializers

from accounts.models import User
from api.fields import ShownPerson
from api.shapes.base import Shape, Telling
from api.shapes.catalogue import ServiceName
from statuspages.models import (
    Component,
    ComponentGroup,
    ComponentState,
    MaintenanceSeries,
    MaintenanceUpdate,
    PageSubscriber,
    ScheduledMaintenance,
    StatusPage,
)
from statuspages.models.page import StatusPageQuerySet

OPERATIONAL = "operational"


class _Part(Telling):
    serializer_field_mapping = Shape.serializer_field_mapping

    def __init__(self, *args: Any, **options: Any):
        super().__init__(*args, read_only=True, **options)


class PageSlug(serializers.SlugRelatedField):
    """The page it is on, by its short name."""

    def __init__(self, **options: Any):
        super().__init__(slug_field="slug", read_only=True, **options)


class ComponentName(_Part):
    class Meta:
        model = Component
        fields = ["id", "name"]


class GroupName(_Part):
    class Meta:
        model = ComponentGroup
        fields = ["id", "name"]


def pages_for(user: User) -> StatusPageQuerySet:
    return StatusPage.objects.shown_inside(drafts=user.is_responder)


class StatusPageShape(Shape):
    has_logo = serializers.SerializerMethodField()
    url = serializers.CharField(source="root", read_only=True)

    class Meta:
        model = StatusPage
        fields = [
            "slug",
            "name",
            "about",
            "audience",
            "time_zone",
            "language",
            "is_published",
            "is_default",
            "host",
            "accent",
            "has_logo",
            "created_at",
            "url",
        ]

    order: ClassVar = ("name", "pk")

    @classmethod
    def rows(cls, user: User) -> Any:
        return pages_for(user)

    def get_has_logo(self, page: StatusPage) -> bool:
        return bool(page.logo_version)


class ComponentGroupShape(Shape):
    page = PageSlug()

    class Meta:
        model = ComponentGroup
        fields = ["id", "page", "name", "order"]
        validators: ClassVar[list[Any]] = []
        extra_kwargs: ClassVar = {"order": {"read_only": True}}

    order: ClassVar = ("order", "pk")

    @classmethod
    def rows(cls, user: User) -> Any:
        return ComponentGroup.objects.filter(page__in=pages_for(user)).select_related("page")


class ComponentShape(Shape):
    """A part of the page as its readers know it."""

    page = PageSlug()
    group = GroupName(allow_null=True)
    service = ServiceName(allow_null=True)
    state_by_hand = serializers.SerializerMethodField()

    class Meta:
        model = Component
        fields = [
            "id",
            "page",
            "name",
            "description",
            "group",
            "service",
            "tracked_since",
            "state_by_hand",
            "order",
        ]
        validators: ClassVar[list[Any]] = []

    order: ClassVar = ("order", "pk")

    @classmethod
    def rows(cls, user: User) -> Any:
        running = ComponentState.objects.filter(ended_at__isnull=True)
        return (
            Component.objects.filter(page__in=pages_for(user))
            .select_related("page", "group", "service")
            .prefetch_related(Prefetch("states", running, to_attr="running_states"))
        )

    def get_state_by_hand(self, component: Any) -> str | None:
        """How it was set to be; null where its state follows a service."""
        if component.service_id:
            return None
        return component.running_states[0].impact if component.running_states else OPERATIONAL


class PageSubscriberShape(Shape):
    """Who hears of the page, for administrators."""

    page = PageSlug()
    components = ComponentName(many=True)
    url = serializers.CharField(read_only=True)

    class Meta:
        model = PageSubscriber
        fields = ["id", "page", "kind", "address", "url", "hears_all", "components", "confirmed_at"]
        validators: ClassVar[list[Any]] = []

    order: ClassVar = ("created_at", "pk")

    @classmethod
    def rows(cls, user: User) -> Any:
        rows = PageSubscriber.objects.confirmed().select_related("page").prefetch_related("components")
        return rows if user.is_administrator else rows.none()


class MaintenanceUpdateShape(Shape):
    author = ShownPerson(allow_null=True)

    class Meta:
        model = MaintenanceUpdate
        fields = ["id", "state", "text", "posted_at", "author"]

    order: ClassVar = ("-posted_at", "-pk")

    @classmethod
    def rows(cls, user: User) -> Any:
        pages = pages_for(user)
        return MaintenanceUpdate.objects.filter(maintenance__page__in=pages).select_related("author")


class RepetitionShape(_Part):
    """The rule of maintenance that repeats."""

    weekdays = serializers.SerializerMethodField()
    duration_seconds = serializers.SerializerMethodField()

    class Meta:
        model = MaintenanceSeries
        fields = [
            "id",
            "frequency",
            "interval",
            "weekdays",
            "month_on",
            "ends_on",
            "count",
            "first_on",
            "begins_at",
            "time_zone",
            "duration_seconds",
        ]

    def get_weekdays(self, series: MaintenanceSeries) -> list[str]:
        """As in BYDAY of RFC 5545."""
        return [day for day in series.weekdays.split(",") if day]

    def get_duration_seconds(self, series: MaintenanceSeries) -> int:
        return int(series.duration.total_seconds())


class MaintenanceShape(Shape):
    page = PageSlug()
    components = ComponentName(many=True)
    next_states = serializers.ListField(child=serializers.CharField(), read_only=True)
    repetition = RepetitionShape(source="series", allow_null=True)
    updates = MaintenanceUpdateShape(many=True)

    class Meta:
        model = ScheduledMaintenance
        fields = [
            "id",
            "page",
            "title",
            "components",
            "state",
            "next_states",
            "starts_at",
            "ends_at",
            "begins_by_itself",
            "ends_by_itself",
            "reminds",
            "began_at",
            "ended_at",
            "repetition",
            "occurs_on",
            "updates",
            "version",
        ]

    order: ClassVar = ("-starts_at", "-pk")

    @classmethod
    def rows(cls, user: User) -> Any:
        updates = MaintenanceUpdate.objects.select_related("author")
        return (
            ScheduledMaintenance.objects.filter(page__in=pages_for(user))
            .select_related("page", "series")
            .prefetch_related("components", Prefetch("updates", updates))
        )
