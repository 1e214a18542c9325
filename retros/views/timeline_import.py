"""Bringing rows in: read, preview, confirm. The preview travels sealed; nothing is stored before it is confirmed."""

from dataclasses import asdict
from datetime import datetime
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.core import signing
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.requests import SignedInRequest
from core.forms import Styled
from incidents.views.common import submitted
from retros import workflow
from retros.access import people_of
from retros.imports.lines import read_lines
from retros.imports.records import alerts_of, changes_around
from retros.imports.rows import Reading, Refused, Row, names_of
from retros.imports.slack import Window, read_slack
from retros.imports.tables import read_csv, read_json
from retros.models import Retrospective, TimelineEntry
from retros.timeline import RetrospectiveTimeline
from retros.timeline_forms import (
    LARGEST_BUNDLE,
    ConfirmForm,
    FileForm,
    PasteForm,
    SlackForm,
    days_around,
)
from retros.views.common import section, writers_only
from retros.views.timeline import address

SOURCES = {
    "paste": "Lines",
    "csv": "CSV",
    "json": "JSON",
    "slack": "Slack export",
    "alerts": "Alerts",
    "changes": "Deployments",
}
KEPT_FOR = 24 * 3600
MOMENTS = ("occurred_at", "known_at")


@require_http_methods(["GET", "POST"])
@writers_only
def timeline_import(request: SignedInRequest, retrospective: Retrospective) -> HttpResponse:
    """Choose a source; POST reads it and shows what would come in."""
    source = request.GET.get("from", "paste")
    source = source if source in SOURCES else "paste"
    span = RetrospectiveTimeline(retrospective).span
    form = _form(request, source, days_around(span))
    context: dict[str, Any] = {
        "sources": SOURCES,
        "source": source,
        "form": form,
        "back": address(retrospective),
        "zone": timezone.get_current_timezone_name(),
    }
    if form is None or submitted(request, form):
        try:
            context |= _preview(request, retrospective, _read(request, retrospective, source, form, span))
        except Refused as refusal:
            if form is None:
                context["refusal"] = str(refusal)
            else:
                form.add_error(None, str(refusal))
    return section(request, retrospective, "timeline", context, "retros/timeline_import.html")


@require_POST
@writers_only
def confirmation(request: SignedInRequest, retrospective: Retrospective) -> HttpResponse:
    again = reverse("retro_import", args=[retrospective.pk])
    form = ConfirmForm(request.POST)
    try:
        rows = _unsealed(request, retrospective, form.data.get("bundle", "")) if form.is_valid() else None
    except signing.BadSignature:
        rows = None
    if rows is None:
        messages.error(request, "This preview is too old. Read it again.")
        return redirect(again)
    left_out = set(form.cleaned_data["leave_out"])
    groups = set(request.POST.getlist("group"))
    chosen = [
        row
        for number, row in enumerate(rows)
        if number not in left_out and (not row.group or row.group in groups)
    ]
    try:
        brought = workflow.bring_rows(retrospective=retrospective, by=request.user, rows=chosen)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
        return redirect(again)
    there = f" {brought.known} were there already." if brought.known else ""
    messages.info(request, f"{brought.added} event{'' if brought.added == 1 else 's'} imported.{there}")
    return redirect(address(retrospective))


def _form(request: SignedInRequest, source: str, initial: dict[str, Any]) -> Styled | None:
    """None for what is read without asking anything."""
    data, files = request.POST or None, request.FILES or None
    if source == "paste":
        return PasteForm(data, initial=initial)
    if source in ("csv", "json"):
        return FileForm(data, files, kind=source)
    return SlackForm(data, files, initial=initial) if source == "slack" else None


def _read(
    request: SignedInRequest,
    retrospective: Retrospective,
    source: str,
    form: Styled | None,
    span: tuple[datetime, datetime],
) -> Reading:
    now, zone = timezone.now(), timezone.get_current_timezone()
    if source == "alerts":
        return alerts_of(retrospective)
    if source == "changes":
        return changes_around(retrospective, since=span[0], until=span[1], by=request.user)
    assert form is not None
    data, people = form.cleaned_data, names_of([(p.pk, p.name) for p in people_of(retrospective)])
    if source == "paste":
        return read_lines(data["lines"], zone=zone, day=data["day"], now=now, people=people)
    if source == "slack":
        window = Window(data["since"], data["until"], data["channel"])
        return read_slack(data["file"], window=window, now=now, people=people)
    read = read_csv if source == "csv" else read_json
    return read(data["file"], zone=zone, now=now, people=people, order=data["dates"])


def _preview(request: SignedInRequest, retrospective: Retrospective, reading: Reading) -> dict[str, Any]:
    ids = [row.source_id for row in reading.rows]
    had = set(
        TimelineEntry.objects.filter(retrospective=retrospective, source_id__in=ids).values_list(
            "source", "source_id"
        )
    )
    people = {person.pk: person.name for person in people_of(retrospective)}
    numbered: list[dict[str, Any]] = [
        {
            "number": number,
            "row": row,
            "is_known": (row.source, row.source_id) in had,
            "who": people.get(row.actor_id or 0) or row.system,
        }
        for number, row in enumerate(reading.rows)
    ]
    by_group = sorted(numbered, key=lambda one: one["row"].group)
    packed = [_packed(row) for row in reading.rows]
    bundle = signing.dumps(packed, salt=_salt(request, retrospective), compress=True)
    if len(bundle) > LARGEST_BUNDLE:
        raise Refused("This is too much text at once. Import it in parts.")
    return {
        "preview": numbered,
        "groups": [(name, list(rows)) for name, rows in groupby(by_group, key=lambda one: one["row"].group)],
        "fresh": sum(not one["is_known"] for one in numbered),
        "refused": reading.refused,
        "left_out": reading.left_out,
        "left_out_count": reading.left_out_count,
        "bundle": bundle,
    }


def _salt(request: SignedInRequest, retrospective: Retrospective) -> str:
    return f"retros.timeline_import:{retrospective.pk}:{request.user.pk}"


def _packed(row: Row) -> dict[str, Any]:
    values = {name: value for name, value in asdict(row).items() if value not in ("", None, False)}
    return values | {name: getattr(row, name).isoformat() for name in MOMENTS if getattr(row, name)}


def _unsealed(request: SignedInRequest, retrospective: Retrospective, bundle: str) -> list[Row]:
    packed = signing.loads(bundle, salt=_salt(request, retrospective), max_age=KEPT_FOR)
    return [
        Row(**values | {name: datetime.fromisoformat(values[name]) for name in MOMENTS if name in values})
        for values in packed
    ]
