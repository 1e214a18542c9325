"""The retrospective's own timeline: rows, phases, recollections, gaps, what is suggested."""

from typing import Any

from django.core.exceptions import ValidationError
from rest_framework import serializers

from api.fields import Body, TextField, body, choice, flag, moment, named, optional_text, text
from api.operations.retrospectives import timeline_bulk  # noqa: F401 - its addresses come before ids of rows
from api.operations.retrospectives.common import (
    TIMELINE,
    EntriesChanged,
    Key,
    PersonOfIt,
    address_of,
    for_writers,
    of_it,
)
from api.registry import Call, item, listing, verb
from api.shapes.retrospective_sections import RetrospectiveEntryShape
from api.times import UtcField
from incidents.models import Service
from retros import workflow
from retros.models import TimelineEntry
from retros.models.timeline import WRITTEN_KINDS
from retros.timeline import RetrospectiveTimeline
from retros.timeline_suggestions import duplicates_in, introducing_in
from timeline.models import Gap, Kind, Phase

ENTRY = f"{TIMELINE}/{{entry}}"
LONGEST_ROW = 10_000


def precision() -> serializers.IntegerField:
    return serializers.IntegerField(
        min_value=0, max_value=86_400, required=False, allow_null=True, help_text="± seconds"
    )


def about_whom(**options: Any) -> PersonOfIt:
    return PersonOfIt(required=False, allow_null=True, **options)


# -- what is suggested: before the rows, whose addresses are theirs by id ------------------------------------


class FoundGap(serializers.Serializer):
    """Something that the rows leave open."""

    key = serializers.CharField()
    gap = serializers.ChoiceField(choices=Gap.choices)
    began_at = UtcField(source="began")
    ended_at = UtcField(source="ended")
    text = serializers.CharField()


class TimelineSuggestion(serializers.Serializer):
    """Rows that could be one, or a change from shortly before the impact that could have introduced it."""

    key = serializers.CharField()
    suggests = serializers.ChoiceField(choices=["merge", "introduced"])
    entries = serializers.ListField(child=serializers.IntegerField(), help_text="Ids of rows.")
    at = UtcField()
    text = serializers.CharField()


def _suggestions(call: Call) -> list[dict[str, Any]]:
    account = RetrospectiveTimeline(call["retrospective"])
    alike = [
        {
            "key": one.key,
            "suggests": "merge",
            "entries": [row.pk for row in one.rows],
            "at": one.rows[0].occurred_at,
            "text": one.rows[0].text,
        }
        for one in duplicates_in(account)
    ]
    introducing = [
        {
            "key": one.key,
            "suggests": "introduced",
            "entries": [one.entry.pk] if one.entry else [],
            "at": one.at,
            "text": one.text,
        }
        for one in introducing_in(account, call.user)
    ]
    return alike + introducing


item(
    f"{TIMELINE}/found-gaps",
    FoundGap,
    lambda call: RetrospectiveTimeline(call["retrospective"]).gaps,
    name="list_found_gaps",
    summary="Possible gaps in the timeline that nobody has added or dismissed.",
    many=True,
)
verb(
    "POST",
    f"{TIMELINE}/found-gaps/acceptance",
    workflow.keep_gap,
    name="keep_found_gap",
    body=body("KeepGapBody", key=Key()),
    answer=RetrospectiveEntryShape,
    status=201,
    summary="Add a possible gap to the timeline.",
)
verb(
    "POST",
    f"{TIMELINE}/found-gaps/dismissal",
    workflow.dismiss_gap,
    name="dismiss_found_gap",
    body=body("DismissGapBody", key=Key()),
    summary="Dismiss a possible gap. It is not suggested again.",
)
item(
    f"{TIMELINE}/suggestions",
    TimelineSuggestion,
    _suggestions,
    name="list_timeline_suggestions",
    summary="Suggestions: possible duplicates, and changes that may have introduced the problem.",
    many=True,
)
verb(
    "POST",
    f"{TIMELINE}/suggestions/merge",
    workflow.merge_suggested,
    name="accept_merge_suggestion",
    body=body("MergeSuggestedBody", key=Key()),
    answer=RetrospectiveEntryShape,
    summary="Merge rows that were suggested as duplicates.",
)
verb(
    "POST",
    f"{TIMELINE}/suggestions/introduction",
    workflow.mark_introduced,
    name="accept_introduction_suggestion",
    body=body("IntroducedBody", key=Key()),
    answer=RetrospectiveEntryShape,
    summary="Accept a suggestion that a change introduced the problem.",
)


def _dismiss(call: Call) -> None:
    """What could have introduced the problem is dismissed as a whole."""
    key = call.data["key"]
    named_key = key if key.startswith("same:") else "introduced"
    workflow.dismiss_suggestion(retrospective=call["retrospective"], by=call.user, key=named_key)


verb(
    "POST",
    f"{TIMELINE}/suggestions/dismissal",
    workflow.dismiss_suggestion,
    name="dismiss_timeline_suggestion",
    body=body("DismissSuggestionBody", key=Key()),
    run=_dismiss,
    summary="Dismiss a suggestion about the timeline. It is not made again.",
)

# -- the rows -----------------------------------------------------------------------------------------------


