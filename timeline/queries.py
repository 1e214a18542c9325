"""The timeline as pages read it: filtered, paged by key, with what each row shows in one query."""

from datetime import datetime
from functools import cache
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q
from django.db.models.functions import JSONObject

from core.kept_queries import ANOTHER_ROW, SOME_ROW, SOME_TIME, Kept, keep
from timeline.models import Evidence, Kind, TimelineEvent, TimelineEventQuerySet
from timeline.subject import Subject

PAGE = 40
FILTERS = {"all": "All", "key": "Key", "starred": "Starred"}


def rows(
    incident: Subject, *, which: str = "all", before: tuple[datetime, int] | None = None, size: int = PAGE
) -> dict[str, Any]:
    """One page, newest first: {"events", "next"}; `next` is the key to ask the following page with, or None.

    One query whatever the number of events: evidence and answers come along as arrays.
    """
    moment, pk = before or (None, None)
    asked = _page(which, has_before=before is not None, size=size)
    page = asked.rows({SOME_ROW: incident.pk, SOME_TIME: moment, ANOTHER_ROW: pk}, incident=incident)
    last = page[size - 1] if len(page) > size else None
    return {"events": page[:size], "next": f"{last.occurred_at.isoformat()}_{last.pk}" if last else None}


def parse_key(key: str) -> tuple[datetime, int] | None:
    """The inverse of `next`; None for anything malformed."""
    moment, _, pk = key.rpartition("_")
    try:
        parsed = datetime.fromisoformat(moment)
    except ValueError:
        return None
    return (parsed, int(pk)) if pk.isascii() and pk.isdigit() and len(pk) < 19 and parsed.tzinfo else None


@cache
def _page(which: str, *, has_before: bool, size: int) -> Kept[TimelineEvent]:
    events = _events(which)
    if has_before:
        events = events.filter(Q(occurred_at__lt=SOME_TIME) | Q(occurred_at=SOME_TIME, pk__lt=ANOTHER_ROW))
    return keep(events.newest_first()[: size + 1])


def _events(which: str) -> TimelineEventQuerySet:
    answers = (
        TimelineEvent.objects.standing()
        .filter(answers=OuterRef("pk"))
        .order_by("occurred_at")
        .values(row=JSONObject(id="pk", text="text", name="actor__name", at="occurred_at"))
    )
    evidence = (
        Evidence.objects.filter(event=OuterRef("pk"))
        .order_by("captured_at")
        .values(row=JSONObject(id="pk", title="title", kind="kind", file_type="file_type"))
    )
    events = (
        TimelineEvent.objects.filter(incident=SOME_ROW)
        .standing()
        .exclude(kind=Kind.ANSWER, answers__isnull=False)
        .select_related("actor", "hypothesis", "mitigation", "status_update", "status_update__correction")
        .annotate(answer_rows=ArraySubquery(answers), evidence_rows=ArraySubquery(evidence))
    )
    if which == "key":
        return events.key()
    if which == "starred":
        return events.starred()
    return events
