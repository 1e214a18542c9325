"""Step 9: contributing factors. A tree of how and why, whose words are shared with other retrospectives."""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.models import User
from audit import context
from events.retrospectives import FactorAdded, FactorChanged, FactorLinked, FactorMoved, FactorRemoved
from incidents.workflow import Conflict
from retros.models import Category, ContributingFactor, Factor, Level, Retrospective, TimelineEntry
from retros.vocabulary import normalised
from retros.workflow.common import announce, audit, lock
from retros.workflow.steps import is_under, keep_step, renumber, states
from timeline.models import Evidence

MOST, DEEPEST = 400, 12
CHANGEABLE = ("text", "question", "explanation", "category", "level", "is_confirmed", "evidence_text")


@transaction.atomic
def add_contributing_factor(
    *,
    retrospective: Retrospective,
    by: User,
    text: str,
    parent: ContributingFactor | None = None,
    position: int | None = None,
    question: str = "",
    category: str = "",
    level: str = Level.PROXIMATE,
    explanation: str = "",
) -> ContributingFactor:
    """A condition that contributed: under `parent` as what is behind it, or first in line."""
    retrospective = lock(retrospective, by=by)
    nodes = _nodes(retrospective)
    if len(nodes) >= MOST:
        raise ValidationError(f"A retrospective holds at most {MOST} factors.")
    text = _worded(text)
    _check_choices(category=category, level=level)
    above = _parent(nodes, parent)
    if above is not None and _depth(nodes, above) + 1 >= DEEPEST:
        raise ValidationError(f"A branch is at most {DEEPEST} factors deep.")
    factor = ContributingFactor.objects.create(
        retrospective=retrospective,
        factor=_factor(text, category),
        parent_id=above,
        order=len(nodes),
        text=text,
        question=question.strip(),
        category=category,
        level=level,
        explanation=explanation.strip(),
        added_by=by,
        added_at=context.now(),
    )
    _put(retrospective, factor, above, position)
    keep_step(retrospective, by, f"Added “{text}”", {str(factor.pk): None})
    audit(retrospective, "factor.added", by, factor=factor.pk, text=text)
    announce(retrospective, FactorAdded(factor=factor.pk), what="causes")
    return factor


@transaction.atomic
def change_contributing_factor(
    *,
    factor: ContributingFactor,
    by: User,
    version: int | None = None,
    evidence: Iterable[Evidence] | None = None,
    entries: Iterable[TimelineEntry] | None = None,
    **changes: Any,
) -> ContributingFactor:
    """Words, bone, level, whether it is supported, and what speaks for it; only what is named changes.

    Raises Conflict where `version` is not the stored one.
    """
    retrospective, factor = _lock_factor(factor, by, version)
    if unknown := set(changes) - set(CHANGEABLE):
        raise ValueError(f"A factor has no {', '.join(sorted(unknown))} to change.")
    changes = {name: value.strip() if isinstance(value, str) else value for name, value in changes.items()}
    if "text" in changes:
        changes["text"] = _worded(changes["text"])
    _check_choices(**{name: changes[name] for name in ("category", "level") if name in changes})
    before = states([factor.pk])
    told = {
        name: [getattr(factor, name), new] for name, new in changes.items() if getattr(factor, name) != new
    }
    if "text" in told and normalised(factor.text) != normalised(changes["text"]):
        factor.factor = _factor(changes["text"], changes.get("category", factor.category))
    for name, (_old, new) in told.items():
        setattr(factor, name, new)
    if evidence is not None:
        told |= _set_evidence(retrospective, factor, list(evidence))
    if entries is not None:
        told |= _set_entries(retrospective, factor, list(entries))
    if not told:
        return factor
    factor.version += 1
    factor.save(update_fields=[*CHANGEABLE, "factor", "version"])
    keep_step(retrospective, by, f"Changed “{factor.text}”", before)
    audit(retrospective, "factor.changed", by, factor=factor.pk, **told)
    announce(retrospective, FactorChanged(factor=factor.pk), what="causes")
    return factor


