"""Trackers, their projects and people, as administrators set them up."""

from typing import Any, ClassVar

from django.conf import settings
from django.urls import reverse
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import User
from api.fields import Once, ShownPerson
from api.shapes.base import Shape
from api.shapes.catalogue import Name, TeamName
from trackers.face import Problem
from trackers.models import Tracker, TrackerPerson, TrackerProject
from trackers.models.trackers import FIELDS
from trackers.of_item import PAUSED, words_of_tracker

CONNECTED, BEING_TESTED = "connected", "being_tested"
TRACKER_STATES = [CONNECTED, BEING_TESTED, PAUSED, *(problem.value for problem in Problem)]
FIELD_NAMES = [field.value for field in FIELDS]


class TrackerName(Name):
    class Meta:
        model = Tracker
        fields = ["id", "kind", "name"]


class TrackerProjectName(Name):
    class Meta:
        model = TrackerProject
        fields = ["id", "key", "name"]


class TrackerEntry(serializers.Serializer):
    """An account, project, type, state or priority by its id and name in the tracker."""

    id = serializers.CharField()
    name = serializers.CharField()


def _entries(rows: Any) -> list[dict[str, str]]:
    return [{"id": str(pk), "name": str(name)} for pk, name in rows or ()]


class TrackerShape(Shape):
    """A tracker as one account of it sees it. Its token and the secret of its webhook are never told."""

    state = serializers.SerializerMethodField()
    problem_words = serializers.SerializerMethodField()
    warning = serializers.CharField(source="found.warning", read_only=True, default="")
    account = ShownPerson()
    account_there = serializers.SerializerMethodField()
    projects_found = serializers.SerializerMethodField()
    webhook_url = serializers.SerializerMethodField()
    paused_by = ShownPerson(allow_null=True)

    class Meta:
        model = Tracker
        fields = [
            "id",
            "kind",
            "name",
            "url",
            "user_name",
            "state",
            "problem_words",
            "warning",
            "failing_since",
            "retry_at",
            "looked_at",
            "answered_at",
            "account",
            "account_there",
            "projects_found",
            "webhook_url",
            "hook_at",
            "hook_refused_at",
            "paused_at",
            "paused_by",
            "created_at",
        ]

    order: ClassVar = ("name",)

    @classmethod
    def rows(cls, user: User) -> Any:
        rows = Tracker.objects.select_related("account", "paused_by")
        return rows if user.is_administrator else rows.none()

    @extend_schema_field({"type": "string", "enum": TRACKER_STATES})
    def get_state(self, tracker: Tracker) -> str:
        """Whether it answers, or what is wrong."""
        if tracker.paused_at:
            return PAUSED
        return tracker.problem or (CONNECTED if tracker.looked_at else BEING_TESTED)

    def get_problem_words(self, tracker: Tracker) -> str:
        """What is wrong and what to do, or empty."""
        return words_of_tracker(tracker)

    @extend_schema_field(TrackerEntry(allow_null=True))
    def get_account_there(self, tracker: Tracker) -> dict[str, str] | None:
        """Who Allclear is there."""
        account = tracker.found.get("account")
        return _entries([account])[0] if account else None

    @extend_schema_field(TrackerEntry(many=True))
    def get_projects_found(self, tracker: Tracker) -> list[dict[str, str]]:
        """Those within reach of the account there, which can be added."""
        return _entries(tracker.found.get("projects"))

    def get_webhook_url(self, tracker: Tracker) -> str:
        """Where its webhooks are received. Empty where this kind has none."""
        if not tracker.facts.has_hooks:
            return ""
        return f"{settings.PUBLIC_URL}{reverse('tracker_hook', args=[tracker.pk])}"


class TrackerWebhookSecret(serializers.Serializer):
    """What the webhooks of a tracker are signed with. It is entered there."""

    secret = Once()
    tracker = TrackerShape()


class TrackerTable(serializers.Serializer):
    """What states or priorities of a project mean here, and what is set there for each of ours."""

    choices = TrackerEntry(many=True)
    means = serializers.DictField(child=serializers.CharField(), help_text="Id there → value here.")
    sets = serializers.DictField(child=serializers.CharField(), help_text="Value here → id there.")


def _table(stored: dict[str, Any]) -> dict[str, Any]:
    tables = {name: stored.get(name, {}) for name in ("means", "sets")}
    return {"choices": _entries(stored.get("choices"))} | tables


class TrackerProjectShape(Shape):
    """A project whose tickets are synced: for whom tickets are made there, and what its values mean here."""

    id_there = serializers.CharField(source="remote_id", read_only=True)
    team = TeamName(allow_null=True)
    types = serializers.SerializerMethodField()
    extra = serializers.DictField(child=serializers.CharField(), read_only=True)
    synced_fields = serializers.ListField(child=serializers.ChoiceField(FIELD_NAMES), read_only=True)
    states = serializers.SerializerMethodField()
    priorities = serializers.SerializerMethodField()
    problem_words = serializers.SerializerMethodField()

    class Meta:
        model = TrackerProject
        fields = [
            "id",
            "id_there",
            "key",
            "name",
            "url",
            "team",
            "creates",
            "type",
            "types",
            "labels",
            "extra",
            "synced_fields",
            "states",
            "priorities",
            "looked_at",
            "problem",
            "problem_words",
        ]

    order: ClassVar = ("name", "pk")

    @classmethod
    def rows(cls, user: User) -> Any:
        rows = TrackerProject.objects.select_related("tracker", "team")
        return rows if user.is_administrator else rows.none()

    @extend_schema_field(TrackerEntry(many=True))
    def get_types(self, project: TrackerProject) -> list[dict[str, str]]:
        """Types of tickets that can be chosen."""
        return _entries(project.types)

    @extend_schema_field(TrackerTable)
    def get_states(self, project: TrackerProject) -> dict[str, Any]:
        return _table(project.states)

    @extend_schema_field(TrackerTable)
    def get_priorities(self, project: TrackerProject) -> dict[str, Any]:
        return _table(project.priorities)

    def get_problem_words(self, project: TrackerProject) -> str:
        """What is wrong, or what the tracker warns of, or empty."""
        words = project.problem_words
        return f"{project.tracker} {words}." if project.problem else words


class TrackerPersonShape(Shape):
    """Somebody of a tracker, and who that is here."""

    id_there = serializers.CharField(source="remote_id", read_only=True)
    person = ShownPerson(source="user", allow_null=True)

    class Meta:
        model = TrackerPerson
        fields = ["id", "id_there", "name", "email", "person", "is_chosen"]

    order: ClassVar = ("name", "pk")

    @classmethod
    def rows(cls, user: User) -> Any:
        rows = TrackerPerson.objects.select_related("user", "tracker")
        return rows if user.is_administrator else rows.none()
