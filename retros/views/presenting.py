"""The session on one shared screen, and who follows it."""

from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from accounts.requests import SignedInRequest
from core.responses import refused
from incidents.views.common import is_number
from retros import workflow
from retros.models import AgendaItem, Question, Retrospective
from retros.presenting import Stage, stage_of
from retros.views.common import click, led, writers_only

STEPS: dict[str, Any] = {
    "present": workflow.present,
    "stop": workflow.stop_presenting,
    "call": workflow.call_everyone,
    "reveal": workflow.reveal_learnings,
    "close_voting": workflow.close_voting,
    "close_safety": partial(workflow.close_question, question=Question.SAFETY_START),
}


@require_safe
def presenter(request: SignedInRequest, pk: int) -> HttpResponse:
    """The part that is on, large; asked for by itself when something has changed."""
    retrospective = led(request, pk)
    template = "retros/present.html" + ("#stage" if request.htmx else "")
    return render(request, template, _context(request, stage_of(retrospective)))


@require_POST
def presentation(request: SignedInRequest, pk: int) -> HttpResponse:
    """Present, stop presenting, call everyone to the part that is on, or show what was hidden until now."""
    retrospective = led(request, pk)
    step = STEPS.get(request.POST.get("step", ""))
    to = reverse("presenter", args=[pk])
    if request.POST.get("step") == "stop":
        to = retrospective.get_absolute_url()
    if step is None:
        return refused(request, ValidationError("There is no such step."), to)
    return click(request, retrospective, step, retrospective=retrospective, by=request.user, to=to)


@require_POST
@writers_only
def part_finished(request: SignedInRequest, retrospective: Retrospective, item: int) -> HttpResponse:
    one = get_object_or_404(AgendaItem, retrospective=retrospective, pk=item)
    is_finished = request.POST.get("finished") != "no"
    to = request.POST.get("here", "")
    back = (
        f"{retrospective.get_absolute_url()}{one.section}/"
        if to == one.section
        else retrospective.get_absolute_url()
    )
    return click(
        request,
        retrospective,
        workflow.finish_part,
        item=one,
        by=request.user,
        is_finished=is_finished,
        to=back,
    )


@require_POST
@writers_only
def facilitation(request: SignedInRequest, retrospective: Retrospective) -> HttpResponse:
    """Take it, or hand it `to` somebody who takes part."""
    to = request.POST.get("to", "")
    person = get_object_or_404(User, pk=int(to)) if is_number(to) else request.user
    verb: Any = workflow.take_facilitation
    if person != request.user:
        verb = partial(workflow.hand_over_facilitation, to=person)
    back = retrospective.get_absolute_url()
    return click(request, retrospective, verb, retrospective=retrospective, by=request.user, to=back)


def _context(request: SignedInRequest, stage: Stage) -> dict[str, Any]:
    return {
        "retrospective": stage.retrospective,
        "stage": stage,
        "section": "retrospectives",
        "may_facilitate": True,
    }
