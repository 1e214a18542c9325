"""Tickets of action items, and what both sides changed at once."""

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import User
from api.fields import ShownPerson
from api.shapes.base import Shape, Telling
from api.shapes.catalogue import TeamName
from api.shapes.trackers import FIELD_NAMES, TrackerName, TrackerProjectName
from trackers.face import Field, Problem
from trackers.models import Ticket, TicketConflict
from trackers.of_item import PAUSED, items_synced_with, problem_of, problem_words, words

TICKET_PROBLEMS = [PAUSED, *(problem.value for problem in Problem)]
OURS, THEIRS = "ours", "theirs"
SIDES = [OURS, THEIRS]
NOT_TOLD = [
    *(f"tracker__{name}" for name in ("found", "secret", "hook_secret")),
    *(f"project__{name}" for name in ("states", "priorities", "types", "extra")),
]
"""What may be long, and is told of no ticket."""


def told_tickets() -> Any:
    """With what the shapes of tickets tell, the synced one of an item first."""
    return Ticket.objects.with_places().with_conflicts().defer(*NOT_TOLD).in_order()


class _Told:
    """What both shapes say of a ticket in words."""

    def get_state_there(self, ticket: Ticket) -> str:
        """As the tracker calls it, when it was asked last."""
        return ticket.said(Field.STATE)

    @extend_schema_field({"type": "string", "enum": ["", *TICKET_PROBLEMS]})
    def get_problem(self, ticket: Ticket) -> str:
        """What keeps it from being synced: of the ticket, else of its tracker. Empty where nothing does."""
        return problem_of(ticket)

    def get_problem_words(self, ticket: Ticket) -> str:
        """What is wrong and what to do, or empty."""
        return problem_words(ticket)


class ActionItemTicket(_Told, Telling):
    """A ticket of an action item, in short."""

    tracker = TrackerName()
    state_there = serializers.SerializerMethodField()
    problem = serializers.SerializerMethodField()
    problem_words = serializers.SerializerMethodField()
    open_conflicts = serializers.IntegerField(read_only=True)

    def __init__(self, *args: Any, **options: Any):
        super().__init__(*args, read_only=True, **options)

    class Meta:
        model = Ticket
        fields = [
            "id",
            "tracker",
            "key",
            "url",
            "is_synced",
            "state",
            "state_there",
            "problem",
            "problem_words",
            "open_conflicts",
        ]


class TicketShape(_Told, Shape):
    """The link of an action item with a ticket. One of an item is synced; of the others only the state is told."""

    tracker = TrackerName()
    project = TrackerProjectName(allow_null=True)
    state_there = serializers.SerializerMethodField()
    problem = serializers.SerializerMethodField()
    problem_words = serializers.SerializerMethodField()
    open_conflicts = serializers.IntegerField(read_only=True)
    is_synced_elsewhere = serializers.SerializerMethodField()
    synced_with = serializers.SerializerMethodField()
    asked_by = ShownPerson(allow_null=True)

    class Meta:
        model = Ticket
        fields = [
            "id",
            "tracker",
            "project",
            "key",
            "url",
            "is_synced",
            "is_synced_elsewhere",
            "synced_with",
            "state",
            "state_there",
            "synced_at",
            "problem",
            "problem_words",
            "problem_since",
            "moved_from",
            "open_conflicts",
            "address",
            "asked_by",
            "asked_at",
        ]

    order: ClassVar = ("-is_synced", "pk")

    @classmethod
    def rows(cls, user: User) -> Any:
        return told_tickets().visible_to(user)

    @classmethod
    def complete(cls, records: list[Any], user: User) -> None:
        elsewhere = items_synced_with(user, records)
        for ticket in records:
            ticket.elsewhere = elsewhere

    def get_is_synced_elsewhere(self, ticket: Ticket) -> bool:
        """Whether the same ticket is synced with another action item. Then it cannot be synced with this one."""
        return ticket.pk in ticket.elsewhere  # type: ignore[attr-defined]

    @extend_schema_field({"type": ["string", "null"]})
    def get_synced_with(self, ticket: Ticket) -> str | None:
        """The reference of that other action item, if you can see it."""
        item = ticket.elsewhere.get(ticket.pk)  # type: ignore[attr-defined]
        return item.reference if item else None


