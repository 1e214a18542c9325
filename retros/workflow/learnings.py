"""Learnings, each in a column of the format. Written in silence, then revealed, grouped and weighed."""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Sum

from accounts.models import User
from audit import context
from events.event import Event
from events.retrospectives import (
    LearningAdded,
    LearningChanged,
    LearningDotGiven,
    LearningDotTakenBack,
    LearningGroupAdded,
    LearningGroupDissolved,
    LearningGroupRenamed,
    LearningMoved,
    LearningsRevealed,
    LearningsVotingClosed,
    LearningWithdrawn,
)
from incidents.workflow import Conflict
from retros.grouping import suggested_name
from retros.models import (
    Learning,
    LearningGroup,
    LearningVote,
    Retrospective,
    TimelineEntry,
)
from retros.permissions import can_change_learning
from retros.workflow.common import announce, audit, lock, lock_to_facilitate, save

DOTS = 5
LONGEST = 2000


@transaction.atomic
def add_learning(
    *, retrospective: Retrospective, by: User, kind: str, text: str, entries: Iterable[TimelineEntry] = ()
) -> Learning:
    """Until the learnings are revealed only `by` reads it; not even the audit trail holds its words."""
    retrospective = lock(retrospective, by=by)
    learning = Learning.objects.create(
        retrospective=retrospective,
        kind=_kind(retrospective, kind),
        text=_worded(text),
        author=by,
        order=retrospective.learnings.count(),
        added_at=context.now(),
    )
    learning.entries.set(_of_timeline(retrospective, entries))
    audit(retrospective, "learning.added", by, learning=learning.pk, **_words(retrospective, learning))
    announce(retrospective, LearningAdded(), what="learnings")
    return learning


@transaction.atomic
def change_learning(
    *,
    learning: Learning,
    by: User,
    version: int | None = None,
    kind: str | None = None,
    text: str | None = None,
    entries: Iterable[TimelineEntry] | None = None,
) -> Learning:
    """Change a learning. By its author; once revealed also by the facilitator. Raises Conflict on a stale `version`."""
    retrospective, learning = _lock_own(learning, by, version)
    told: dict[str, Any] = {}
    if text is not None and _worded(text) != learning.text:
        told["text"] = [learning.text, _worded(text)]
        learning.text = _worded(text)
    if kind is not None and kind != learning.kind:
        told["kind"] = [learning.kind, kind]
        learning.kind = _kind(retrospective, kind)
    if entries is not None:
        old, new = set(learning.entries.all()), set(_of_timeline(retrospective, entries))
        if old != new:
            learning.entries.set(new)
            told["entries"] = [sorted(map(str, old)), sorted(map(str, new))]
    if not told:
        return learning
    learning.version += 1
    learning.save(update_fields=["text", "kind", "version"])
    words = told if retrospective.learnings_revealed_at else {}
    audit(retrospective, "learning.changed", by, learning=learning.pk, **words)
    announce(retrospective, LearningChanged(), what="learnings")
    return learning


@transaction.atomic
def withdraw_learning(*, learning: Learning, by: User) -> Retrospective:
    """Remove a learning. By its author; once revealed also by the facilitator."""
    retrospective, learning = _lock_own(learning, by)
    key, words = learning.pk, _words(retrospective, learning)
    learning.delete()
    audit(retrospective, "learning.withdrawn", by, learning=key, **words)
    announce(retrospective, LearningWithdrawn(), what="learnings")
    return retrospective


@transaction.atomic
def reveal_learnings(*, retrospective: Retrospective, by: User) -> Retrospective:
    """Everybody reads everything from now on; there is no way back."""
    retrospective = lock_to_facilitate(lock(retrospective, by=by), by=by)
    if retrospective.learnings_revealed_at:
        raise ValidationError("The learnings are revealed already.")
    if not retrospective.learnings.exists():
        raise ValidationError("Nobody has written anything yet.")
    retrospective.learnings_revealed_at = context.now()
    save(retrospective, "learnings_revealed_at")
    audit(retrospective, "learnings.revealed", by, learnings=retrospective.learnings.count())
    announce(retrospective, LearningsRevealed(), what="learnings")
    return retrospective