@transaction.atomic
def add_factor_evidence(*, factor: ContributingFactor, entry: TimelineEntry, by: User) -> ContributingFactor:
    """One more row of the timeline speaks for the factor, besides those that do."""
    _, factor = _lock_factor(factor, by)
    return change_contributing_factor(factor=factor, by=by, entries=[*factor.entries.all(), entry])


@transaction.atomic
def move_contributing_factor(
    *,
    factor: ContributingFactor,
    by: User,
    parent: ContributingFactor | None = None,
    position: int | None = None,
) -> ContributingFactor:
    """With everything that hangs on it: under `parent`, or first in line; at `position`, or last."""
    retrospective, factor = _lock_factor(factor, by)
    nodes = _nodes(retrospective)
    above = _parent(nodes, parent)
    if above is not None and (above == factor.pk or is_under(nodes, above, factor.pk)):
        raise ValidationError({"parent": "A factor can't be under itself or under a factor below it."})
    if above is not None and _depth(nodes, above) + _height(nodes, factor.pk) >= DEEPEST:
        raise ValidationError(f"A branch is at most {DEEPEST} factors deep.")
    before = states([factor.pk])
    old = factor.parent_id
    factor.parent_id = above
    factor.save(update_fields=["parent"])
    _put(retrospective, factor, above, position)
    if old != above:
        renumber(retrospective, old)
    if keep_step(retrospective, by, f"Moved “{factor.text}”", before) is None:
        return factor
    audit(
        retrospective,
        "factor.moved",
        by,
        factor=factor.pk,
        text=factor.text,
        under=[nodes[old].text if old else "", nodes[above].text if above else ""],
    )
    announce(retrospective, FactorMoved(factor=factor.pk), what="causes")
    return factor


@transaction.atomic
def step_contributing_factor(*, factor: ContributingFactor, by: User, step: str) -> ContributingFactor:
    """One place up or down among its siblings, in under the one before it, or out beside what it hangs on."""
    retrospective, factor = _lock_factor(factor, by)
    row = list(retrospective.factors.filter(parent=factor.parent_id))
    at = [one.pk for one in row].index(factor.pk)
    parent, position = factor.parent, at
    match step:
        case "up" | "down":
            position = max(0, at + (1 if step == "down" else -1))
        case "in" if at > 0:
            parent, position = row[at - 1], row[at - 1].children.count()
        case "out" if factor.parent is not None:
            parent, position = factor.parent.parent, factor.parent.order + 1
        case "in" | "out":
            raise ValidationError(
                "There is no cause above it to move it under."
                if step == "in"
                else "It is already at the top."
            )
        case _:
            raise ValidationError("Up, down, in or out.")
    return move_contributing_factor(factor=factor, by=by, parent=parent, position=position)


@transaction.atomic
def remove_contributing_factor(
    *, factor: ContributingFactor, by: User, version: int | None = None
) -> Retrospective:
    """Take it out; what hung on it moves up into its place."""
    retrospective, factor = _lock_factor(factor, by, version)
    children = list(factor.children.all())
    before = states([factor.pk, *(child.pk for child in children)])
    above, place = factor.parent_id, factor.order
    beside = list(retrospective.factors.filter(parent=above).exclude(pk=factor.pk))
    for child in children:
        child.parent_id = above
    row = (
        [one for one in beside if one.order < place] + children + [one for one in beside if one.order > place]
    )
    for number, node in enumerate(row):
        node.order = number
    ContributingFactor.objects.bulk_update(row, ["order", "parent"])
    key, text = factor.pk, factor.text
    factor.delete()
    keep_step(retrospective, by, f"Removed “{text}”", before)
    audit(retrospective, "factor.removed", by, factor=key, text=text)
    announce(retrospective, FactorRemoved(factor=key), what="causes")
    return retrospective


@transaction.atomic
def link_contributing_factor(
    *, factor: ContributingFactor, same_as: ContributingFactor, by: User
) -> ContributingFactor:
    """Say that this is the factor of another retrospective, worded differently. Its own words stay."""
    retrospective, factor = _lock_factor(factor, by)
    if not ContributingFactor.objects.visible_to(by).filter(pk=same_as.pk).exists():
        raise ValidationError("You can't see this factor, or it was removed.")
    before = states([factor.pk])
    factor.factor_id = same_as.factor_id
    factor.version += 1
    factor.save(update_fields=["factor", "version"])
    if keep_step(retrospective, by, f"Linked “{factor.text}”", before):
        audit(retrospective, "factor.linked", by, factor=factor.pk, text=factor.text)
        announce(retrospective, FactorLinked(factor=factor.pk), what="causes")
    return factor


