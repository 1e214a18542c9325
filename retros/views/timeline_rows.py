"""Several rows of a timeline at once, and what is suggested for them."""

from functools import partial
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST

from accounts.requests import SignedInRequest
from incidents.views.common import is_number
from retros import workflow
from retros.models import Retrospective, TimelineEntry
from retros.views.common import done, writers_only
from retros.views.dialogs import pressed
from retros.views.timeline import address

MOST_SELECTED = 200
CHANGES: dict[str, tuple[Any, str]] = {
    "star": (workflow.star_entries, "Starred."),
    "unstar": (partial(workflow.star_entries, is_starred=False), "The stars are removed."),
    "remove": (workflow.remove_entries, "Left out. They are listed below the timeline and can be restored."),
    "restore": (workflow.restore_entries, ""),
    "merge": (workflow.merge_entries, "Merged. The row keeps its sources, and you can separate them again."),
}


@require_POST
@writers_only
def selected_rows(request: SignedInRequest, retrospective: Retrospective) -> HttpResponse:
    """One change for the rows that are selected."""
    verb, message = CHANGES.get(request.POST.get("do", ""), (None, ""))
    if verb is None:
        return done(request, retrospective, to=address(retrospective))
    numbers = [int(number) for number in request.POST.getlist("row")[:MOST_SELECTED] if is_number(number)]
    entries = TimelineEntry.objects.filter(retrospective=retrospective, pk__in=numbers)
    return pressed(
        request,
        verb,
        to=address(retrospective),
        message=message,
        retrospective=retrospective,
        by=request.user,
        entries=list(entries),
    )


@require_POST
@writers_only
def separation(request: SignedInRequest, retrospective: Retrospective, entry: int) -> HttpResponse:
    rows = TimelineEntry.objects.standing().select_related("retrospective")
    row = get_object_or_404(rows, retrospective=retrospective, pk=entry)
    return pressed(request, workflow.separate_entries, to=address(retrospective), entry=row, by=request.user)


@require_POST
@writers_only
def suggestion_answer(request: SignedInRequest, retrospective: Retrospective) -> HttpResponse:
    """Take a suggestion for the timeline, or say that it does not apply."""
    answer = request.POST.get("answer")
    verbs = {"merge": workflow.merge_suggested, "introduced": workflow.mark_introduced}
    return pressed(
        request,
        verbs.get(str(answer), workflow.dismiss_suggestion),
        to=address(retrospective),
        retrospective=retrospective,
        by=request.user,
        key=request.POST.get("key", "")[:2000],
    )
