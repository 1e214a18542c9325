"""What is written in a retrospective: text, timeline, impact, contributing factors, learnings."""

from typing import Any, ClassVar

from django.db.models import Case, Exists, IntegerField, OuterRef, Prefetch, Q, Subquery, Sum, When
from django.db.models.functions import Coalesce
from rest_framework import serializers

from accounts.models import User
from api.fields import ShownPeople, ShownPerson
from api.shapes.base import Shape
from api.shapes.catalogue import ServiceName
from api.shapes.retrospectives import of_retrospective
from incidents.models import Incident
from retros.models import (
    AffectedUsers,
    Comment,
    ContributingFactor,
    Document,
    DocumentVersion,
    ImpactStatement,
    Learning,
    LearningGroup,
    LearningVote,
    Retrospective,
    RetrospectiveSettings,
    TimelineEntry,
)
from retros.timeline import GAP_SOURCE
from timeline.models import Evidence


class Ids(serializers.ListField):
    """The ids of the records of a relation, as it was loaded."""

    child = serializers.IntegerField()

    def __init__(self, **options: Any):
        super().__init__(read_only=True, **options)

    def to_representation(self, data: Any) -> list[int]:
        return [record.pk for record in data.all()]


def _of_document(rows: Any, user: User) -> Any:
    return rows.filter(document__retrospective__in=Retrospective.objects.visible_to(user))


class RetrospectiveSectionShape(Shape):
    """A section of the text, as Markdown."""

    title = serializers.CharField(source="get_section_display", read_only=True)

    class Meta:
        model = Document
        fields = ["section", "title", "text", "version", "changed_at"]

    @classmethod
    def rows(cls, user: User) -> Any:
        return of_retrospective(Document.objects.select_related("retrospective").defer("state"), user)

    @classmethod
    def again(cls, user: User, record: Any) -> Any:
        """One that nobody has written in yet is not stored."""
        return super().again(user, record) if record.pk else record


class SectionVersionShape(Shape):
    """What a section said, and who had written since the version before."""

    authors = ShownPeople()

    class Meta:
        model = DocumentVersion
        fields = ["number", "text", "at", "authors", "note"]

    order: ClassVar = ("-number",)

    @classmethod
    def rows(cls, user: User) -> Any:
        return _of_document(DocumentVersion.objects.prefetch_related("authors"), user)


class SectionCommentShape(Shape):
    """Said beside a section. Answers name what they answer in `parent`."""

    author = ShownPerson()
    mentions = ShownPeople()
    resolved_by = ShownPerson(allow_null=True)

    class Meta:
        model = Comment
        fields = ["id", "parent", "quote", "text", "author", "at", "mentions", "resolved_at", "resolved_by"]

    @classmethod
    def rows(cls, user: User) -> Any:
        comments = Comment.objects.select_related("author", "resolved_by", "document__retrospective")
        return _of_document(comments.prefetch_related("mentions"), user)


class RetrospectiveEntryShape(Shape):
    """A row of the retrospective's own timeline."""

    actor = ShownPerson(allow_null=True)
    service = ServiceName(allow_null=True)
    evidence = Ids()

    class Meta:
        model = TimelineEntry
        fields = [
            "id",
            "occurred_at",
            "ended_at",
            "known_at",
            "precision_seconds",
            "recorded_at",
            "kind",
            "source",
            "actor",
            "system",
            "service",
            "text",
            "detail",
            "phase",
            "gap",
            "is_recollection",
            "beside",
            "is_starred",
            "evidence",
            "event",
            "removed_at",
            "version",
        ]

    order: ClassVar = ("occurred_at", "pk")

    @classmethod
    def rows(cls, user: User) -> Any:
        """Without those that another row stands for, and without gaps that were found to be none."""
        rows = TimelineEntry.objects.filter(merged_into__isnull=True).select_related("actor", "service")
        rows = rows.exclude(source=GAP_SOURCE, removed_at__isnull=False)
        return of_retrospective(rows.prefetch_related(_evidence(user)), user)


def _evidence(user: User) -> Prefetch:
    seen = Evidence.objects.filter(incident__in=Incident.objects.visible_to(user))
    return Prefetch("evidence", seen.only("pk").order_by("pk"))


