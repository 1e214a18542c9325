"""Starting a retrospective, its frame, who takes part, when it is held."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from accounts.requests import SignedInRequest
from core.responses import refused
from incidents.models import Incident
from incidents.views.common import attempt, is_number, responders_only, submitted
from incidents.views.common import click as click_incident
from incidents.views.common import load as load_incident
from retros import workflow
from retros.format_forms import WITHOUT_INCIDENT, StartForm
from retros.forms import FrameForm, NewRetrospectiveForm, ParticipantsForm, SessionForm
from retros.models import Retrospective, Subject
from retros.permissions import can_facilitate
from retros.views.common import answer_status, click, done, facilitation, led, load, section


@require_http_methods(["GET", "POST"])
@responders_only
def new_retrospective(request: SignedInRequest) -> HttpResponse:
    subject = request.POST.get("subject") or request.GET.get("subject", "")
    if subject in dict(WITHOUT_INCIDENT):
        return _start_without_incident(request, subject)
    initial = {"subject": Subject.INCIDENT, "incidents": request.GET.get("incidents", "")}
    form = NewRetrospectiveForm(request.POST or None, initial=initial, reader=request.user)
    if submitted(request, form) and attempt(
        form, workflow.open_retrospective, by=request.user, **form.cleaned_data
    ):
        return redirect(form.outcome)
    without = Incident.objects.visible_to(request.user).without_retrospective().select_related("severity")[:8]
    return _new_page(request, form, Subject.INCIDENT, without=without)


def _start_without_incident(request: SignedInRequest, subject: str) -> HttpResponse:
    form = StartForm(request.POST or None, initial={"subject": subject}, by=request.user)
    if submitted(request, form) and attempt(
        form, workflow.open_retrospective, by=request.user, owner=request.user, **form.cleaned_data
    ):
        return redirect(form.outcome)
    return _new_page(request, form, subject)


def _new_page(request: SignedInRequest, form: Any, subject: str, **more: Any) -> HttpResponse:
    around = {"form": form, "section": "retrospectives", "subject": subject, "subjects": Subject.choices}
    return render(request, "retros/new.html", around | more)


@require_http_methods(["GET", "POST"])
@responders_only
def incident_retrospective(request: SignedInRequest, reference: str) -> HttpResponse:
    """The retrospective of an incident: on to it, or start it here."""
    incident = load_incident(request, reference)
    found = Retrospective.objects.visible_to(request.user).filter(incidents=incident).first()
    if found:
        return redirect(found)
    if request.method == "GET":
        return render(
            request,
            "retros/start.html",
            {"incident": incident, "section": "incidents", "due_on": workflow.due_date(incident)},
        )
    return click_incident(
        request,
        incident,
        workflow.start_retrospective,
        incident=incident,
        by=request.user,
        owner=request.user,
        to=reverse("incident_retrospective", args=[reference]),
    )


@require_http_methods(["GET", "POST"])
def retrospective_frame(request: SignedInRequest, pk: int) -> HttpResponse:
    retrospective = load(request, pk)
    if request.method == "GET":
        return _frame(request, retrospective)
    retrospective = led(request, pk)
    people = list(User.objects.active())
    form = FrameForm(request.POST, instance=Retrospective(pk=pk), reader=request.user, people=people)
    if submitted(request, form) and attempt(
        form, workflow.frame_retrospective, retrospective=retrospective, by=request.user, **form.cleaned_data
    ):
        return done(request, retrospective, "Saved.", to=reverse("retrospective_frame", args=[pk]))
    return _frame(request, retrospective, frame_form=form)


@require_POST
def retrospective_participants(request: SignedInRequest, pk: int) -> HttpResponse:
    retrospective = led(request, pk)
    there = list(retrospective.participants.values_list("user", flat=True))
    form = _participants_form(retrospective, list(User.objects.active()), there, request.POST)
    if submitted(request, form) and attempt(
        form, workflow.add_participants, retrospective=retrospective, by=request.user, **form.cleaned_data
    ):
        return done(request, retrospective, to=reverse("retrospective_frame", args=[pk]) + "#people")
    return _frame(request, retrospective, people_form=form)


@require_POST
def participant_removal(request: SignedInRequest, pk: int, participant: int) -> HttpResponse:
    retrospective = led(request, pk)
    return click(
        request,
        retrospective,
        workflow.remove_participant,
        retrospective=retrospective,
        by=request.user,
        participant=get_object_or_404(retrospective.participants, pk=participant),
        to=reverse("retrospective_frame", args=[pk]) + "#people",
    )


@require_POST
def retrospective_facilitator(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take a suggestion: one person becomes the facilitator."""
    retrospective = led(request, pk)
    number = request.POST.get("person", "")
    person = User.objects.responders().filter(pk=number if is_number(number) else None).first()
    is_on_frame = request.POST.get("here") == "frame"
    to = retrospective.url_of("frame") + "#session" if is_on_frame else retrospective.get_absolute_url()
    if person is None:
        return refused(request, ValidationError("Choose who facilitates."), to)
    return click(
        request,
        retrospective,
        workflow.frame_retrospective,
        retrospective=retrospective,
        by=request.user,
        facilitator=person,
        to=to,
    )


@require_POST
def session_time(request: SignedInRequest, pk: int) -> HttpResponse:
    retrospective = led(request, pk)
    form = SessionForm(request.POST)
    if submitted(request, form) and attempt(
        form, workflow.schedule_session, retrospective=retrospective, by=request.user, **form.cleaned_data
    ):
        message = "The session is scheduled and the invitations are being sent."
        return done(
            request, retrospective, message, to=reverse("retrospective_frame", args=[pk]) + "#session"
        )
    return _frame(request, retrospective, session_form=form)


@require_safe
def session_invitation(request: SignedInRequest, pk: int) -> HttpResponse:
    """The calendar file; the same as in the mail."""
    from retros.invitation import invitation  # brings a library along that hardly any process needs

    retrospective = load(request, pk)
    if retrospective.scheduled_at is None:
        return redirect("retrospective_frame", pk)
    headers = {"Content-Disposition": f'attachment; filename="retrospective-{pk}.ics"'}
    return HttpResponse(
        invitation(retrospective), content_type="text/calendar; charset=utf-8", headers=headers
    )


def _participants_form(
    retrospective: Retrospective, people: list[User], there: list[int], data: Any = None
) -> ParticipantsForm:
    return ParticipantsForm(
        data,
        suggested=workflow.suggested_people(retrospective),
        others=[person for person in people if person.pk not in there],
    )


def _frame(request: SignedInRequest, retrospective: Retrospective, **forms: Any) -> HttpResponse:
    incidents = list(retrospective.incidents.select_related("severity"))
    seated = list(retrospective.participants.select_related("user"))
    context: dict[str, Any] = {
        "incidents": incidents,
        "people": seated,
        "seated": seated,
    } | facilitation(request, retrospective)
    if can_facilitate(request.user, retrospective) and not retrospective.is_published:
        everybody = list(User.objects.active())
        there = [participant.user_id for participant in seated]
        context["frame_form"] = FrameForm(
            instance=retrospective,
            initial={"incidents": incidents, "version": retrospective.version},
            reader=request.user,
            people=everybody,
        )
        context["people_form"] = _participants_form(retrospective, everybody, there)
        context["session_form"] = SessionForm(
            initial={
                "scheduled_at": retrospective.scheduled_at,
                "minutes": retrospective.minutes,
                "place": retrospective.place,
            }
        )
    context |= forms
    return section(request, retrospective, "frame", context, status=answer_status(forms))
