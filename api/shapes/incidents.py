"""Incidents and what belongs to one."""

from functools import cache
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import User
from api.fields import RecordId, Reference, ShownPerson, untold_of
from api.shapes.base import Shape
from api.shapes.catalogue import (
    IncidentTypeName,
    RoleName,
    ServiceName,
    SeverityName,
)
from api.times import UtcField
from core.kept_queries import SOME_NUMBER, SOME_ROWS, SOMEBODY, Kept, is_among, keep
from incidents.models import (
    MILESTONES,
    AffectedService,
    BriefLink,
    ImpactAssessment,
    Incident,
    IncidentLink,
    Participation,
    RoleAssignment,
    SavedView,
    UpdateSchedule,
)
from timeline.models import Evidence, TimelineEvent


class AffectedServiceShape(Shape):
    """How a service is affected over one interval."""

    service = ServiceName()

    class Meta:
        model = AffectedService
        fields = ["service", "impact", "started_at", "ended_at"]

    order: ClassVar = ("started_at", "pk")

    @classmethod
    def rows(cls, user: User) -> Any:
        return of_incident(AffectedService.objects.select_related("service"), user)


class RoleHolderShape(Shape):
    role = RoleName()
    person = ShownPerson(source="user")

    class Meta:
        model = RoleAssignment
        fields = ["id", "role", "person", "started_at", "ended_at", "handover_note"]

    order: ClassVar = ("started_at", "pk")

    @classmethod
    def rows(cls, user: User) -> Any:
        return of_incident(RoleAssignment.objects.select_related("role", "user"), user)


class UpdateDueShape(Shape):
    class Meta:
        model = UpdateSchedule
        fields = ["audience", "due_at", "promised_at", "told_at", "asks"]

    order: ClassVar = ("audience",)

    @classmethod
    def rows(cls, user: User) -> Any:
        return of_incident(UpdateSchedule.objects.all(), user)


@cache
def _parts_of_incidents() -> dict[str, Kept[Any]]:
    """What is told of each incident in a list, by the name that its shape reads."""
    roles = RoleAssignment.objects.running().select_related("role", "user").defer(*untold_of("user"))
    impacts = AffectedService.objects.running().select_related("service").order_by("started_at", "pk")
    parts = {
        "running_roles": roles,
        "running_impacts": impacts,
        "schedules": UpdateSchedule.objects.order_by("audience"),
    }
    return {name: keep(rows.filter(is_among("incident_id"))) for name, rows in parts.items()}


def first_of_all(user: User, below: int, count: int) -> list[Incident]:
    """The `count` newest incidents in `user`'s reach below a number; the list that is asked for most."""
    reach = (user.sees_private_incidents, user.hides_private, count)
    return _newest_below(*reach).rows({SOMEBODY: user.pk, SOME_NUMBER: below})


@cache
def _newest_below(sees_private: bool, hides_private: bool, count: int) -> Kept[Incident]:
    anybody = User(pk=SOMEBODY, sees_private_incidents=sees_private)
    anybody.hides_private = hides_private
    rows = IncidentShape.rows(anybody).filter(number__lt=SOME_NUMBER)
    return keep(rows.order_by(*IncidentShape.order)[:count])


UTC_TIME = UtcField()


class MilestoneShape(serializers.Serializer):
    """When it was, where that is known from, and how sure it is. Null where it is not known."""

    at = UtcField(allow_null=True)
    source: Any = serializers.CharField(allow_null=True)
    uncertainty_seconds = serializers.IntegerField(allow_null=True)


Milestones = type("Milestones", (serializers.Serializer,), {name: MilestoneShape() for name in MILESTONES})


class ImpactFigureShape(serializers.Serializer):
    label: Any = serializers.CharField()
    value = serializers.CharField()


class IncidentShape(Shape):
    """An incident as it stands. Times that are not known are null."""

    reference = Reference(source="*")
    severity = SeverityName()
    incident_type = IncidentTypeName(allow_null=True)
    reported_by = ShownPerson(allow_null=True)
    commander = ShownPerson(allow_null=True)
    roles = RoleHolderShape(source="loaded_roles", many=True)
    affected_services = AffectedServiceShape(source="running_impacts", many=True)
    updates_due = UpdateDueShape(source="schedules", many=True)
    merged_into = Reference(source="reachable_target", allow_null=True)
    impact_figures = ImpactFigureShape(many=True, read_only=True)
    milestones = serializers.SerializerMethodField()
    url = serializers.CharField(source="get_absolute_url", read_only=True)

    class Meta:
        model = Incident
        fields = [
            "reference",
            "title",
            "summary",
            "severity",
            "status",
            "incident_type",
            "is_private",
            "is_drill",
            "source",
            "reported_by",
            "commander",
            "roles",
            "affected_services",
            "updates_due",
            "now_note",
            "next_note",
            "degraded_note",
            "impact_summary",
            "cost_low",
            "cost_high",
            "impact_figures",
            "milestones",
            "merged_into",
            "decline_reason",
            "reopen_count",
            "created_at",
            "version",
            "url",
        ]

    order: ClassVar = ("-number",)

    @classmethod
    def rows(cls, user: User) -> Any:
        known = Incident.objects.visible_to(user).select_related("severity", "incident_type", "reported_by")
        return known.defer(*untold_of("reported_by"))

    @classmethod
    def complete(cls, records: list[Any], user: User) -> None:
        targets = [one.merged_into_id for one in records if one.merged_into_id]
        reachable = Incident.objects.visible_to(user).in_bulk(targets) if targets else {}
        for incident in records:
            incident.reachable_target = reachable.get(incident.merged_into_id)
        by_incident = {incident.pk: incident for incident in records}
        for name, kept in _parts_of_incidents().items():
            for incident in records:
                setattr(incident, name, [])
            for part in kept.rows({SOME_ROWS: list(by_incident)}):
                getattr(by_incident[part.incident_id], name).append(part)

    @extend_schema_field(Milestones)
    def get_milestones(self, incident: Incident) -> dict[str, Any]:
        """Each with where it is known from, and how sure it is."""
        told = {}
        for name in MILESTONES:
            basis = incident.milestone_basis.get(name, {})
            moment = getattr(incident, name)
            told[name] = {
                "at": UTC_TIME.to_representation(moment) if moment else None,
                "source": basis.get("source"),
                "uncertainty_seconds": basis.get("uncertainty_seconds"),
            }
        return told