def _entries() -> Prefetch:
    return Prefetch("entries", TimelineEntry.objects.standing().only("pk").order_by("pk"))


class ImpactNumberShape(serializers.Serializer):
    name = serializers.CharField()
    value = serializers.CharField()
    unit = serializers.CharField(default="")


class ImpactStatementShape(Shape):
    """One dimension of impact."""

    title = serializers.CharField(source="get_dimension_display", read_only=True)
    numbers = ImpactNumberShape(many=True, read_only=True)
    changed_by = ShownPerson(allow_null=True)

    class Meta:
        model = ImpactStatement
        fields = [
            "dimension",
            "title",
            "text",
            "numbers",
            "evidence_text",
            "debt",
            "not_affected",
            "version",
            "changed_by",
            "changed_at",
        ]

    @classmethod
    def rows(cls, user: User) -> Any:
        return of_retrospective(ImpactStatement.objects.select_related("changed_by"), user)

    @classmethod
    def again(cls, user: User, record: Any) -> Any:
        """One of which nothing is known is not stored."""
        of_it = cls.rows(user).filter(retrospective=record.retrospective_id, dimension=record.dimension)
        return of_it.first() or record


class AffectedUsersShape(Shape):
    """How many use a service, and which share of them, in per cent, felt it."""

    service = ServiceName()

    class Meta:
        model = AffectedUsers
        fields = ["service", "users", "share"]

    @classmethod
    def rows(cls, user: User) -> Any:
        return of_retrospective(AffectedUsers.objects.select_related("service"), user)


class ContributingFactorShape(Shape):
    """A contributing factor. `shared_as` is the same for factors of other retrospectives that are linked with it."""

    shared_as = serializers.IntegerField(source="factor_id", read_only=True)
    place = serializers.IntegerField(
        source="order", read_only=True, help_text="Among those under its parent."
    )
    evidence = Ids()
    entries = Ids()
    added_by = ShownPerson(allow_null=True)

    class Meta:
        model = ContributingFactor
        fields = [
            "id",
            "parent",
            "place",
            "text",
            "question",
            "explanation",
            "category",
            "level",
            "is_confirmed",
            "evidence_text",
            "evidence",
            "entries",
            "shared_as",
            "added_by",
            "added_at",
            "version",
        ]

    @classmethod
    def rows(cls, user: User) -> Any:
        factors = ContributingFactor.objects.visible_to(user).select_related("added_by")
        return factors.prefetch_related(_evidence(user), _entries())


class LearningShape(Shape):
    """Until they are revealed, people read only their own; dots of all are told once everybody may see them."""

    author = ShownPerson(allow_null=True)
    entries = Ids()
    own_dots = serializers.IntegerField(read_only=True)
    dots = serializers.IntegerField(read_only=True, allow_null=True)

    class Meta:
        model = Learning
        fields = ["id", "kind", "text", "author", "group", "entries", "own_dots", "dots", "version"]

    order: ClassVar = ("order", "pk")

    @classmethod
    def rows(cls, user: User) -> Any:
        votes = LearningVote.objects.filter(learning=OuterRef("pk"))
        are_shown = Q(retrospective__dots_closed_at__isnull=False) | Exists(
            RetrospectiveSettings.objects.filter(hides_dots=False)
        )
        return (
            of_retrospective(Learning.objects.readable_by(user), user)
            .select_related("author")
            .prefetch_related(_entries())
            .annotate(
                own_dots=_sum(votes.filter(user=user)),
                dots=Case(When(are_shown, then=_sum(votes)), default=None, output_field=IntegerField()),
            )
        )


def _sum(votes: Any) -> Coalesce:
    given = votes.order_by().values("learning").annotate(given=Sum("dots")).values("given")
    return Coalesce(Subquery(given), 0, output_field=IntegerField())


class LearningGroupShape(Shape):
    class Meta:
        model = LearningGroup
        fields = ["id", "name"]

    order: ClassVar = ("order", "pk")

    @classmethod
    def rows(cls, user: User) -> Any:
        return of_retrospective(LearningGroup.objects.all(), user)
