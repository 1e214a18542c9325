"""The list of incidents: searched, narrowed, paged by number, and looked at the way somebody saved."""

from typing import Any
from urllib.parse import parse_qsl, urlencode

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.requests import SignedInRequest
from config.forms import Form
from incidents.models import IncidentType, Severity, Status
from incidents.models.incident import IncidentQuerySet
from incidents.search import SHOWN_KEYS, Asked, found, is_common, parse
from incidents.views.common import is_number
from incidents.workflow import delete_view, save_view

PAGE = 25
COUNTED = 1000  # beyond, it is just “1,000+”
KEPT = ("q", "status", "severity", "incident_type")  # what of the address is the question


class NarrowForm(Form):
    """What the list can be narrowed by beside the words; the address carries it."""

    q = forms.CharField(label="Search", required=False, max_length=200)
    status = forms.ChoiceField(
        label="Status", required=False, choices=[("", "Any status"), ("open", "All open"), *Status.choices]
    )
    severity = forms.ModelChoiceField(Severity.objects.all(), required=False, empty_label="Any severity")
    incident_type = forms.ModelChoiceField(
        IncidentType.objects.all(), label="Type", required=False, empty_label="Any type"
    )

    def narrowed(self, asked: Asked, user: Any, *, is_common: bool = False) -> IncidentQuerySet:
        """An unknown choice in the address narrows nothing; the form says so."""
        self.is_valid()
        data = self.cleaned_data
        incidents = found(asked, user, is_common=is_common)
        if status := data.get("status"):
            incidents = incidents.open() if status == "open" else incidents.filter(status=status)
        for name in ("severity", "incident_type"):
            if data.get(name):
                incidents = incidents.filter(**{name: data[name]})
        return incidents


@require_safe
def incident_list(request: SignedInRequest) -> HttpResponse:
    """One page costs the same wherever it lies: it begins after the number the last one ended with."""
    form = NarrowForm(request.GET)
    asked = parse(request.GET.get("q", ""))
    is_many = is_common(asked)
    incidents = form.narrowed(asked, request.user, is_common=is_many)
    rows, older, newer = _page(incidents.with_people(), request)
    count = len(rows) if is_many else incidents.order_by()[: COUNTED + 1].count()
    context = {
        "section": "incidents",
        "form": form,
        "problems": asked.problems,
        "keys": SHOWN_KEYS,
        "rows": rows,
        "older": older,
        "newer": newer,
        "count": count,
        "told_count": _told(count, is_cut=is_many and bool(older or newer)),
        "question": _question(request.GET.urlencode()),
        "views": request.user.saved_views.all(),
    }
    template = "incidents/incident_list.html" + (
        "#results" if request.htmx and not request.htmx.boosted else ""
    )
    return render(request, template, context)


def _told(count: int, *, is_cut: bool) -> str:
    """How many there are; what stands in too many rows to be counted for a page is just many."""
    if is_cut:
        return "Many"
    return f"{COUNTED:,}+" if count > COUNTED else f"{count:,}"


def _page(incidents: IncidentQuerySet, request: SignedInRequest) -> tuple[list, int | None, int | None]:
    """(rows, the number to go on below or None, the number to go back above or None)."""
    below, above = (_key(request, name) for name in ("below", "above"))
    if above is not None:
        rows = list(incidents.filter(number__gt=above).order_by("number")[: PAGE + 1])
        has_newer, rows = len(rows) > PAGE, rows[:PAGE][::-1]
        has_older = True
    else:
        if below is not None:
            incidents = incidents.filter(number__lt=below)
        rows = list(incidents.newest_first()[: PAGE + 1])
        has_older, rows = len(rows) > PAGE, rows[:PAGE]
        has_newer = below is not None
    if not rows:
        return [], None, None
    return rows, rows[-1].number if has_older else None, rows[0].number if has_newer else None


def _key(request: SignedInRequest, name: str) -> int | None:
    value = request.GET.get(name, "")
    return min(int(value), 2**31 - 1) if is_number(value) else None


def _question(query: str) -> str:
    """The part of an address that says what is asked for, without where one is in the answer."""
    return urlencode([(key, value) for key, value in parse_qsl(query) if key in KEPT])


@require_POST
def saved_views(request: SignedInRequest) -> HttpResponse:
    """Keep the question of the list under a name."""
    query = _question(request.POST.get("query", ""))
    try:
        view = save_view(by=request.user, name=request.POST.get("name", "")[:60], query=query)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
        return redirect(f"{reverse('incident_list')}?{query}")
    messages.success(request, f"“{view}” is saved.")
    return redirect(view)


@require_POST
def saved_view_deletion(request: SignedInRequest, pk: int) -> HttpResponse:
    view = get_object_or_404(request.user.saved_views, pk=pk)
    delete_view(view=view)
    messages.success(request, f"“{view}” is deleted.")
    return redirect("incident_list")
