"""Retrospectives as a whole: their frame, session, review and published versions."""

from typing import Any, ClassVar

from django.db.models import Exists, OuterRef, Prefetch
from django.db.models.fields.json import KeyTextTransform
from rest_framework import serializers

from accounts.models import User
from api.fields import Reference, ShownPerson
from api.shapes.base import Shape
from api.times import UtcField
from core.subqueries import count_of
from incidents.models import Incident
from retros.models import (
    AgendaItem,
    Export,
    FinishedPart,
    HintWord,
    Participant,
    Publication,
    ReaderMark,
    Retrospective,
    RetrospectiveFormat,
    RetrospectiveSettings,
    Review,
)


def of_retrospective(rows: Any, user: User) -> Any:
    """Those of `rows` whose retrospective is in `user`'s reach."""
    return rows.filter(retrospective__in=Retrospective.objects.visible_to(user))


class RetrospectiveColumnShape(serializers.Serializer):
    """What learnings are written about."""

    key = serializers.CharField()
    name = serializers.CharField()
    question = serializers.CharField(allow_blank=True)
    icon = serializers.CharField()


class RetrospectiveParticipantShape(Shape):
    person = ShownPerson(source="user")

    class Meta:
        model = Participant
        fields = ["id", "person", "invited_at", "added_at"]

    @classmethod
    def rows(cls, user: User) -> Any:
        return of_retrospective(Participant.objects.select_related("user"), user)


class RetrospectiveShape(Shape):
    """A retrospective as it stands. Its sections are below its address."""

    incident = Reference(allow_null=True, help_text="The one whose duty it fulfils.")
    format: Any = serializers.SlugRelatedField(slug_field="name", read_only=True, allow_null=True)
    columns = RetrospectiveColumnShape(source="columns_shown", many=True, read_only=True)
    owner = ShownPerson(allow_null=True)
    facilitator = ShownPerson(allow_null=True)
    note_taker = ShownPerson(allow_null=True)
    presenter = ShownPerson(allow_null=True)
    participants = RetrospectiveParticipantShape(many=True, read_only=True)
    url = serializers.CharField(source="get_absolute_url", read_only=True)
    incidents = serializers.SerializerMethodField()
    voting_closed_at = UtcField(source="dots_closed_at", read_only=True, allow_null=True)

    class Meta:
        model = Retrospective
        fields = [
            "id",
            "title",
            "subject",
            "status",
            "incident",
            "incidents",
            "format",
            "columns",
            "scope",
            "objectives",
            "period_from",
            "period_to",
            "is_private",
            "owner",
            "facilitator",
            "note_taker",
            "presenter",
            "participants",
            "due_on",
            "scheduled_at",
            "minutes",
            "place",
            "session_started_at",
            "session_ended_at",
            "soak_until",
            "review_started_at",
            "learnings_revealed_at",
            "voting_closed_at",
            "published_at",
            "created_at",
            "version",
            "url",
        ]

    order: ClassVar = ("-pk",)

    @classmethod
    def rows(cls, user: User) -> Any:
        return (
            Retrospective.objects.visible_to(user)
            .select_related("incident", "format", "owner", "facilitator", "note_taker", "presenter")
            .prefetch_related(
                Prefetch("incidents", Incident.objects.visible_to(user).order_by("number")),
                Prefetch("participants", Participant.objects.select_related("user")),
            )
            .defer("material", "dismissed", "public_text")
        )

    def get_incidents(self, retrospective: Retrospective) -> list[str]:
        """The references of all it looks back on."""
        return [incident.reference for incident in retrospective.incidents.all()]


class AgendaItemShape(Shape):
    """One part of the session. `has_finished`: whether the caller has said so."""

    has_finished = serializers.BooleanField(read_only=True)

    class Meta:
        model = AgendaItem
        fields = [
            "id",
            "name",
            "section",
            "question",
            "minutes",
            "spent_seconds",
            "running_since",
            "is_done",
            "has_finished",
        ]

    order: ClassVar = ("order", "pk")

    @classmethod
    def rows(cls, user: User) -> Any:
        said = FinishedPart.objects.filter(item=OuterRef("pk"), person=user)
        return of_retrospective(AgendaItem.objects.annotate(has_finished=Exists(said)), user)


class RetrospectiveReviewShape(Shape):
    reviewer = ShownPerson()
    asked_by = ShownPerson(allow_null=True)

    class Meta:
        model = Review
        fields = ["id", "reviewer", "asked_at", "asked_by", "verdict", "note", "answered_at"]

    @classmethod
    def rows(cls, user: User) -> Any:
        return of_retrospective(Review.objects.select_related("reviewer", "asked_by"), user)


class PublicationShape(Shape):
    """A published version, which never changes. `title` and `scope` as they were."""

    retrospective = serializers.IntegerField(source="retrospective_id", read_only=True)
    title = serializers.CharField(read_only=True)
    scope = serializers.CharField(read_only=True, allow_blank=True)
    by = ShownPerson()
    marks = serializers.IntegerField(
        read_only=True, help_text="How many readers say that the retrospective changed how they work."
    )

    class Meta:
        model = Publication
        fields = ["retrospective", "number", "title", "scope", "note", "at", "by", "marks"]

    order: ClassVar = ("-pk",)

    @classmethod
    def rows(cls, user: User) -> Any:
        marks = ReaderMark.objects.filter(retrospective=OuterRef("retrospective"))
        return (
            Publication.objects.filter(retrospective__in=Retrospective.objects.readable_by(user))
            .select_related("by")
            .annotate(
                title=KeyTextTransform("title", "content"),
                scope=KeyTextTransform("scope", "content"),
                marks=count_of(marks),
            )
            .defer("content", "text", "figures", "search")
        )


class PdfExportShape(Shape):
    """A PDF that is made in the background."""

    version = serializers.IntegerField(
        source="number", read_only=True, allow_null=True, help_text="null: what stood when it was made."
    )

    class Meta:
        model = Export
        fields = ["id", "version", "state", "problem", "asked_at", "ready_at"]

    order: ClassVar = ("-pk",)

    @classmethod
    def rows(cls, user: User) -> Any:
        readable = Retrospective.objects.readable_by(user)
        return Export.objects.filter(asked_by=user, retrospective__in=readable)


class RetrospectiveFormatShape(Shape):
    """What a retrospective without an incident asks."""

    columns = RetrospectiveColumnShape(source="columns_shown", many=True, read_only=True)

    class Meta:
        model = RetrospectiveFormat
        fields = ["id", "name", "is_shipped", "columns"]

    @classmethod
    def rows(cls, user: User) -> Any:
        return RetrospectiveFormat.objects.all()


class HintWordShape(Shape):
    """A word of the organisation's own that hints on wording look for."""

    class Meta:
        model = HintWord
        fields = ["id", "words", "ask"]

    order: ClassVar = ("words",)

    @classmethod
    def rows(cls, user: User) -> Any:
        return HintWord.objects.all()


class RetrospectiveSettingsShape(Shape):
    """How this installation holds its retrospectives."""

    class Meta:
        model = RetrospectiveSettings
        fields = ["framing", "soak_days", "reading_hours", "hides_dots", "waivers_need_second_person"]

    @classmethod
    def rows(cls, user: User) -> Any:
        return RetrospectiveSettings.objects.all()

    @classmethod
    def again(cls, user: User, record: Any) -> Any:
        return RetrospectiveSettings.get()
