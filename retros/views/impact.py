"""What it cost: four dimensions, services and their users, reliability, and how the team is."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.requests import SignedInRequest
from incidents.models import Service
from incidents.views.common import attempt, submitted
from retros import workflow
from retros.ballots import closed_questions, histogram
from retros.measures import union, user_minutes
from retros.models import AffectedUsers, Dimension, ImpactStatement, Question, Retrospective
from retros.permissions import can_facilitate, can_write
from retros.timeline import RetrospectiveTimeline
from retros.timeline_forms import ImpactForm, PulseForm, UsersForm
from retros.views.common import load, section, writers_only
from retros.views.dialogs import finished, form_page

ASKED = {
    Dimension.CUSTOMERS: "Who could not do what, for how long? How many of how many?",
    Dimension.BUSINESS: "Money, contracts, promises, what people said about us.",
    Dimension.TECHNICAL: "What is unstable now, which shortcuts were taken, what has to be paid back?",
    Dimension.TEAM: "Nights, interrupted work, how it felt. Nobody is named.",
}


@never_cache
@require_safe
def impact(request: SignedInRequest, pk: int) -> HttpResponse:
    """The section; its parts alone where htmx asks for them by the id they replace."""
    retrospective = load(request, pk)
    return _page(request, retrospective, PulseForm())


def _page(request: SignedInRequest, retrospective: Retrospective, form: PulseForm) -> HttpResponse:
    may_write = can_write(request.user, retrospective)
    context = _pulse(request, retrospective, form) | {
        "may_write": may_write,
        "section_url": address(retrospective),
    }
    part = request.htmx.target if request.htmx else ""
    if part == "pulse":
        return section(request, retrospective, "impact", context, "retros/_pulse.html#pulse")
    context |= _context(retrospective, RetrospectiveTimeline(retrospective))
    template = "retros/impact.html#account" if part == "account" else ""
    return section(request, retrospective, "impact", context, template)


@never_cache
@require_POST
@writers_only
def pulse(request: SignedInRequest, retrospective: Retrospective) -> HttpResponse:
    """How somebody is, kept without who: the same ballots as the safety check."""
    form = PulseForm(request.POST)
    if submitted(request, form) and attempt(
        form,
        workflow.cast_ballot,
        retrospective=retrospective,
        question=Question.PULSE,
        score=form.cleaned_data["score"],
        by=request.user,
    ):
        return redirect(address(retrospective) + "#pulse")
    return _page(request, retrospective, form)


def _pulse(request: SignedInRequest, retrospective: Retrospective, form: PulseForm) -> dict[str, Any]:
    """The answers once the question is closed and there are four; before that not even how many there are."""
    is_closed = Question.PULSE in closed_questions(retrospective)
    return {
        "pulse": histogram(retrospective, Question.PULSE) if is_closed else None,
        "pulse_key": Question.PULSE,
        "pulse_is_closed": is_closed,
        "may_close": can_facilitate(request.user, retrospective),
        "pulse_form": form,
        "has_answered": workflow.has_answered(retrospective, Question.PULSE, request.user),
    }


def _context(retrospective: Retrospective, timeline: RetrospectiveTimeline) -> dict[str, Any]:
    stored = {one.dimension: one for one in retrospective.impact_statements.all()}
    minutes, unstated = user_minutes(timeline.affected)
    return {
        "account": timeline,
        "incident": timeline.incident,
        "measures": timeline.measures,
        "dimensions": [
            (dimension, stored.get(dimension) or ImpactStatement(dimension=dimension), asked)
            for dimension, asked in ASKED.items()
        ],
        "intervals": timeline.affected,
        "services": {row.service: row for row in reversed(timeline.affected)}.values(),
        "union": union(timeline.affected),
        "user_minutes": None if minutes is None else round(minutes),
        "unstated": unstated,
    }


def address(retrospective: Retrospective) -> str:
    return reverse("retro_impact", args=[retrospective.pk])


@require_http_methods(["GET", "POST"])
@writers_only
def dimension(request: SignedInRequest, retrospective: Retrospective, dimension: str) -> HttpResponse:
    """One of the four, as a form."""
    if dimension not in Dimension.values:
        raise Http404
    statement = retrospective.impact_statements.filter(dimension=dimension).first() or ImpactStatement(
        retrospective=retrospective, dimension=dimension
    )
    form = ImpactForm(request.POST or None, statement=statement, has_debt=dimension == Dimension.TECHNICAL)
    if submitted(request, form) and attempt(
        form,
        workflow.write_impact,
        retrospective=retrospective,
        by=request.user,
        dimension=dimension,
        **form.cleaned_data,
    ):
        return finished(request, address(retrospective))
    return form_page(
        request,
        retrospective,
        form,
        title=Dimension(dimension).label,
        submit="Save",
        back=address(retrospective),
        hint=ASKED[Dimension(dimension)],
    )


@require_http_methods(["GET", "POST"])
@writers_only
def service_users(request: SignedInRequest, retrospective: Retrospective, service: int) -> HttpResponse:
    """How many use a service, and which share of them felt it."""
    affected = Service.objects.filter(impacts__incident__retrospectives=retrospective).distinct()
    found = get_object_or_404(affected, pk=service)
    stated = AffectedUsers.objects.filter(retrospective=retrospective, service=found).first()
    initial = {"users": stated.users, "share": stated.share} if stated else {}
    form = UsersForm(request.POST or None, initial=initial)
    if submitted(request, form) and attempt(
        form,
        workflow.state_users,
        retrospective=retrospective,
        by=request.user,
        service=found,
        **form.cleaned_data,
    ):
        return finished(request, address(retrospective))
    return form_page(
        request,
        retrospective,
        form,
        title=f"Users of {found}",
        submit="Save",
        back=address(retrospective),
        hint="User-minutes are computed from it. Empty both to take it back.",
    )
