"""What an installation sets up once, told by name and in full."""

from typing import Any, ClassVar

from rest_framework import serializers

from accounts.models import User
from api.shapes.base import Shape
from incidents.models import IncidentType, Role, Service, Severity


class _Name(serializers.ModelSerializer):
    """Part of another shape: a record of the catalogue by what it is known by."""

    def __init__(self, *args: Any, **options: Any):
        super().__init__(*args, read_only=True, **options)


class SeverityName(_Name):
    class Meta:
        model = Severity
        fields = ["name", "rank"]


class RoleName(_Name):
    class Meta:
        model = Role
        fields = ["slug", "name"]


class ServiceName(_Name):
    class Meta:
        model = Service
        fields = ["slug", "name"]


class IncidentTypeName(_Name):
    class Meta:
        model = IncidentType
        fields = ["name"]


class SeverityShape(Shape):
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
        ]

    order: ClassVar = ("rank",)

    @classmethod
    def rows(cls, user: User) -> Any:
        return Severity.objects.all()
