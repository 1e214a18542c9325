"""Make an installation be as a configuration says: all of it, or nothing."""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.text import slugify

from accounts.models import User
from configuration.collecting import Entries, check, collect, key, repeated, unknown_fields
from configuration.entries import Document, Entry, Mistake, Mistaken
from configuration.kinds import KINDS, Act, Kind
from configuration.matching import match
from configuration.plans import HIDDEN, Kept, Plan, differences, name_of
from configuration.references import Look
from configuration.telling import says, told_rows
from configuration.writing import REFUSALS, Writer, reasons
from incidents.workflow.catalogue import reason_to_keep


@transaction.atomic
def apply_configuration(
    *, by: User, documents: Iterable[Document], look: Look, prune: bool = False, dry_run: bool = False
) -> Plan:
    """Add and change what is said, and with `prune` remove what is not and nothing refers to.

    What a field does not say stays. A dry run does the same and takes all of it back. Raises Mistaken with every
    mistake; then nothing was changed.
    """
    if not by.is_administrator:
        raise PermissionDenied("Only administrators can apply a configuration.")
    entries, named, mistakes = collect(documents)
    with transaction.atomic():
        before = _all_told(by)
        kept = _write(by, entries, look, mistakes, named if prune else set())
        after = _all_told(by)
        for kind in KINDS.values():
            mistakes += _taken_back(entries[kind.name], after[kind.name])
        if mistakes:
            raise Mistaken(_without_followers(mistakes, entries))
        if dry_run:
            transaction.set_rollback(True)
    changes = [
        change for kind in KINDS.values() for change in differences(kind, before[kind.name], after[kind.name])
    ]
    return Plan(changes, kept)


def _all_told(by: User) -> dict[str, dict[Any, Any]]:
    return {kind.name: {row.pk: told for row, told in told_rows(kind, by)} for kind in KINDS.values()}


def _write(by: User, entries: Entries, look: Look, mistakes: list[Mistake], pruned: set[str]) -> list[Kept]:
    writer = Writer(by, look, mistakes)
    for kind in KINDS.values():
        own = [entry for entry in entries[kind.name] if _is_sound(kind, entry, mistakes)]
        mistakes += repeated(kind, own)
        match(kind, own, told_rows(kind, by))
        writer.write(kind, own)
    if mistakes or not pruned:
        return []
    kept: list[Kept] = []
    for kind in reversed(KINDS.values()):
        if kind.remove and (kind.parent or kind.name in pruned):
            kept += _prune(kind, by, entries)
    return kept


def _is_sound(kind: Kind, entry: Entry, mistakes: list[Mistake]) -> bool:
    if entry.parent is not None:
        if entry.parent.has_failed or entry.parent.record is None:
            entry.has_failed = True
            return False
        entry.said[kind.parent] = entry.parent.record.slug
    mistakes += unknown_fields(kind, entry)
    found = check(kind, entry)
    mistakes += found
    entry.has_failed = bool(found)
    return not found


def _prune(kind: Kind, by: User, entries: Entries) -> list[Kept]:
    """Remove what is not said, as long as that lets something else go, too."""
    own = entries[kind.name]
    said = {entry.record.pk for entry in own}
    keys = {key(kind, entry, kind.keys[0]) for entry in own}
    pages = {entry.record.slug for page in entries.values() for entry in page if kind.name in entry.parts}
    left = [
        (row, told)
        for row, told in told_rows(kind, by)
        if row.pk not in said
        and tuple(told.get(name) for name in kind.keys[0]) not in keys
        and (not kind.parent or told[kind.parent] in pages)
    ]
    while left:
        kept = [(row, told, why) for row, told in left if (why := _remove(kind, by, row))]
        if len(kept) == len(left):
            return [Kept(kind.name, name_of(kind, told), why) for _row, told, why in kept]
        left = [(row, told) for row, told, _why in kept]
    return []


def _remove(kind: Kind, by: User, row: Any) -> str:
    """Remove it; or say why it stays."""
    if why := reason_to_keep(row):
        return why
    assert kind.remove
    records = {kind.part: row} | ({kind.parent: row.page} if kind.parent else {})
    act = Act(by, kind.remove, records)
    try:
        with transaction.atomic():
            act.operation.run(act)
    except REFUSALS as refusal:
        return " ".join(sentence for _pointer, sentence in reasons(refusal))
    return ""


def _taken_back(entries: list[Entry], told: dict[Any, Any]) -> list[Mistake]:
    """What is not as it was said in the end: applied again, it would change again."""
    mistakes = []
    for entry in entries:
        if entry.has_failed or entry.record is None:
            continue
        now = told.get(entry.record.pk, {})
        for name, value in entry.wanted.items():
            if not says(now.get(name), value):
                shown = "otherwise" if name in HIDDEN else f"as “{now.get(name)}”"
                mistakes.append(
                    entry.mistake((name,), f"This is kept {shown}, because of a rule or of another entry.")
                )
    return mistakes


def _without_followers(mistakes: list[Mistake], entries: Entries) -> list[Mistake]:
    """Without those that only say that an entry is missing which has a mistake itself."""
    failed = {
        name
        for rows in entries.values()
        for entry in rows
        if entry.has_failed and isinstance(entry.said.get("name"), str)
        for name in (entry.said["name"], slugify(entry.said["name"]), str(entry.said.get("slug", "")))
    }
    own = [
        one
        for one in mistakes
        if not any(f"There is no “{name}” here" in one.sentence for name in failed if name)
    ]
    return sorted(dict.fromkeys(own or mistakes), key=lambda one: one.place)
