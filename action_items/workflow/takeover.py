"""Action items that a recorded day tells of, added to its retrospective as records of ours."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils.text import slugify

from accounts.models import Team, User
from action_items.models import ActionCategory, ActionState, Priority
from audit import context
from core.text import shorten
from retros.models import Retrospective

CATEGORIES = {
    "architecture": ActionCategory.CODE,
    "code": ActionCategory.CODE,
    "observability": ActionCategory.TOOLING,
    "tooling": ActionCategory.TOOLING,
    "collaboration": ActionCategory.PROCESS,
    "process": ActionCategory.PROCESS,
}
STATES = {
    "done": ActionState.DONE,
    "closed": ActionState.DONE,
    "verified": ActionState.VERIFIED,
    "in_progress": ActionState.IN_PROGRESS,
}


@transaction.atomic
def take_over_action_items(
    *, retrospective: Retrospective, told: Iterable[dict[str, Any]], people: dict[str, User]
) -> None:
    """A second time changes nothing. `people` are found by their key in the file."""
    Retrospective.objects.select_for_update(of=("self",)).get(pk=retrospective.pk)
    if retrospective.action_items.exists():
        return
    for order, item in enumerate(told):
        state = STATES.get(str(item.get("status") or "").lower(), ActionState.OPEN)
        done_at = context.now() if state in (ActionState.DONE, ActionState.VERIFIED) else None
        retrospective.action_items.create(
            title=shorten(item.get("title") or "", 200),
            incident=retrospective.incident,
            category=CATEGORIES.get(str(item.get("kind") or "").lower(), ActionCategory.PROCESS),
            priority=item["priority"] if item.get("priority") in Priority.values else Priority.P3,
            owner=people.get(item.get("owner_person") or ""),
            team=_team(item.get("owner_team") or ""),
            due_on=item.get("due"),
            state=state,
            done_at=done_at,
            verified_at=done_at if state == ActionState.VERIFIED else None,
            verification=item.get("verification") or "",
            source_key=shorten(str(item.get("key") or ""), 100),
            order=order,
            created_at=context.now(),
        )


def _team(name: str) -> Team | None:
    if not name.strip():
        return None
    name = name.strip()[:100]
    found = Team.objects.filter(name__iexact=name).first()
    if found:
        return found
    base = slugify(name)[:90] or "team"
    slug = base if not Team.objects.filter(slug=base).exists() else f"{base}-{Team.objects.count()}"
    return Team.objects.create(name=name, slug=slug)
