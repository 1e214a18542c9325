"""The timeline of a retrospective: rows, picture, slider, gaps."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.requests import SignedInRequest
from figures.story import CLOSEST, parts_of
from figures.swim_lanes import swim_lanes
from incidents.views.common import attempt, is_number, submitted
from retros import workflow
from retros.measures import headlines
from retros.models import Retrospective, TimelineEntry
from retros.permissions import can_write
from retros.timeline import PHASE_MILESTONES, RetrospectiveTimeline, known_at
from retros.timeline_forms import EntryForm, GapForm, PhaseForm, RecollectionForm
from retros.timeline_picture import story_of
from retros.timeline_suggestions import duplicates_in, introducing_in
from retros.views.common import load, section, writers_only
from retros.views.dialogs import finished, form_page, pressed

PAGE = 50
STOPS = {"S": "impact began", "D": "detected", "M": "mitigated", "R": "resolved"}


@require_safe
def timeline(request: SignedInRequest, pk: int) -> HttpResponse:
    """The section; its parts alone where htmx asks for them by the id they replace."""
    retrospective = load(request, pk)
    timeline = RetrospectiveTimeline(retrospective)
    part = request.htmx.target if request.htmx else ""
    slider = _slider(request, timeline)
    if part == "measures":
        figures = _measures(timeline, slider.known)
        return section(request, retrospective, "timeline", figures, "retros/timeline.html#measures")
    context = (
        _measures(timeline, slider.known)
        | _rows(request, timeline, slider)
        | _picture(request, timeline, slider)
    )
    if part == "account":
        context["may_write"] = can_write(request.user, retrospective)
        return section(request, retrospective, "timeline", context, "retros/timeline.html#account")
    return section(request, retrospective, "timeline", context)


@require_safe
def table(request: SignedInRequest, pk: int) -> HttpResponse:
    """The text alternative of the picture: every row, with what the picture shows of it."""
    retrospective = load(request, pk)
    timeline = RetrospectiveTimeline(retrospective)
    context = {"account": timeline, "rows": timeline.standing, "back": address(retrospective)}
    return section(request, retrospective, "timeline", context, "retros/timeline_table.html")


def address(retrospective: Retrospective) -> str:
    return reverse("retro_timeline", args=[retrospective.pk])


def _measures(timeline: RetrospectiveTimeline, known: datetime | None) -> dict[str, Any]:
    """The figures, which say how it ended: none while somebody looks at what was known earlier."""
    return {
        "is_past": known is not None,
        "account": timeline,
        "incident": timeline.incident,
        "measures": timeline.measures,
        "headlines": headlines(timeline.measures),
        "differing": [moment for moment in timeline.moments.values() if moment.elsewhere],
        "others": [one for one in timeline.incidents if one != timeline.incident],
    }


@dataclass(frozen=True)
class Slider:
    """Where “what was known at” stands, in minutes since the first row; None while everything shows."""

    start: datetime
    length: int
    step: int
    value: int | None
    stops: list[tuple[str, int]]

    @property
    def known(self) -> datetime | None:
        return None if self.value is None else self.start + timedelta(minutes=self.value)

    @property
    def shown(self) -> int:
        return self.length if self.value is None else self.value

    @property
    def began(self) -> int:
        return round(self.start.timestamp())


def _slider(request: SignedInRequest, timeline: RetrospectiveTimeline) -> Slider:
    first, last = timeline.span
    last = max([last, *(known_at(row) for row in timeline.standing)])
    start = first.replace(second=0, microsecond=0)
    length = int((last - start).total_seconds() // 60) + 1
    asked = request.GET.get("known", "")
    value = min(int(asked), length) if is_number(asked) else None
    stops = [
        (words, int((timeline.times[letter] - start).total_seconds() // 60) + 1)
        for letter, words in STOPS.items()
        if letter in timeline.times and timeline.times[letter] >= start
    ]
    return Slider(start, length, max(length // 720, 1), None if value == length else value, stops)


def _rows(request: SignedInRequest, timeline: RetrospectiveTimeline, slider: Slider) -> dict[str, Any]:
    known = slider.known
    facts = timeline.facts if known is None else [row for row in timeline.facts if known_at(row) <= known]
    gaps = [row for row in facts if row.gap]
    pages = max(-(-len(facts) // PAGE), 1)
    asked = request.GET.get("page", "")
    page = min(max(int(asked), 1), pages) if is_number(asked) else 1
    shown = facts[(page - 1) * PAGE : page * PAGE]
    for row in shown:
        row.known_stamp = round(known_at(row).timestamp())
        row.far = timeline.far_outside(row)
    return {
        "slider": slider,
        "rows": _with_days(shown),
        "first_number": (page - 1) * PAGE + 1,
        "last_number": (page - 1) * PAGE + len(shown),
        "row_count": len(facts),
        "event_count": len(facts) - len(gaps),
        "gap_count": len(gaps),
        "page": page,
        "pages": pages,
        "offered": timeline.gaps if page == 1 and known is None else [],
        "duplicates": duplicates_in(timeline) if page == 1 and known is None else [],
        "introducing": introducing_in(timeline, request.user) if page == 1 and known is None else [],
        "section_url": address(timeline.retrospective),
        "here_url": request.get_full_path(),
        "zone": timezone.get_current_timezone_name(),
    }


def _with_days(rows: list[Any]) -> list[Any]:
    """Where there are several days, the first row of each says which."""
    days = [timezone.localdate(row.occurred_at) for row in rows]
    day = None if len(set(days)) > 1 else next(iter(days), None)
    for row in rows:
        local = timezone.localtime(row.occurred_at)
        row.day = local if local.date() != day else None
        day = local.date()
    return rows


def _picture(request: SignedInRequest, timeline: RetrospectiveTimeline, slider: Slider) -> dict[str, Any]:
    zoom, part = request.GET.get("zoom", ""), request.GET.get("part", "")
    story = story_of(
        timeline,
        known=slider.known,
        zoom=int(zoom) if is_number(zoom) else 1,
        part=int(part) if is_number(part) else 0,
    )
    last = parts_of(story.zoom) - 1
    return {
        "figure": swim_lanes(story) if timeline.standing else None,
        "zoom": story.zoom,
        # The middle of what is shown stays in the middle.
        "closer": {"zoom": story.zoom * 2, "part": story.part * 2 + 1} if story.zoom < CLOSEST else None,
        "wider": {"zoom": story.zoom // 2, "part": max((story.part - 1) // 2, 0)} if story.zoom > 1 else None,
        "earlier": {"zoom": story.zoom, "part": story.part - 1} if story.part else None,
        "later": {"zoom": story.zoom, "part": story.part + 1} if story.part < last else None,
    }


def _entry(retrospective: Retrospective, entry: int, *, removed: bool = False) -> TimelineEntry:
    of_it = TimelineEntry.objects.filter(retrospective=retrospective)
    rows = of_it.filter(removed_at__isnull=False) if removed else of_it.standing()
    return get_object_or_404(rows.select_related("retrospective", "actor"), pk=entry)


@require_http_methods(["GET", "POST"])
@writers_only
def new_entry(request: SignedInRequest, retrospective: Retrospective) -> HttpResponse:
    at = request.GET.get("at", "")
    # The day at least is likely to be that of the first row.
    initial = {"occurred_at": RetrospectiveTimeline(retrospective).span[0].replace(microsecond=0)}
    if is_number(at):
        initial["occurred_at"] = datetime.fromtimestamp(min(int(at), 4_000_000_000), UTC)
    form = EntryForm(request.POST or None, retrospective=retrospective, initial=initial)
    if submitted(request, form) and attempt(
        form, workflow.add_entry, retrospective=retrospective, by=request.user, **form.change()
    ):
        return finished(request, address(retrospective), "Written.")
    return form_page(
        request, retrospective, form, title="Add to the timeline", submit="Add", back=address(retrospective)
    )


@require_http_methods(["GET", "POST"])
@writers_only
def edit_entry(request: SignedInRequest, retrospective: Retrospective, entry: int) -> HttpResponse:
    row = _entry(retrospective, entry)
    form: EntryForm | GapForm = (
        GapForm(request.POST or None, entry=row)
        if row.gap
        else EntryForm(request.POST or None, retrospective=retrospective, entry=row)
    )
    if submitted(request, form) and attempt(
        form, workflow.change_entry, entry=row, by=request.user, **form.change()
    ):
        return finished(request, address(retrospective))
    return form_page(
        request,
        retrospective,
        form,
        title="Edit the gap" if row.gap else f"Edit: {row.get_kind_display().lower()}",
        submit="Save",
        back=address(retrospective),
        entry=row,
    )


@require_POST
@writers_only
def removal(request: SignedInRequest, retrospective: Retrospective, entry: int) -> HttpResponse:
    return pressed(
        request,
        workflow.remove_entry,
        to=address(retrospective),
        message="Removed. It is listed below the timeline and can be restored.",
        entry=_entry(retrospective, entry),
        by=request.user,
    )


@require_POST
@writers_only
def restoration(request: SignedInRequest, retrospective: Retrospective, entry: int) -> HttpResponse:
    row = _entry(retrospective, entry, removed=True)
    return pressed(request, workflow.restore_entry, to=address(retrospective), entry=row, by=request.user)


@require_http_methods(["GET", "POST"])
@writers_only
def recollection(request: SignedInRequest, retrospective: Retrospective, entry: int) -> HttpResponse:
    row = _entry(retrospective, entry)
    form = RecollectionForm(request.POST or None, retrospective=retrospective, by=request.user)
    if submitted(request, form) and attempt(
        form, workflow.add_recollection, fact=row, by=request.user, **form.cleaned_data
    ):
        return finished(request, address(retrospective))
    return form_page(
        request,
        retrospective,
        form,
        title="Remembered differently",
        submit="Add beside it",
        back=address(retrospective),
        subject=row.text,
        hint="It is shown beside the row and beside what others remember. None replaces another.",
    )


@require_http_methods(["GET", "POST"])
@writers_only
def phase(request: SignedInRequest, retrospective: Retrospective, entry: int) -> HttpResponse:
    row = _entry(retrospective, entry)
    incident = RetrospectiveTimeline(retrospective).incident_of(row) if request.user.is_responder else None
    form = PhaseForm(request.POST or None, entry=row, incident=incident)
    if submitted(request, form):
        data = form.cleaned_data
        data["sets_milestone"] = data.get("sets_milestone", False) and data["phase"] in PHASE_MILESTONES
        if attempt(form, workflow.mark_phase, entry=row, by=request.user, **data):
            return finished(request, address(retrospective))
    return form_page(
        request,
        retrospective,
        form,
        title="Mark a phase",
        submit="Mark",
        back=address(retrospective),
        subject=row.text,
        hint="The times between the phases are recomputed.",
    )


@require_POST
@writers_only
def milestone(request: SignedInRequest, retrospective: Retrospective, entry: int) -> HttpResponse:
    """The incident's milestone follows the row that marks its phase here."""
    row = _entry(retrospective, entry)
    return pressed(
        request,
        workflow.mark_phase,
        to=address(retrospective),
        message="The incident's milestone is corrected.",
        entry=row,
        by=request.user,
        phase=row.phase,
        sets_milestone=True,
    )