def _lock_factor(
    factor: ContributingFactor, by: User, version: int | None = None
) -> tuple[Retrospective, ContributingFactor]:
    retrospective = lock(factor.retrospective, by=by)
    stored = retrospective.factors.select_related("factor").filter(pk=factor.pk).first()
    if stored is None:
        raise ValidationError("This factor was removed by someone else.")
    if version is not None and version != stored.version:
        raise Conflict(stored, "The factor")
    return retrospective, stored


def _nodes(retrospective: Retrospective) -> dict[int, ContributingFactor]:
    return {node.pk: node for node in retrospective.factors.all()}


def _parent(nodes: dict[int, ContributingFactor], parent: ContributingFactor | None) -> int | None:
    if parent is None:
        return None
    if parent.pk not in nodes:
        raise ValidationError("The factor above it no longer exists.")
    return parent.pk


def _depth(nodes: dict[int, ContributingFactor], key: int) -> int:
    """0 for those first in line."""
    depth, parent = 0, nodes[key].parent_id
    while parent is not None:
        depth, parent = depth + 1, nodes[parent].parent_id
    return depth


def _height(nodes: dict[int, ContributingFactor], key: int) -> int:
    """1 where nothing hangs on it."""
    level, height = {key}, 0
    while level:
        height += 1
        level = {node.pk for node in nodes.values() if node.parent_id in level}
    return height


def _worded(text: str) -> str:
    text = " ".join(text.split())
    if not normalised(text):
        raise ValidationError({"text": "Say in a few words what contributed."})
    if len(text) > 300:
        raise ValidationError({"text": "At most 300 characters. Put the rest into the explanation."})
    return text


def _check_choices(category: str = "", level: str = Level.PROXIMATE) -> None:
    if category and category not in Category.values:
        raise ValidationError({"category": "Choose one of the categories."})
    if level not in Level.values:
        raise ValidationError({"level": "Proximate or systemic."})


def _factor(text: str, category: str) -> Factor:
    return Factor.objects.get_or_create(
        key=normalised(text), defaults={"text": text, "category": category, "created_at": context.now()}
    )[0]


def _put(
    retrospective: Retrospective, factor: ContributingFactor, parent: int | None, position: int | None
) -> None:
    """Give it its place among its siblings."""
    row = list(retrospective.factors.filter(parent=parent).exclude(pk=factor.pk))
    row.insert(len(row) if position is None else max(0, min(position, len(row))), factor)
    for number, node in enumerate(row):
        node.order = number
    ContributingFactor.objects.bulk_update(row, ["order"])


def _set_evidence(
    retrospective: Retrospective, factor: ContributingFactor, chosen: list[Evidence]
) -> dict[str, list[Any]]:
    covered = set(retrospective.incidents.values_list("pk", flat=True)) | {retrospective.incident_id}
    if any(one.incident_id not in covered for one in chosen):
        raise ValidationError({"evidence": "Evidence comes from the incidents of this retrospective."})
    old = list(factor.evidence.all())
    if {one.pk for one in old} == {one.pk for one in chosen}:
        return {}
    factor.evidence.set(chosen)
    return {"evidence": [[one.title for one in old], [one.title for one in chosen]]}


def _set_entries(
    retrospective: Retrospective, factor: ContributingFactor, chosen: list[TimelineEntry]
) -> dict[str, list[Any]]:
    if any(one.retrospective_id != retrospective.pk for one in chosen):
        raise ValidationError({"entries": "Choose from the timeline of this retrospective."})
    old = list(factor.entries.all())
    if {one.pk for one in old} == {one.pk for one in chosen}:
        return {}
    factor.entries.set(chosen)
    return {"entries": [[str(one) for one in old], [str(one) for one in chosen]]}
