"""What somebody takes along: what they may see, or all there is."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import User
from action_items.models import ActionItem
from incidents.models import ChangeEvent, Incident
from retros.models import Learning, Retrospective
from statuspages.models import ScheduledMaintenance, StatusPage


@dataclass(frozen=True)
class Access:
    """Without a person, what is private is left out, unless `is_all`."""

    person: User | None = None
    is_all: bool = False

    def incidents(self) -> QuerySet[Any]:
        if self.is_all:
            return Incident.objects.all()
        if self.person:
            return Incident.objects.visible_to(self.person)
        return Incident.objects.filter(is_private=False)

    def retrospectives(self) -> QuerySet[Any]:
        if self.is_all:
            return Retrospective.objects.all()
        if self.person:
            return Retrospective.objects.visible_to(self.person)
        private = Incident.objects.filter(retrospectives=OuterRef("pk"), is_private=True)
        return Retrospective.objects.filter(~Exists(private), is_private=False)

    def action_items(self) -> QuerySet[Any]:
        """Those of no retrospective; the others are told with theirs."""
        alone = ActionItem.objects.filter(retrospective=None)
        if self.is_all:
            return alone
        return alone.filter(Q(incident=None) | Exists(self.incidents().filter(pk=OuterRef("incident"))))

    def changes(self) -> QuerySet[Any]:
        """Those told on no incident, or on one in reach."""
        if self.is_all:
            return ChangeEvent.objects.all()
        told = ChangeEvent.incidents.through.objects.filter(changeevent=OuterRef("pk"))
        return ChangeEvent.objects.filter(Exists(told.filter(incident__in=self.incidents())) | ~Exists(told))

    def wholes(self) -> dict[str, QuerySet[Any]]:
        return {
            "incident": self.incidents(),
            "retrospective": self.retrospectives(),
            "action_item": self.action_items(),
            "change": self.changes(),
            "status_page": StatusPage.objects.all(),
            "maintenance": ScheduledMaintenance.objects.all(),
        }

    def rows(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Of a table within a document in reach: what is written in silence stays with its author."""
        if rows.model is Learning and not self.is_all:
            return rows & Learning.objects.readable_by(self.person)
        return rows
