"""Several rows of the retrospective's timeline at once: stars, removals, merges; and gaps."""

from typing import Any

from rest_framework import serializers

from api.fields import body, choice, moment, text
from api.operations.retrospectives.common import (
    TIMELINE,
    EntriesChanged,
    RecordsIn,
    address_of,
    standing_entries,
)
from api.registry import Call, verb
from api.shapes.retrospective_sections import RetrospectiveEntryShape
from retros import workflow
from timeline.models import Gap


def _removed_entries(call: Call) -> Any:
    return call["retrospective"].entries.filter(removed_at__isnull=False)


def _star(call: Call) -> dict[str, int]:
    said = call.data
    return {"changed": workflow.star_entries(retrospective=call["retrospective"], by=call.user, **said)}


def _remove(call: Call) -> dict[str, int]:
    said = call.data
    return {"changed": workflow.remove_entries(retrospective=call["retrospective"], by=call.user, **said)}


def _restore(call: Call) -> dict[str, int]:
    said = call.data
    return {"changed": workflow.restore_entries(retrospective=call["retrospective"], by=call.user, **said)}


verb(
    "PUT",
    f"{TIMELINE}/stars",
    workflow.star_entries,
    name="star_retrospective_entries",
    body=body(
        "StarEntriesBody",
        entries=RecordsIn(standing_entries, min_length=1),
        is_starred=serializers.BooleanField(),
    ),
    answer=EntriesChanged,
    run=_star,
    summary="Star rows, or remove their stars. Answers how many changed.",
)
verb(
    "POST",
    f"{TIMELINE}/removals",
    workflow.remove_entries,
    name="remove_retrospective_entries",
    body=body("RemoveEntriesBody", entries=RecordsIn(standing_entries, min_length=1)),
    answer=EntriesChanged,
    run=_remove,
    summary="Leave out rows of the timeline, with their recollections.",
)
verb(
    "POST",
    f"{TIMELINE}/restorations",
    workflow.restore_entries,
    name="restore_retrospective_entries",
    body=body("RestoreEntriesBody", entries=RecordsIn(_removed_entries, min_length=1)),
    answer=EntriesChanged,
    run=_restore,
    summary="Restore rows that were left out.",
)
verb(
    "POST",
    f"{TIMELINE}/merges",
    workflow.merge_entries,
    name="merge_retrospective_entries",
    body=body("MergeEntriesBody", entries=RecordsIn(standing_entries, min_length=2)),
    answer=RetrospectiveEntryShape,
    summary="Merge rows of the timeline into one. All are kept as its sources.",
)
verb(
    "POST",
    f"{TIMELINE}/gaps",
    workflow.add_gap,
    name="add_retrospective_gap",
    body=body(
        "RetrospectiveGapBody",
        text=text(500, help_text="What is not known."),
        gap=choice(Gap, required=False),
        occurred_at=moment(required=True),
        ended_at=moment(allow_null=True),
    ),
    answer=RetrospectiveEntryShape,
    status=201,
    location=lambda made: address_of(made, "timeline"),
    summary="Add a gap to the timeline: information that was missing or came late.",
)
