"""Status updates of incidents."""

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import User
from api.fields import ByKey, RecordId, Reference, ShownPerson
from api.shapes.base import Shape
from api.shapes.catalogue import (
    SeverityName,
)
from api.shapes.incidents import of_incident
from incidents.models import (
    Audience,
    StatusUpdate,
)


class WordingShape(serializers.Serializer):
    """What one audience reads in place of the text for all."""

    known = serializers.CharField()
    unknown = serializers.CharField()
    doing = serializers.CharField()
    workaround = serializers.CharField()
    ask = serializers.CharField()


class StatusUpdateShape(Shape):
    incident = Reference()
    severity = SeverityName()
    author = ShownPerson()
    approver = ShownPerson(allow_null=True)
    audiences = serializers.ListField(child=serializers.ChoiceField(Audience.choices), read_only=True)
    corrects = RecordId()
    wordings = serializers.SerializerMethodField()

    class Meta:
        model = StatusUpdate
        fields = [
            "id",
            "incident",
            "audiences",
            "state",
            "status",
            "severity",
            "known",
            "unknown",
            "doing",
            "workaround",
            "ask",
            "wordings",
            "public_title",
            "next_update_at",
            "author",
            "approver",
            "approved_at",
            "return_reason",
            "corrects",
            "correction_reason",
            "posted_at",
            "leaves_at",
        ]

    order: ClassVar = ("-posted_at", "-pk")

    @classmethod
    def rows(cls, user: User) -> Any:
        updates = StatusUpdate.objects.select_related("incident", "severity", "author", "approver")
        return of_incident(updates, user)

    @extend_schema_field(ByKey(Audience, WordingShape()))
    def get_wordings(self, update: StatusUpdate) -> dict[str, dict[str, str]]:
        """By audience. Empty where it was not written."""
        names = list(WordingShape().fields)
        return {
            audience: {name: words.get(name, "") for name in names}
            for audience, words in update.wordings.items()
        }