class TicketConflictShape(Shape):
    """Both sides changed a field between two looks. The newer value was used; somebody may take the other one."""

    field = serializers.ChoiceField(FIELD_NAMES, read_only=True)
    ours_words = serializers.SerializerMethodField()
    theirs_words = serializers.SerializerMethodField()
    ours_by = ShownPerson(allow_null=True)
    used = serializers.SerializerMethodField()
    settled_by = ShownPerson(allow_null=True)
    settled_used = serializers.SerializerMethodField()

    class Meta:
        model = TicketConflict
        fields = [
            "id",
            "field",
            "ours",
            "ours_words",
            "ours_at",
            "ours_by",
            "theirs",
            "theirs_words",
            "theirs_at",
            "theirs_by",
            "used",
            "noticed_at",
            "settled_at",
            "settled_by",
            "settled_used",
        ]

    order: ClassVar = ("-noticed_at", "-pk")

    @classmethod
    def rows(cls, user: User) -> Any:
        seen = Ticket.objects.visible_to(user)
        return TicketConflict.objects.filter(ticket__in=seen).select_related("ours_by", "settled_by")

    @classmethod
    def complete(cls, records: list[Any], user: User) -> None:
        """The names of owners, in one query."""
        named = [conflict for conflict in records if conflict.field == Field.OWNER]
        keys = {int(value) for conflict in named for value in (conflict.ours, conflict.theirs) if value}
        people = {str(pk): person for pk, person in User.objects.in_bulk(keys).items()} if keys else {}
        for conflict in named:
            conflict.owners = people

    def get_ours_words(self, conflict: TicketConflict) -> str:
        return _words(conflict, conflict.ours)

    def get_theirs_words(self, conflict: TicketConflict) -> str:
        return _words(conflict, conflict.theirs)

    @extend_schema_field({"type": "string", "enum": SIDES})
    def get_used(self, conflict: TicketConflict) -> str:
        """Whose value both sides got."""
        return THEIRS if conflict.used_theirs else OURS

    @extend_schema_field({"type": ["string", "null"], "enum": [*SIDES, None]})
    def get_settled_used(self, conflict: TicketConflict) -> str | None:
        """Whose value somebody chose, once it is settled."""
        if conflict.settled_theirs is None:
            return None
        return THEIRS if conflict.settled_theirs else OURS


def _words(conflict: TicketConflict, value: str) -> str:
    """A value as people read it: the name of a person, the label of a state."""
    if conflict.field == Field.OWNER:
        owner = conflict.owners.get(value)  # type: ignore[attr-defined]
        return str(owner) if owner else "Nobody"
    return str(words(conflict.field, value))


class TicketProject(serializers.Serializer):
    """A project where tickets can be made. Action items of its team are offered it first."""

    id = serializers.IntegerField()
    key = serializers.CharField()
    name = serializers.CharField()
    team = TeamName(allow_null=True)


class TicketTracker(serializers.Serializer):
    """A tracker where tickets can be linked, and its projects where they can be made."""

    id = serializers.IntegerField()
    kind = serializers.CharField()
    name = serializers.CharField()
    projects = TicketProject(many=True)


class TicketAsked(serializers.Serializer):
    """An action item that gets a ticket."""

    item = serializers.CharField()
    ticket = serializers.IntegerField()


class TicketRefused(serializers.Serializer):
    """An action item that gets no ticket, and why."""

    item = serializers.CharField()
    reason = serializers.CharField()


class TicketsAsked(serializers.Serializer):
    """What came of asking for many tickets."""

    asked = TicketAsked(many=True)
    refused = TicketRefused(many=True)
