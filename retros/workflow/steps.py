"""Steps of editing a tree of factors: what a change touched, before and after, and back again."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q

from accounts.models import User
from audit import context
from events.retrospectives import FactorUndone
from retros.models import ContributingFactor, FactorStep, Retrospective, TimelineEntry
from retros.workflow.common import announce, audit, lock
from timeline.models import Evidence

PLAIN = (
    "factor_id",
    "parent_id",
    "order",
    "text",
    "question",
    "explanation",
    "category",
    "level",
    "is_confirmed",
    "evidence_text",
    "added_by_id",
)
UNCOMPARED = ("order", "actions")  # change when others do something else nearby
KEPT = 20
TAKEN_BACK_WITHIN = timedelta(hours=1)

State = dict[str, Any]


def states(keys: Iterable[int]) -> dict[str, State | None]:
    """How these factors stand, by key; None where there is none."""
    found: dict[str, State | None] = {str(key): None for key in keys}

    def collected(name: str) -> ArrayAgg:
        return ArrayAgg(name, distinct=True, filter=Q(**{f"{name}__isnull": False}), default=[])

    rows: Any = ContributingFactor.objects.filter(pk__in=list(found)).annotate(
        evidence_keys=collected("evidence"),
        entry_keys=collected("entries"),
        action_keys=collected("action_items"),
    )  # Any: the stubs do not know what was annotated
    for row in rows:
        found[str(row.pk)] = {name: getattr(row, name) for name in PLAIN} | {
            "evidence": row.evidence_keys,
            "entries": row.entry_keys,
            "actions": row.action_keys,
            "added_at": row.added_at.isoformat(),
        }
    return found


def keep_step(
    retrospective: Retrospective, by: User, what: str, before: dict[str, State | None]
) -> FactorStep | None:
    """Remember a change of the factors in `before`, and only the latest few of this person's."""
    after = states(map(int, before))
    if before == after:
        return None
    step = FactorStep.objects.create(
        retrospective=retrospective, by=by, at=context.now(), what=what[:400], before=before, after=after
    )
    mine = FactorStep.objects.filter(retrospective=retrospective, by=by)
    mine.exclude(pk__in=mine.values("pk")[:KEPT]).delete()
    return step


def last_step(retrospective: Retrospective, by: User) -> FactorStep | None:
    """What this person would take back next."""
    since = context.now() - TAKEN_BACK_WITHIN
    return FactorStep.objects.filter(retrospective=retrospective, by=by, at__gte=since).first()


@transaction.atomic
def undo_factor_change(*, retrospective: Retrospective, by: User) -> FactorStep:
    """Take back one's own latest change of the tree, unless somebody has changed the same factors since."""
    retrospective = lock(retrospective, by=by)
    step = last_step(retrospective, by)
    if step is None:
        raise ValidationError("There is nothing of yours left to undo.")
    now = states(map(int, step.after))
    if any(_compared(now[key]) != _compared(step.after[key]) for key in now):
        raise ValidationError("Someone has changed this since. Undoing would overwrite it.")
    _restore(retrospective, step)
    audit(retrospective, "factor.undone", by, step=step.what)
    announce(retrospective, FactorUndone(), what="causes")
    step.delete()
    return step


def _compared(state: State | None) -> State | None:
    return state and {name: value for name, value in state.items() if name not in UNCOMPARED}


def _restore(retrospective: Retrospective, step: FactorStep) -> None:
    added = [int(key) for key, state in step.before.items() if state is None]
    if ContributingFactor.objects.filter(parent__in=added).exclude(pk__in=added).exists():
        raise ValidationError("Another factor is under it now. Remove it instead.")
    ContributingFactor.objects.filter(pk__in=added).delete()
    back = {int(key): state for key, state in step.before.items() if state is not None}
    standing = {node.pk: node for node in retrospective.factors.all()}
    for key, state in back.items():
        if key not in standing:
            standing[key] = _made_again(retrospective, key, state)
    for key, state in sorted(back.items(), key=lambda item: item[1]["order"]):
        node = standing[key]
        if state["parent_id"] is not None and state["parent_id"] not in standing:
            raise ValidationError("The factor above it was removed, so this can't be undone.")
        for name in PLAIN:
            setattr(node, name, state[name])
        node.version += 1
        node.save(update_fields=[*PLAIN, "version"])
        node.evidence.set(Evidence.objects.filter(pk__in=state["evidence"]))
        node.entries.set(TimelineEntry.objects.filter(pk__in=state["entries"]))
        lost = retrospective.action_items.filter(pk__in=state["actions"], factor__isnull=True)
        lost.update(factor=node)
    if any(is_under(standing, key, key) for key in back):
        raise ValidationError("The tree has changed since. Undoing would make a circle.")
    for parent in {
        state["parent_id"] for steps in (step.before, step.after) for state in steps.values() if state
    }:
        renumber(retrospective, parent, first=back)


def _made_again(retrospective: Retrospective, key: int, state: State) -> ContributingFactor:
    return ContributingFactor.objects.create(
        pk=key,
        retrospective=retrospective,
        factor_id=state["factor_id"],
        text=state["text"],
        added_by_id=state["added_by_id"],
        added_at=datetime.fromisoformat(state["added_at"]),
    )


def is_under(nodes: dict[int, ContributingFactor], key: int, above: int) -> bool:
    """Whether `key` hangs somewhere under `above`; ends on a circle too."""
    seen: set[int] = set()
    parent = nodes[key].parent_id
    while parent is not None and parent not in seen:
        if parent == above:
            return True
        seen.add(parent)
        parent = nodes[parent].parent_id
    return False


def renumber(retrospective: Retrospective, parent: int | None, *, first: Iterable[int] = ()) -> None:
    """Count the branches of one factor 0, 1, 2 …; of two with one number those in `first` come first."""
    ahead = set(first)
    row = sorted(
        retrospective.factors.filter(parent=parent), key=lambda one: (one.order, one.pk not in ahead, one.pk)
    )
    for number, node in enumerate(row):
        node.order = number
    ContributingFactor.objects.bulk_update(row, ["order"])