@transaction.atomic
def close_voting(*, retrospective: Retrospective, by: User) -> Retrospective:
    """Take no more dots and show everyone how many each learning has."""
    retrospective = _lock_revealed(lock_to_facilitate(retrospective, by=by), by)
    if retrospective.dots_closed_at:
        raise ValidationError("The voting is closed already.")
    retrospective.dots_closed_at = context.now()
    save(retrospective, "dots_closed_at")
    audit(retrospective, "learnings.voting_closed", by)
    announce(retrospective, LearningsVotingClosed(), what="learnings")
    return retrospective


@transaction.atomic
def add_learning_group(
    *, retrospective: Retrospective, by: User, name: str, learnings: Iterable[Learning] = ()
) -> LearningGroup:
    """A name for what says the same; `learnings` come into it."""
    retrospective = _lock_revealed(retrospective, by)
    group = LearningGroup.objects.create(
        retrospective=retrospective, name=_named(name), order=retrospective.learning_groups.count()
    )
    retrospective.learnings.filter(pk__in=[one.pk for one in learnings]).update(group=group)
    audit(retrospective, "learning_group.added", by, name=group.name)
    announce(retrospective, LearningGroupAdded(), what="learnings")
    return group


@transaction.atomic
def pair_learnings(*, learning: Learning, other: Learning, by: User) -> LearningGroup:
    """Both into one group: that of `other`, else a new one with a name of the words they share."""
    retrospective = _lock_revealed(learning.retrospective, by)
    pair = list(retrospective.learnings.filter(pk__in=(learning.pk, other.pk)))
    if len(pair) < 2:
        raise ValidationError({"other": "A group needs two learnings of this retrospective."})
    onto = next(one for one in pair if one.pk == other.pk)
    if onto.group is not None:
        move_learning(learning=learning, by=by, group=onto.group)
        return onto.group
    name = suggested_name([onto.text, learning.text])
    return add_learning_group(retrospective=retrospective, by=by, name=name, learnings=pair)


@transaction.atomic
def rename_learning_group(*, group: LearningGroup, by: User, name: str) -> LearningGroup:
    retrospective, group = _lock_group(group, by)
    old, group.name = group.name, _named(name)
    if old == group.name:
        return group
    group.save(update_fields=["name"])
    audit(retrospective, "learning_group.renamed", by, name=[old, group.name])
    announce(retrospective, LearningGroupRenamed(), what="learnings")
    return group


@transaction.atomic
def dissolve_learning_group(*, group: LearningGroup, by: User) -> Retrospective:
    """What was in it stands by itself again, dots and all."""
    retrospective, group = _lock_group(group, by)
    name = group.name
    group.delete()
    audit(retrospective, "learning_group.dissolved", by, name=name)
    announce(retrospective, LearningGroupDissolved(), what="learnings")
    return retrospective


@transaction.atomic
def move_learning(*, learning: Learning, by: User, group: LearningGroup | None = None) -> Learning:
    """Into a group, or out of any."""
    retrospective = _lock_revealed(learning.retrospective, by)
    learning = _stored(retrospective, learning)
    if group is not None and not retrospective.learning_groups.filter(pk=group.pk).exists():
        raise ValidationError("This group was removed.")
    old = learning.group
    if old == group:
        return learning
    learning.group = group
    learning.save(update_fields=["group"])
    audit(retrospective, "learning.moved", by, learning=learning.pk, group=[str(old or ""), str(group or "")])
    announce(retrospective, LearningMoved(), what="learnings")
    return learning


@transaction.atomic
def give_dot(*, learning: Learning, by: User) -> LearningVote:
    """One of the few dots a person has for a retrospective; several may go on one learning."""
    retrospective = _lock_open_voting(learning.retrospective, by)
    learning = _stored(retrospective, learning)
    if dots_given(retrospective, by) >= DOTS:
        raise ValidationError(f"You have given all {DOTS} dots. Take one back first.")
    vote, is_new = LearningVote.objects.get_or_create(learning=learning, user=by)
    if not is_new:
        vote.dots += 1
        vote.save(update_fields=["dots"])
    _weighed(retrospective, by, LearningDotGiven(), learning)
    return vote


