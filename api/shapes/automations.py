"""Automations of services, and their runs on incidents."""

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import User
from api.fields import RecordId, Reference, ShownPerson
from api.shapes.base import Shape
from api.shapes.catalogue import Name, ServiceName, TeamName
from api.shapes.incidents import of_incident
from automations.models import Automation, AutomationRun
from automations.workflow.requests import inputs_of


class AutomationShape(Shape):
    """A request that people run on incidents of the service. Its secret is never told."""

    service = ServiceName()
    people = serializers.SlugRelatedField[Any](slug_field="email", many=True, read_only=True)
    teams = TeamName(many=True)
    reversed_by = serializers.SerializerMethodField()
    has_secret = serializers.SerializerMethodField()

    class Meta:
        model = Automation
        fields = [
            "id",
            "service",
            "name",
            "description",
            "preset",
            "mitigation_kind",
            "method",
            "url",
            "content",
            "template",
            "headers",
            "sign_in",
            "user_name",
            "has_secret",
            "inputs",
            "may_run",
            "people",
            "teams",
            "needs_confirmation",
            "reversed_by",
            "order",
        ]

    order: ClassVar = ("pk",)

    @classmethod
    def rows(cls, user: User) -> Any:
        rows = Automation.objects.with_places()
        return rows if user.is_administrator else rows.none()

    def get_reversed_by(self, automation: Automation) -> str:
        """The name of another automation of the service, or an empty text."""
        return automation.reversed_by.name if automation.reversed_by else ""

    def get_has_secret(self, automation: Automation) -> bool:
        return bool(automation.secret)


class AutomationName(Name):
    class Meta:
        model = Automation
        fields = ["id", "name"]


class InputShape(serializers.Serializer):
    """What to say when it is run: one of the choices, or a text that fits the pattern."""

    name = serializers.CharField()
    label: Any = serializers.CharField()
    choices = serializers.ListField(child=serializers.CharField())
    pattern = serializers.CharField(help_text="A regular expression for the whole text, or empty.")


class IncidentAutomationShape(Shape):
    """An automation of a service that the incident affects, for those who run it."""

    service = ServiceName()
    inputs = serializers.SerializerMethodField()
    reversed_by = AutomationName(allow_null=True)

    class Meta:
        model = Automation
        fields = [
            "id",
            "service",
            "name",
            "description",
            "mitigation_kind",
            "inputs",
            "may_run",
            "needs_confirmation",
            "reversed_by",
        ]

    order: ClassVar = ("pk",)

    @classmethod
    def rows(cls, user: User) -> Any:
        return Automation.objects.with_places()

    @extend_schema_field(InputShape(many=True))
    def get_inputs(self, automation: Automation) -> list[dict[str, Any]]:
        rows = InputShape(inputs_of(automation), many=True).data
        return [dict(row) for row in rows]


class RunShape(Shape):
    """One run: what was asked for, who decided, and how its target answered. The answer is for responders."""

    incident = Reference()
    automation = RecordId()
    mitigation = RecordId()
    reverses = RecordId()
    repeats = RecordId()
    pressed_by = ShownPerson()
    decided_by = ShownPerson(allow_null=True)
    answer = serializers.SerializerMethodField()

    class Meta:
        model = AutomationRun
        fields = [
            "id",
            "incident",
            "automation",
            "name",
            "mitigation",
            "reverses",
            "repeats",
            "state",
            "pressed_by",
            "pressed_at",
            "confirm_until",
            "decided_by",
            "decided_at",
            "reason",
            "called_at",
            "answered_at",
            "status_code",
            "answer",
            "took",
            "problem",
        ]

    order: ClassVar = ("-pressed_at", "-pk")

    @classmethod
    def rows(cls, user: User) -> Any:
        rows = AutomationRun.objects.select_related("incident", "pressed_by", "decided_by", "automation")
        return of_incident(rows, user)

    def get_answer(self, run: AutomationRun) -> str:
        """The first part of the body as plain text."""
        user = self.context["call"].user
        return run.answer if user.is_responder else ""
