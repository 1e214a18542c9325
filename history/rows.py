"""Which rows make a document, and how each is told outside: no number of this database is in a file."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Field, ForeignKey, ManyToManyField, Model

from accounts.models import Team, User
from action_items.models import ActionItem, ActionReminder
from incidents.models import (
    AffectedService,
    ChangeEvent,
    DueTime,
    Hypothesis,
    ImpactAssessment,
    Incident,
    IncidentLink,
    IncidentType,
    Mitigation,
    Participation,
    RecoveryCheck,
    Role,
    RoleAssignment,
    Service,
    Severity,
    Snooze,
    StatusPeriod,
    StatusUpdate,
    Task,
    UpdateRequest,
    UpdateSchedule,
)
from incidents.models.people import ActivitySession
from retros.models import (
    AffectedUsers,
    AgendaItem,
    CheckWaiver,
    Comment,
    ContributingFactor,
    Document,
    DocumentVersion,
    DueReminder,
    Factor,
    ImpactStatement,
    Learning,
    LearningGroup,
    LearningVote,
    Participant,
    Publication,
    Retrospective,
    RetrospectiveFormat,
    Review,
    TimelineEntry,
)
from statuspages.models import (
    Component,
    ComponentGroup,
    ComponentState,
    MaintenanceUpdate,
    ScheduledMaintenance,
    StatusPage,
)
from timeline.models import Evidence, TimelineEvent, TimelineEventEdit

VERSION = 1
# What another installation could not use, or has anew: tokens, numbers, files, what searches and reminders keep.
LEFT_OUT = {"id", "form_token", "merged_into", "file", "template", "message", "link", "search", "seed"}
LEFT_OUT |= {"compacted_to", "copied_version", "copy_due_at", "copied_at"}
ANEW: dict[type[Model], set[str]] = {
    Incident: {"number"},
    Document: {"state"},  # made of its text again
    Publication: {"figures"},  # markup, which is taken from nobody
    UpdateSchedule: {"next_step_at"},  # nobody is reminded of what was due in another installation
    Participation: {"worked_from", "worked_until", "worked_seconds"},
    ActionItem: {"due_set_at"},
    StatusPage: {
        "version",
        "changed_at",
        "logo_version",
        "logo_width",
        "logo_height",
        "logo_plate",
    },  # without the picture
    ScheduledMaintenance: {"series", "occurs_on", "is_changed", "is_covered"},  # a record, not a plan
}
# Not in files that were written before it came.
ADDED_LATER = {"columns"}
# What is known by name outside: the column to tell it by.
NAMED: dict[type[Model], str] = {
    User: "email",
    Severity: "name",
    Role: "slug",
    Service: "name",
    IncidentType: "name",
    Team: "name",
    Factor: "text",
    RetrospectiveFormat: "name",
}


@dataclass(frozen=True)
class Table:
    """The rows of one kind; `path` leads from them to what the document is about."""

    name: str
    model: type[Model]
    path: str

    @property
    def fields(self) -> list[Any]:
        return fields_of(self.model, but="" if "__" in self.path else self.path)


@dataclass(frozen=True)
class Whole:
    """One line of a file: a row, and all that belongs to it. What is pointed to comes before what points to it."""

    key: str
    model: type[Model]
    tables: tuple[Table, ...] = ()

    @cached_property
    def table_of(self) -> dict[type[Model], Table]:
        return {table.model: table for table in self.tables}

    @property
    def fields(self) -> list[Any]:
        return fields_of(self.model)

    def kind_of(self, field: Any) -> str:
        """value · name (of something in the catalogue, or a person) · row (of this document) · whole (another
        document) · far (a row of another document)."""
        if not isinstance(field, ForeignKey | ManyToManyField):
            return "value"
        target: Any = field.related_model
        if target in NAMED:
            return "name"
        if target in self.table_of:
            return "row"
        return "whole" if target in BY_MODEL else "far"


def _tables(path: str, **models: type[Model] | tuple[type[Model], str]) -> tuple[Table, ...]:
    return tuple(
        Table(name, *found) if isinstance(found, tuple) else Table(name, found, path)
        for name, found in models.items()
    )


INCIDENT = Whole("incident", Incident, _tables(
    "incident",
    periods=StatusPeriod,
    assessments=ImpactAssessment,
    roles=RoleAssignment,
    people_on_it=Participation,
    activity=(ActivitySession, "participation__incident"),
    services=AffectedService,
    links=IncidentLink,
    tasks=Task,
    checks=RecoveryCheck,
    hypotheses=Hypothesis,
    mitigations=Mitigation,
    updates=StatusUpdate,
    schedules=UpdateSchedule,
    due_times=DueTime,
    snoozes=Snooze,
    requests=UpdateRequest,
    timeline=TimelineEvent,
    edits=(TimelineEventEdit, "event__incident"),
    evidence=Evidence,
))  # fmt: skip
RETROSPECTIVE = Whole("retrospective", Retrospective, _tables(
    "retrospective",
    participants=Participant,
    agenda=AgendaItem,
    account=TimelineEntry,
    impact=ImpactStatement,
    users=AffectedUsers,
    factors=ContributingFactor,
    learning_groups=LearningGroup,
    learnings=Learning,
    votes=(LearningVote, "learning__retrospective"),
    actions=ActionItem,
    action_reminders=(ActionReminder, "item__retrospective"),
    documents=Document,
    versions=(DocumentVersion, "document__retrospective"),
    comments=(Comment, "document__retrospective"),
    reviews=Review,
    waivers=CheckWaiver,
    publications=Publication,
    due_reminders=DueReminder,
))  # fmt: skip
ACTION = Whole("action_item", ActionItem, _tables("item", action_reminders=ActionReminder))
CHANGE = Whole("change", ChangeEvent)
PAGE = Whole("status_page", StatusPage, _tables(
    "page", groups=ComponentGroup, components=Component, states=(ComponentState, "component__page")
))  # fmt: skip
MAINTENANCE = Whole(
    "maintenance", ScheduledMaintenance, _tables("maintenance", maintenance_updates=MaintenanceUpdate)
)
WHOLES = {
    whole.key: whole for whole in (INCIDENT, RETROSPECTIVE, ACTION, CHANGE, PAGE, MAINTENANCE)
}  # in the order in which they are written
BY_MODEL: dict[type[Model], Whole] = {whole.model: whole for whole in WHOLES.values()}
FAR: dict[type[Model], tuple[Whole, Table]] = {
    table.model: (whole, table)
    for whole in (INCIDENT, RETROSPECTIVE, PAGE)
    for table in whole.tables
    if "__" not in table.path
}


def fields_of(model: type[Model], *, but: str = "") -> list[Any]:
    without = LEFT_OUT | ANEW.get(model, set()) | {but}
    fields: Iterable[Field | ManyToManyField] = (*model._meta.concrete_fields, *model._meta.many_to_many)
    return [field for field in fields if field.name not in without]


def is_many(field: Any) -> bool:
    return isinstance(field, ManyToManyField)
