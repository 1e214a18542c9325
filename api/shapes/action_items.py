"""Action items."""

from typing import Any, ClassVar

from django.db.models import Prefetch
from rest_framework import serializers

from accounts.models import User
from action_items.models import ActionItem
from api.fields import Reference, ShownPerson
from api.shapes.base import Shape, Telling
from api.shapes.catalogue import TeamName
from api.shapes.tickets import ActionItemTicket, told_tickets
from incidents.models import Incident
from retros.models import ContributingFactor, Learning, Retrospective


class RetrospectiveName(Telling):
    """A retrospective in the caller's reach."""

    def __init__(self, *args: Any, **options: Any):
        super().__init__(*args, read_only=True, **options)

    class Meta:
        model = Retrospective
        fields = ["id", "title"]


class ContributingFactorName(Telling):
    def __init__(self, *args: Any, **options: Any):
        super().__init__(*args, read_only=True, **options)

    class Meta:
        model = ContributingFactor
        fields = ["id", "text"]


class ActionItemShape(Shape):
    """Something that will be different. What it came from is told where the caller reaches that too."""

    reference = Reference(source="*")
    owner = ShownPerson(allow_null=True)
    team = TeamName(allow_null=True)
    retrospective = RetrospectiveName(allow_null=True)
    incident = Reference(allow_null=True)
    factor = ContributingFactorName(allow_null=True)
    learning = serializers.IntegerField(source="learning.pk", read_only=True, allow_null=True, default=None)
    verified_by = ShownPerson(allow_null=True)
    is_self_verified = serializers.BooleanField(read_only=True)
    created_by = ShownPerson(allow_null=True)
    tickets = ActionItemTicket(many=True)
    external_url = serializers.CharField(read_only=True, allow_blank=True)
    url = serializers.CharField(source="get_absolute_url", read_only=True)

    class Meta:
        model = ActionItem
        fields = [
            "reference",
            "title",
            "description",
            "verification",
            "category",
            "priority",
            "owner",
            "team",
            "due_on",
            "state",
            "state_since",
            "retrospective",
            "incident",
            "factor",
            "learning",
            "done_at",
            "wont_do_reason",
            "verified_at",
            "verified_by",
            "verification_note",
            "is_self_verified",
            "helped",
            "helped_note",
            "helped_at",
            "ask_helped_on",
            "external_key",
            "external_url",
            "tickets",
            "created_by",
            "created_at",
            "version",
            "url",
        ]

    order: ClassVar = ("-pk",)

    @classmethod
    def rows(cls, user: User) -> Any:
        reached = Retrospective.objects.visible_to(user)
        read = Learning.objects.readable_by(user).filter(retrospective__in=reached)
        return (
            ActionItem.objects.visible_one_by_one(user)
            .select_related("owner", "team", "verified_by", "created_by")
            .prefetch_related(
                Prefetch("retrospective", reached.only("title")),
                Prefetch("incident", Incident.objects.visible_to(user).only("number")),
                Prefetch("factor", ContributingFactor.objects.visible_to(user).only("text")),
                Prefetch("learning", read.only("pk")),
                Prefetch("tickets", told_tickets()),
            )
        )