def of_incident(rows: Any, user: User) -> Any:
    return rows.filter(incident__in=Incident.objects.visible_to(user))


class EvidenceShape(Shape):
    incident = Reference()
    captured_by = ShownPerson(allow_null=True)
    event = RecordId()
    hypothesis = RecordId()
    has_file = serializers.SerializerMethodField()

    class Meta:
        model = Evidence
        fields = [
            "id",
            "incident",
            "kind",
            "title",
            "body",
            "url",
            "has_file",
            "file_type",
            "captured_at",
            "captured_by",
            "event",
            "hypothesis",
        ]

    order: ClassVar = ("captured_at", "pk")

    @classmethod
    def rows(cls, user: User) -> Any:
        return of_incident(Evidence.objects.select_related("incident", "captured_by"), user)

    def get_has_file(self, evidence: Evidence) -> bool:
        return bool(evidence.file)


class TimelineEventShape(Shape):
    incident = Reference()
    actor = ShownPerson(allow_null=True)
    answers = RecordId()
    hypothesis = RecordId()
    mitigation = RecordId()
    status_update = RecordId()

    class Meta:
        model = TimelineEvent
        fields = [
            "id",
            "incident",
            "occurred_at",
            "precision_seconds",
            "recorded_at",
            "kind",
            "source",
            "actor",
            "text",
            "detail",
            "phase",
            "is_starred",
            "gap",
            "is_recollection",
            "answers",
            "hypothesis",
            "mitigation",
            "status_update",
            "edited_at",
        ]

    order: ClassVar = ("-occurred_at", "-pk")

    @classmethod
    def rows(cls, user: User) -> Any:
        return of_incident(TimelineEvent.objects.standing().select_related("incident", "actor"), user)


class IncidentLinkShape(Shape):
    class Meta:
        model = IncidentLink
        fields = ["id", "label", "kind", "url"]

    order: ClassVar = ("kind", "label", "pk")

    @classmethod
    def rows(cls, user: User) -> Any:
        return of_incident(IncidentLink.objects.all(), user)


class IncidentParticipantShape(Shape):
    """Somebody on the incident; those who left have `left_at`."""

    person = ShownPerson(source="user")

    class Meta:
        model = Participation
        fields = ["person", "joined_at", "left_at"]

    order: ClassVar = ("joined_at", "pk")

    @classmethod
    def rows(cls, user: User) -> Any:
        seats = Participation.objects.filter(access_revoked_at=None).select_related("user")
        return of_incident(seats, user)


class AssessmentShape(Shape):
    suggested = SeverityName()
    chosen = SeverityName()
    assessed_by = ShownPerson()

    class Meta:
        model = ImpactAssessment
        fields = [
            "users_affected",
            "criticality",
            "data_at_risk",
            "has_workaround",
            "is_spreading",
            "suggested",
            "chosen",
            "override_reason",
            "assessed_by",
            "assessed_at",
        ]

    order: ClassVar = ("-assessed_at", "-pk")

    @classmethod
    def rows(cls, user: User) -> Any:
        return of_incident(
            ImpactAssessment.objects.select_related("suggested", "chosen", "assessed_by"), user
        )


class BriefLinkShape(Shape):
    """A link to the brief; its address is told once, when it is made."""

    created_by = ShownPerson()

    class Meta:
        model = BriefLink
        fields = ["id", "audience", "created_by", "created_at", "expires_at", "revoked_at"]

    order: ClassVar = ("-created_at", "-pk")

    @classmethod
    def rows(cls, user: User) -> Any:
        return of_incident(BriefLink.objects.select_related("created_by"), user)


class SavedViewShape(Shape):
    class Meta:
        model = SavedView
        fields = ["id", "name", "path", "query"]

    order: ClassVar = ("name", "pk")

    @classmethod
    def rows(cls, user: User) -> Any:
        return SavedView.objects.filter(person=user)
