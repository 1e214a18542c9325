"""What an installation sets up once, told by name and in full."""

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import Team, User
from api.fields import ByKey
from api.shapes.base import Shape, Telling
from incidents.models import (
    Audience,
    Cadence,
    ChecklistTemplate,
    IncidentType,
    LinkTemplate,
    MessageTemplate,
    Role,
    Service,
    Severity,
)

CADENCE = ("first_minutes", "investigating_minutes", "fixing_minutes", "mitigated_minutes")


class Name(Telling):
    """Part of another shape: a record of the catalogue by what it is known by."""

    def __init__(self, *args: Any, **options: Any):
        super().__init__(*args, read_only=True, **options)


class SeverityName(Name):
    class Meta:
        model = Severity
        fields = ["name", "rank"]


class RoleName(Name):
    class Meta:
        model = Role
        fields = ["slug", "name"]


class ServiceName(Name):
    class Meta:
        model = Service
        fields = ["slug", "name"]


class TeamName(Name):
    class Meta:
        model = Team
        fields = ["slug", "name"]


class IncidentTypeName(Name):
    class Meta:
        model = IncidentType
        fields = ["name"]


class CadenceShape(serializers.ModelSerializer):
    """How many minutes may pass until an update is due, in each status. Null: only on change."""

    class Meta:
        model = Cadence
        fields = CADENCE


class SeverityShape(Shape):
    cadences = serializers.SerializerMethodField()

    class Meta:
        model = Severity
        fields = [
            "name",
            "rank",
            "criteria",
            "acknowledge_minutes",
            "mitigate_minutes",
            "retrospective",
            "retrospective_due_days",
            "approves_updates",
            "public_if_seen",
            "when_unsure",
            "cadences",
        ]

    order: ClassVar = ("rank",)

    @classmethod
    def rows(cls, user: User) -> Any:
        return Severity.objects.with_cadences()

    @extend_schema_field(ByKey(Audience, CadenceShape()))
    def get_cadences(self, severity: Severity) -> dict[str, Any]:
        """By audience: how many minutes may pass until an update is due, in each status."""
        return {
            cadence.audience: {column: getattr(cadence, column) for column in CADENCE}
            for cadence in severity.cadences.all()
        }


class ServiceShape(Shape):
    owner_team = TeamName(allow_null=True)
    depends_on = ServiceName(many=True)

    class Meta:
        model = Service
        fields = ["slug", "name", "description", "tier", "owner_team", "depends_on", "is_archived"]

    order: ClassVar = ("name",)

    @classmethod
    def rows(cls, user: User) -> Any:
        return Service.objects.with_neighbours()


class RoleShape(Shape):
    class Meta:
        model = Role
        fields = ["slug", "name", "brief", "is_single", "is_built_in", "order"]

    order: ClassVar = ("order", "name")

    @classmethod
    def rows(cls, user: User) -> Any:
        return Role.objects.all()


class IncidentTypeShape(Shape):
    class Meta:
        model = IncidentType
        fields = ["id", "name", "description", "is_private_by_default"]

    order: ClassVar = ("name",)

    @classmethod
    def rows(cls, user: User) -> Any:
        return IncidentType.objects.all()


class ChecklistLineShape(Shape):
    """A line that is added to incidents when they enter a status."""

    incident_type = IncidentTypeName(allow_null=True)
    lowest_severity = SeverityName(allow_null=True)
    role = RoleName(allow_null=True)

    class Meta:
        model = ChecklistTemplate
        fields = [
            "id",
            "title",
            "kind",
            "status",
            "incident_type",
            "lowest_severity",
            "role",
            "minutes",
            "done_when",
            "order",
        ]

    order: ClassVar = ("status", "order", "pk")

    @classmethod
    def rows(cls, user: User) -> Any:
        return ChecklistTemplate.objects.select_related("incident_type", "lowest_severity", "role")


class LinkTemplateShape(Shape):
    service = ServiceName(allow_null=True)

    class Meta:
        model = LinkTemplate
        fields = ["id", "label", "kind", "url_template", "service"]

    order: ClassVar = ("kind", "label", "pk")

    @classmethod
    def rows(cls, user: User) -> Any:
        return LinkTemplate.objects.select_related("service")


class MessageTemplateShape(Shape):
    """The words that an update to one audience begins with."""

    class Meta:
        model = MessageTemplate
        fields = ["audience", "stage", "known", "unknown", "doing", "workaround", "ask"]
        validators: ClassVar[list[Any]] = []

    order: ClassVar = ("audience", "stage")

    @classmethod
    def rows(cls, user: User) -> Any:
        return MessageTemplate.objects.all()
