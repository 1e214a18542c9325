"""What responders suspect, try, do and verify, and the changes around an incident."""

from typing import Any, ClassVar

from django.db.models import Prefetch
from rest_framework import serializers

from accounts.models import User
from api.fields import Reference, ShownPerson
from api.shapes.base import Shape
from api.shapes.catalogue import (
    ServiceName,
)
from api.shapes.incidents import of_incident
from incidents.models import (
    ChangeEvent,
    Hypothesis,
    Incident,
    Mitigation,
    RecoveryCheck,
    Task,
)


class HypothesisShape(Shape):
    incident = Reference()
    owner = ShownPerson(allow_null=True)

    class Meta:
        model = Hypothesis
        fields = [
            "id",
            "incident",
            "claim",
            "confidence",
            "test",
            "owner",
            "state",
            "verdict",
            "raised_at",
            "settled_at",
        ]

    order: ClassVar = ("-raised_at", "-pk")

    @classmethod
    def rows(cls, user: User) -> Any:
        return of_incident(Hypothesis.objects.select_related("incident", "owner"), user)


class MitigationShape(Shape):
    incident = Reference()
    owner = ShownPerson(allow_null=True)
    target = ServiceName(allow_null=True)
    next_states = serializers.ListField(child=serializers.CharField(), read_only=True)

    class Meta:
        model = Mitigation
        fields = [
            "id",
            "incident",
            "kind",
            "text",
            "target",
            "owner",
            "risk",
            "is_reversible",
            "time_box_minutes",
            "expected_effect",
            "observed_effect",
            "state",
            "next_states",
            "proposed_at",
            "started_at",
            "settled_at",
            "reverted_at",
        ]

    order: ClassVar = ("-proposed_at", "-pk")

    @classmethod
    def rows(cls, user: User) -> Any:
        return of_incident(Mitigation.objects.select_related("incident", "owner", "target"), user)


class TaskShape(Shape):
    incident = Reference()
    owner = ShownPerson(allow_null=True)
    done_by = ShownPerson(allow_null=True)

    class Meta:
        model = Task
        fields = ["id", "incident", "title", "owner", "due_at", "done_at", "done_by", "done_because"]

    order: ClassVar = ("order", "pk")

    @classmethod
    def rows(cls, user: User) -> Any:
        return of_incident(Task.objects.select_related("incident", "owner", "done_by"), user)


class RecoveryCheckShape(Shape):
    incident = Reference()
    owner = ShownPerson(allow_null=True)
    settled_by = ShownPerson(allow_null=True)

    class Meta:
        model = RecoveryCheck
        fields = [
            "id",
            "incident",
            "kind",
            "title",
            "owner",
            "minutes",
            "state",
            "watching_since",
            "result",
            "settled_by",
            "settled_at",
        ]

    order: ClassVar = ("order", "pk")

    @classmethod
    def rows(cls, user: User) -> Any:
        return of_incident(RecoveryCheck.objects.select_related("incident", "owner", "settled_by"), user)


class ChangeShape(Shape):
    """A deployment or other change near an incident."""

    service = ServiceName(allow_null=True)
    incidents = serializers.SerializerMethodField()
    suspected_in = serializers.SerializerMethodField()

    class Meta:
        model = ChangeEvent
        fields = ["id", "kind", "title", "at", "service", "url", "source", "incidents", "suspected_in"]

    order: ClassVar = ("-at", "-pk")

    @classmethod
    def rows(cls, user: User) -> Any:
        seen = Incident.objects.visible_to(user)
        return (
            ChangeEvent.objects.visible_to(user)
            .select_related("service")
            .prefetch_related(
                Prefetch("incidents", seen, to_attr="seen_incidents"),
                Prefetch("suspected_in", seen, to_attr="seen_suspected"),
            )
        )

    def get_incidents(self, change: Any) -> list[str]:
        """The references of the incidents it is told on."""
        return [incident.reference for incident in change.seen_incidents]

    def get_suspected_in(self, change: Any) -> list[str]:
        """The references of the incidents it may have introduced."""
        return [incident.reference for incident in change.seen_suspected]