class EntryQuery(Body):
    state = choice(
        ["standing", "removed"],
        required=False,
        help_text="removed: rows that were left out, for those who can write in the retrospective.",
    )
    kind = choice(Kind, required=False)
    phase = choice(Phase, required=False)
    starred = flag()
    gaps = serializers.BooleanField(required=False, help_text="Only gaps, or only what is none.")


def _entries(call: Call) -> Any:
    asked = call.query
    is_removed = asked.get("state") == "removed"
    if is_removed:
        for_writers(call)
    rows = of_it(RetrospectiveEntryShape)(call).filter(removed_at__isnull=not is_removed)
    for name in ("kind", "phase"):
        if chosen := asked.get(name):
            rows = rows.filter(**{name: chosen})
    if "starred" in asked:
        rows = rows.filter(is_starred=asked["starred"])
    if "gaps" in asked:
        rows = rows.exclude(gap="") if asked["gaps"] else rows.filter(gap="")
    return rows


class EntryBody(Body):
    text = text(LONGEST_ROW)
    occurred_at = moment(required=True)
    kind = choice(list(WRITTEN_KINDS), required=False)
    detail = optional_text(LONGEST_ROW)
    ended_at = moment(allow_null=True)
    known_at = moment(allow_null=True, help_text="If people learned of it later than it happened.")
    precision_seconds = precision()
    actor = about_whom()
    system = optional_text(100, help_text="Where no person did or said it.")
    service = named(Service.objects.all(), required=False, allow_null=True)
    is_recollection = flag()
    is_starred = flag()


class EntryChangeBody(Body):
    """Only what changes."""

    text = TextField(LONGEST_ROW, required=False, allow_blank=False)
    occurred_at = moment()
    kind = choice(Kind, required=False)
    detail = optional_text(LONGEST_ROW)
    ended_at = moment(allow_null=True)
    known_at = moment(allow_null=True)
    precision_seconds = precision()
    actor = about_whom()
    system = optional_text(100)
    service = named(Service.objects.all(), required=False, allow_null=True)
    is_recollection = flag()
    is_starred = flag()
    gap = choice(Gap, required=False, help_text="Of a gap.")


def _change(call: Call) -> TimelineEntry:
    entry, said = call["entry"], call.data
    if "kind" in said and said["kind"] not in (*WRITTEN_KINDS, entry.kind):
        raise ValidationError({"kind": "Rows of this kind come from the application."})
    if "gap" in said and not entry.gap:
        raise ValidationError({"gap": "This row is not a gap."})
    return workflow.change_entry(entry=entry, by=call.user, **said)


listing(
    TIMELINE,
    RetrospectiveEntryShape,
    _entries,
    name="list_retrospective_entries",
    summary="Rows of the retrospective's timeline, oldest first.",
    query=EntryQuery,
)
verb(
    "POST",
    TIMELINE,
    workflow.add_entry,
    name="add_retrospective_entry",
    body=EntryBody,
    answer=RetrospectiveEntryShape,
    status=201,
    summary="Add a row to the retrospective's timeline.",
    location=lambda made: address_of(made, "timeline"),
)
item(ENTRY, RetrospectiveEntryShape, name="get_retrospective_entry", summary="One row of the timeline.")
verb(
    "PATCH",
    ENTRY,
    workflow.change_entry,
    name="change_retrospective_entry",
    body=EntryChangeBody,
    answer=RetrospectiveEntryShape,
    run=_change,
    summary="Change a row of the timeline.",
)
verb(
    "DELETE",
    ENTRY,
    workflow.remove_entry,
    name="remove_retrospective_entry",
    summary="Leave out a row of the timeline, with its recollections. It can be restored.",
)
verb(
    "POST",
    f"{TIMELINE}/{{removed_entry}}/restoration",
    workflow.restore_entry,
    name="restore_retrospective_entry",
    answer=RetrospectiveEntryShape,
    run=lambda call: workflow.restore_entry(entry=call["removed_entry"], by=call.user),
    summary="Restore a row that was left out.",
)
verb(
    "PUT",
    f"{ENTRY}/phase",
    workflow.mark_phase,
    name="set_retrospective_entry_phase",
    body=body(
        "EntryPhaseBody",
        phase=choice([*Phase.values, ""]),
        sets_milestone=flag(help_text="Also correct the milestone of the incident."),
    ),
    answer=RetrospectiveEntryShape,
    summary="Mark a row as the beginning of a phase. The mark moves from the row that had it.",
)
verb(
    "POST",
    f"{ENTRY}/recollections",
    workflow.add_recollection,
    name="add_retrospective_recollection",
    body=body(
        "RecollectionBody",
        text=text(LONGEST_ROW),
        actor=about_whom(help_text="Whose memory. By default the caller's."),
        occurred_at=moment(allow_null=True, help_text="When, as remembered."),
        detail=optional_text(LONGEST_ROW),
    ),
    answer=RetrospectiveEntryShape,
    run=lambda call: workflow.add_recollection(fact=call["entry"], by=call.user, **call.data),
    status=201,
    location=lambda made: address_of(made, "timeline"),
    summary="Add a recollection to a row of the timeline.",
)
verb(
    "POST",
    f"{ENTRY}/separation",
    workflow.separate_entries,
    name="separate_retrospective_entries",
    answer=EntriesChanged,
    run=lambda call: {"changed": workflow.separate_entries(entry=call["entry"], by=call.user)},
    summary="Undo a merge of rows of the timeline.",
)