@require_POST
@writers_only
def seeding(request: SignedInRequest, retrospective: Retrospective) -> HttpResponse:

    return pressed(
        request,
        workflow.seed_timeline,
        to=address(retrospective),
        message="Taken over, as far as there was something new.",
        retrospective=retrospective,
        by=request.user,
    )


@require_http_methods(["GET", "POST"])
@writers_only
def new_gap(request: SignedInRequest, retrospective: Retrospective) -> HttpResponse:
    form = GapForm(request.POST or None)
    if submitted(request, form) and attempt(
        form, workflow.add_gap, retrospective=retrospective, by=request.user, **form.change()
    ):
        return finished(request, address(retrospective))
    return form_page(
        request, retrospective, form, title="Mark a gap", submit="Mark", back=address(retrospective),
        hint="Record what is not known, too.",
    )  # fmt: skip


@require_POST
@writers_only
def gap_answer(request: SignedInRequest, retrospective: Retrospective) -> HttpResponse:
    """Keep a gap that was found as a row, or say that it is none."""
    keeps = request.POST.get("answer") != "dismiss"
    return pressed(
        request,
        workflow.keep_gap if keeps else workflow.dismiss_gap,
        to=address(retrospective),
        retrospective=retrospective,
        by=request.user,
        key=request.POST.get("key", "")[:200],
    )