@transaction.atomic
def take_back_dot(*, learning: Learning, by: User) -> Learning:
    """One of one's own dots."""
    retrospective = _lock_open_voting(learning.retrospective, by)
    vote = LearningVote.objects.filter(
        learning=learning, learning__retrospective=retrospective, user=by
    ).first()
    if vote is None:
        raise ValidationError("None of your dots is on it.")
    if vote.dots > 1:
        vote.dots -= 1
        vote.save(update_fields=["dots"])
    else:
        vote.delete()
    _weighed(retrospective, by, LearningDotTakenBack(), learning)
    return learning


def dots_given(retrospective: Retrospective, user: Any) -> int:
    votes = LearningVote.objects.filter(learning__retrospective=retrospective, user=user)
    given: int = votes.aggregate(given=Sum("dots", default=0))["given"]
    return given


def _weighed(retrospective: Retrospective, by: User, event: Event, learning: Learning) -> None:
    audit(retrospective, event.name, by, learning=learning.pk)
    if retrospective.shows_dots:  # else a redrawn page would say when somebody has voted
        announce(retrospective, event, what="learnings")


def _words(retrospective: Retrospective, learning: Learning) -> dict[str, str]:
    """What the audit trail may hold of it."""
    return {"text": learning.text} if retrospective.learnings_revealed_at else {}


def _lock_revealed(retrospective: Retrospective, by: User) -> Retrospective:
    retrospective = lock(retrospective, by=by)
    if not retrospective.learnings_revealed_at:
        raise ValidationError("Only once the learnings are revealed.")
    return retrospective


def _lock_open_voting(retrospective: Retrospective, by: User) -> Retrospective:
    retrospective = _lock_revealed(retrospective, by)
    if retrospective.dots_closed_at:
        raise ValidationError("The voting is closed, so dots can't be changed.")
    return retrospective


def _lock_group(group: LearningGroup, by: User) -> tuple[Retrospective, LearningGroup]:
    retrospective = _lock_revealed(group.retrospective, by)
    stored = retrospective.learning_groups.filter(pk=group.pk).first()
    if stored is None:
        raise ValidationError("This group was removed.")
    return retrospective, stored


def require_own(learning: Learning, by: User) -> None:
    if not can_change_learning(by, learning):
        raise PermissionDenied("Only its author can change it, and the facilitator once it is revealed.")


def _lock_own(learning: Learning, by: User, version: int | None = None) -> tuple[Retrospective, Learning]:
    retrospective = lock(learning.retrospective, by=by)
    stored = _stored(retrospective, learning)
    require_own(stored, by)
    if version is not None and version != stored.version:
        raise Conflict(stored, "The learning")
    return retrospective, stored


def _stored(retrospective: Retrospective, learning: Learning) -> Learning:
    stored = retrospective.learnings.select_related("group").filter(pk=learning.pk).first()
    if stored is None:
        raise ValidationError("This learning was withdrawn.")
    return stored


def _kind(retrospective: Retrospective, kind: str) -> str:
    columns = retrospective.columns_shown
    if kind not in [column.key for column in columns]:
        names = ", ".join(column.name for column in columns)
        raise ValidationError({"kind": f"Choose one of these: {names}."})
    return kind


def _worded(text: str) -> str:
    text = text.strip()
    if not text:
        raise ValidationError({"text": "Say it in a sentence."})
    if len(text) > LONGEST:
        raise ValidationError({"text": f"At most {LONGEST:,} characters."})
    return text


def _named(name: str) -> str:
    name = " ".join(name.split())
    if not name or len(name) > 200:
        raise ValidationError({"name": "Give the group a name of at most 200 characters."})
    return name


def _of_timeline(retrospective: Retrospective, entries: Iterable[TimelineEntry]) -> list[TimelineEntry]:
    chosen = list(entries)
    if any(one.retrospective_id != retrospective.pk for one in chosen):
        raise ValidationError({"entries": "Choose from the timeline of this retrospective."})
    return chosen
