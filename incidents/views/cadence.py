"""When updates are due and came: the record, another time, asking for one."""

from django.contrib import messages
from django.contrib.postgres.expressions import ArraySubquery
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.requests import SignedInRequest
from core.text import in_words
from figures.cadence import Part, Strip, cadence
from incidents import workflow
from incidents.cadence_compliance import Kept, kept, kept_rows, longest_silence
from incidents.forms.cadence import RequestForm, SnoozeForm
from incidents.models import Incident
from incidents.views.common import attempt, done, form_page, load, responders_only, submitted


@require_safe
def cadence_page(request: SignedInRequest, reference: str) -> HttpResponse:
    """Promised against published, per audience; who asked, what was promised anew."""
    reachable = Incident.objects.visible_to(request.user).of_reference(reference)
    rows: dict[str, ArraySubquery] = kept_rows()
    incident = get_object_or_404(
        reachable.select_related("severity").prefetch_related("update_schedules").annotate(**rows)
    )
    everything = kept(incident)
    context = {
        "incident": incident,
        "section": "incidents",
        "kept": everything,
        "figure": cadence(
            f"Updates of {incident.reference}: promised against published, by audience",
            [_strip(incident, one) for one in everything],
        ),
        "silence": longest_silence(everything),
        "snoozes": incident.snoozes.select_related("by"),
        "requests": incident.update_requests.select_related("person", "answer"),
    }
    return render(request, "incidents/cadence.html", context)


@require_http_methods(["GET", "POST"])
@responders_only
def snooze_update(request: SignedInRequest, reference: str) -> HttpResponse:
    """Another time instead of an update, with the reason."""
    incident = load(request, reference)
    due = [s for s in incident.update_schedules.all() if s.due_at]
    form = SnoozeForm(
        request.POST or None, schedules=due, initial={"audience": request.GET.get("audience", "")}
    )
    if submitted(request, form) and attempt(
        form, workflow.snooze_update, incident=incident, by=request.user, **form.cleaned_data
    ):
        return done(request, incident)
    return form_page(
        request,
        incident,
        form,
        title="Change update time",
        submit="Change time" if due else "",
        hint="The new time and the reason are on the timeline. An update without news is still an update."
        if due
        else "No update is due at the moment.",
    )


@require_POST
def update_requests(request: SignedInRequest, reference: str) -> HttpResponse:
    """Anybody signed in who can see it asks for news."""
    incident = load(request, reference)
    form = RequestForm(request.POST)
    back = reverse("brief", args=[reference])
    if not form.is_valid():
        messages.error(request, "Ask in 300 characters or fewer.")
        return redirect(back)
    try:
        workflow.request_update(incident=incident, by=request.user, **form.cleaned_data)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
        return redirect(back)
    return done(request, incident, "Update requested.", to=back)


def _strip(incident: Incident, one: Kept) -> Strip:
    parts = [Part(s.since, s.due, s.ended, s.is_late) for s in one.stretches]
    return Strip(
        name=one.label,
        says=says(one),
        began=one.began,
        until=one.until,
        parts=parts,
        words=one.words,
        next_due=one.next_due,
        is_over=not incident.is_active,
    )


def says(one: Kept) -> str:
    """2 of 3 on time, overdue 16% of 1 h 02 min, longest silence 42 min"""
    words = f"{one.on_time} of {one.due} on time" if one.due else "none due yet"
    if one.overdue:
        words += f", overdue {one.overdue_share}% of {in_words(one.until - one.began)}"
    return f"{words}, longest silence {in_words(one.silence)}"
