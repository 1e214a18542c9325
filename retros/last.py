"""The retrospective before one: of the same team and the same subject."""

from typing import Any

from django.db.models import Q

from accounts.models import Team
from retros.models import Retrospective, Subject


def last_before(retrospective: Retrospective, *, reader: Any) -> Retrospective | None:
    """The one that the owner, or somebody in a team of the owner, has started last; None of an incident.

    None too where `reader` cannot see it: an older one would not be the last.
    """
    if retrospective.subject == Subject.INCIDENT or retrospective.owner_id is None:
        return None
    teams = Team.objects.filter(members=retrospective.owner_id)
    earlier = Retrospective.objects.filter(
        Q(owner=retrospective.owner_id) | Q(owner__teams__in=teams),
        subject=retrospective.subject,
        created_at__lt=retrospective.created_at,
    )
    last = earlier.order_by("-created_at", "-pk").first()
    if last is None or not Retrospective.objects.visible_to(reader).filter(pk=last.pk).exists():
        return None
    return last
