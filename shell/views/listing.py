"""The list of incidents: searched, narrowed, paged by number, and looked at the way somebody saved."""

from urllib.parse import parse_qsl, urlencode

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from accounts.requests import SignedInRequest
from core.forms import FilterForm
from incidents.models import Incident, IncidentType, Severity, Status
from incidents.models.incident import IncidentQuerySet
from incidents.views.common import is_number
from incidents.workflow import delete_view, save_view
from shell.search import NEWEST, SHOWN_KEYS, Asked, found, is_common, newest_number, parse

PAGE = 25
COUNTED = 1000  # beyond, it is just “1,000+”
KEPT = ("q", "status", "severity", "incident_type")  # what of the address is the question


class NarrowForm(FilterForm):
    """What the list can be narrowed by beside the words; the address carries it."""

    q = forms.CharField(label="Search", required=False, max_length=200)
    status = forms.ChoiceField(
        label="Status", required=False, choices=[("", "Any status"), ("open", "All open"), *Status.choices]
    )
    severity = forms.ModelChoiceField(Severity.objects.all(), required=False, empty_label="Any severity")
    incident_type = forms.ModelChoiceField(
        IncidentType.objects.all(), label="Type", required=False, empty_label="Any type"
    )

    def narrowed(self, asked: Asked, user: User, *, is_common: bool = False) -> IncidentQuerySet:
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
    found = _newest(form, asked, request) if is_common(asked) else None
    if found:
        (rows, older, newer), count, told_count = found, len(found[0]), "Many"
    else:
        incidents = form.narrowed(asked, request.user)
        rows, older, newer, _is_full = _page(incidents.with_people(), request)
        count = incidents.order_by()[: COUNTED + 1].count()
        told_count = f"{COUNTED:,}+" if count > COUNTED else f"{count:,}"
    context = {
        "section": "incidents",
        "form": form,
        "problems": [*asked.problems, *form.ignored],
        "keys": SHOWN_KEYS,
        "rows": rows,
        "older": older,
        "newer": newer,
        "count": count,
        "told_count": told_count,
        "question": _question(request.GET.urlencode()),
        "views": request.user.saved_views.of_list(),
    }
    template = "incidents/incident_list.html" + (
        "#results" if request.htmx and not request.htmx.boosted else ""
    )
    return render(request, template, context)


type Rows = list[Incident]


def _newest(
    form: NarrowForm, asked: Asked, request: SignedInRequest
) -> tuple[Rows, int | None, int | None] | None:
    """The page, where the incidents next in number fill it; nobody counts how many more there are."""
    incidents = form.narrowed(asked, request.user, is_common=True)
    rows, older, newer, is_full = _page(incidents.with_people(), request, among=NEWEST)
    return (rows, older, newer) if is_full else None


def _page(
    incidents: IncidentQuerySet, request: SignedInRequest, *, among: int | None = None
) -> tuple[Rows, int | None, int | None, bool]:
    """(rows, the number to go on below or None, the number to go back above or None, whether there are more).

    With `among`, only so many numbers from where the page begins are looked at.
    """
    below, above = (_key(request, name) for name in ("below", "above"))
    if above is not None:
        if among:
            incidents = incidents.filter(number__lte=above + among)
        rows = list(incidents.filter(number__gt=above).order_by("number")[: PAGE + 1])
        has_newer = is_full = len(rows) > PAGE
        rows, has_older = rows[:PAGE][::-1], True
    else:
        if below is not None:
            incidents = incidents.filter(number__lt=below)
        if among:
            first = newest_number() + 1 if below is None else below
            incidents = incidents.filter(number__gte=first - among)
        rows = list(incidents.newest_first()[: PAGE + 1])
        has_older = is_full = len(rows) > PAGE
        rows, has_newer = rows[:PAGE], below is not None
    if not rows:
        return [], None, None, False
    return rows, rows[-1].number if has_older else None, rows[0].number if has_newer else None, is_full


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
    return redirect(view.path or "incident_list")
