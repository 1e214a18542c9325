"""The safety check, the session's clock, and the steps from one status to the next."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.requests import SignedInRequest
from incidents.views.common import attempt, is_number, submitted
from retros import workflow
from retros.ballots import closed_questions, histograms
from retros.completion import SECTIONS
from retros.forms import BallotForm, StartReviewForm
from retros.models import Question, Retrospective
from retros.permissions import can_facilitate, can_write
from retros.views.common import click, done, led, section, writers_only
from retros.workflow.session import missing_for_review

ASKED = (Question.SAFETY_START, Question.SAFETY_END)
STEPS = {
    "start": workflow.start_session,
    "end": workflow.end_session,
    "back": workflow.step_back,
}


@never_cache
@require_http_methods(["GET", "POST"])
@writers_only
def safety_check(request: SignedInRequest, retrospective: Retrospective) -> HttpResponse:
    """Asked at the start and at the end; the answer is kept without whose it is."""
    question = request.POST.get("question", "")
    form = BallotForm(request.POST or None, prefix=question or None)
    if submitted(request, form) and attempt(
        form,
        workflow.cast_ballot,
        retrospective=retrospective,
        question=question,
        score=form.cleaned_data["score"],
        by=request.user,
    ):
        return done(request, retrospective, to=reverse("safety_check", args=[retrospective.pk]))
    return section(request, retrospective, "safety", safety_context(request, retrospective, form, question))


@require_safe
@writers_only
def safety_results(request: SignedInRequest, retrospective: Retrospective) -> HttpResponse:
    """The answers alone, for open pages when a question has been closed."""
    context = safety_context(request, retrospective, None, "")
    return section(request, retrospective, "safety", context, template="retros/safety.html#results")


def safety_context(
    request: SignedInRequest, retrospective: Retrospective, form: BallotForm | None, question: str
) -> dict[str, Any]:
    shown, closed = histograms(retrospective), closed_questions(retrospective)
    is_open = can_write(request.user, retrospective)
    questions = [
        {
            "key": str(asked),
            "is_start": asked == Question.SAFETY_START,
            "title": "At the start" if asked == Question.SAFETY_START else "At the end",
            "histogram": shown.get(asked),
            "is_closed": asked in closed,
            "answered": workflow.has_answered(retrospective, asked, request.user),
            "form": form if form and asked == question and form.is_bound else BallotForm(prefix=asked),
        }
        for asked in ASKED
        if asked == Question.SAFETY_START or retrospective.session_ended_at or asked in closed
    ]
    is_low = any(histogram.is_low for key, histogram in shown.items() if key in ASKED)
    leads = can_facilitate(request.user, retrospective)
    return {"questions": questions, "is_open": is_open, "leads": leads, "offers": is_low and leads}


@require_POST
def question_closing(request: SignedInRequest, pk: int) -> HttpResponse:
    """Close an anonymous question: its answers are shown, and it takes no more."""
    retrospective = led(request, pk)
    question = request.POST.get("question", "")
    name = "retro_impact" if question == Question.PULSE else "safety_check"
    return click(
        request,
        retrospective,
        workflow.close_question,
        retrospective=retrospective,
        question=question,
        by=request.user,
        to=reverse(name, args=[pk]),
    )


@require_POST
def session_agenda(request: SignedInRequest, pk: int) -> HttpResponse:
    retrospective = led(request, pk)
    minutes = int(request.POST.get("minutes", "")) if request.POST.get("minutes") in ("30", "60") else 0
    return click(
        request,
        retrospective,
        workflow.plan_agenda,
        retrospective=retrospective,
        by=request.user,
        minutes=minutes,
        to=_back(request, retrospective),
    )


@require_POST
def session_clock(request: SignedInRequest, pk: int) -> HttpResponse:
    retrospective = led(request, pk)
    number = request.POST.get("item", "")
    item = get_object_or_404(retrospective.agenda, pk=number) if is_number(number) else None
    return click(
        request,
        retrospective,
        workflow.run_clock,
        retrospective=retrospective,
        by=request.user,
        do=request.POST.get("do", ""),
        item=item,
        to=_back(request, retrospective),
    )


@require_POST
def retrospective_status(request: SignedInRequest, pk: int) -> HttpResponse:
    """Start or end the session, or take one step back."""
    retrospective = led(request, pk)
    step = STEPS.get(request.POST.get("step", ""))
    if step is None:
        return done(request, retrospective)
    to = _back(request, retrospective)
    if step is workflow.start_session and retrospective.facilitator_id is None:
        to = reverse("retrospective_frame", args=[pk]) + "#id_facilitator"
    return click(request, retrospective, step, retrospective=retrospective, by=request.user, to=to)


@require_http_methods(["GET", "POST"])
def review_start(request: SignedInRequest, pk: int) -> HttpResponse:
    """Into review; asks why where the session or its days to reflect are missing."""
    retrospective = led(request, pk)
    missing = missing_for_review(retrospective)
    form = StartReviewForm(request.POST or None)
    if not missing:
        del form.fields["reason"]
    if submitted(request, form) and attempt(
        form, workflow.start_review, retrospective=retrospective, by=request.user, **form.cleaned_data
    ):
        return done(request, retrospective, to=reverse("retrospective_review", args=[pk]))
    context = {"form": form, "missing": missing}
    return section(request, retrospective, "review", context, template="retros/review_start.html")


def _back(request: SignedInRequest, retrospective: Retrospective) -> str:
    """To the section the button stood on, one of our own addresses."""
    here, page = request.POST.get("here", ""), retrospective.get_absolute_url()
    if here == "present":
        return reverse("presenter", args=[retrospective.pk])
    return f"{page}{here}/" if here in dict(SECTIONS) else page
