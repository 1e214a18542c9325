"""Which rows make an incident, and how each is told outside: names for what it points to, numbers within the document."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Field, ForeignKey, Model
from django.utils.crypto import salted_hmac

from accounts.models import User
from incidents.models import (
    AffectedService,
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
    StatusPeriod,
    StatusUpdate,
    Task,
)
from incidents.models.people import ActivitySession
from timeline.models import Evidence, TimelineEvent, TimelineEventEdit

VERSION = 1
# What another installation could not use, or has anew: tokens, numbers, files, the lines of its own checklists.
LEFT_OUT = {"id", "incident", "form_token", "number", "merged_into", "file", "template"}


@dataclass(frozen=True)
class Table:
    """The rows of one kind; `path` leads from them to their incident."""

    name: str
    model: type[Model]
    path: str = "incident"


# What is pointed to comes before what points to it.
TABLES = [
    Table("periods", StatusPeriod),
    Table("assessments", ImpactAssessment),
    Table("roles", RoleAssignment),
    Table("people_on_it", Participation),
    Table("activity", ActivitySession, "participation__incident"),
    Table("services", AffectedService),
    Table("links", IncidentLink),
    Table("tasks", Task),
    Table("checks", RecoveryCheck),
    Table("hypotheses", Hypothesis),
    Table("mitigations", Mitigation),
    Table("updates", StatusUpdate),
    Table("due_times", DueTime),
    Table("timeline", TimelineEvent),
    Table("edits", TimelineEventEdit, "event__incident"),
    Table("evidence", Evidence),
]
TABLE_OF = {table.model: table.name for table in TABLES}
# What is known by name outside: the column to tell it by.
NAMED: dict[type[Model], str] = {
    User: "email",
    Severity: "name",
    Role: "slug",
    Service: "name",
    IncidentType: "name",
}


def fields_of(model: type[Model]) -> list[Field]:
    return [f for f in model._meta.concrete_fields if f.name not in LEFT_OUT]


def kind_of(field: Field) -> str:
    """value · name (of something in the catalogue, or a person) · row (of this incident)."""
    if not isinstance(field, ForeignKey):
        return "value"
    return "row" if field.related_model in TABLE_OF else "name"


def installation_mark() -> str:
    """The same here for ever, and hardly ever elsewhere: references of two installations never look alike."""
    return salted_hmac("history.installation", settings.REFERENCE_PREFIX, algorithm="sha256").hexdigest()[:12]


def outside_id(incident: Incident) -> str:
    """What an incident is called in exports, here and wherever it is brought in."""
    origin: Any = getattr(incident, "imported_from", None)
    if origin is not None and origin.source_id.startswith("allclear/"):
        return origin.source_id
    return f"allclear/{installation_mark()}/{incident.reference}"
