"""The retrospective itself: its page, its head, its agenda."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.requests import SignedInRequest
from retros.views.common import facilitation, load, load_read, reading, section, shell


@require_safe
def retrospective_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """Published: the whole of it, to read. Before: how far each section is."""
    copy = load_read(request, pk)
    retrospective = copy.retrospective
    if copy.publication is None:
        incidents = list(retrospective.incidents.select_related("severity"))
        return section(
            request,
            retrospective,
            "overview",
            {
                "incidents": incidents,
                "offers_more": not retrospective.has_incidents,
            }
            | facilitation(request, retrospective),
            template="retros/retrospective_detail.html",
        )
    marks = list(retrospective.reader_marks.values_list("user", flat=True))
    context = {"marks": len(marks), "is_marked": request.user.pk in marks}
    return reading(request, copy, context, "retros/published.html")


@require_safe
def retrospective_head(request: SignedInRequest, pk: int) -> HttpResponse:
    """The sticky head and the list of sections, for screens that were notified of a change."""
    retrospective = load(request, pk)
    return render(request, "retros/_around.html", shell(request, retrospective, request.GET.get("here", "")))


@require_safe
def retrospective_agenda(request: SignedInRequest, pk: int) -> HttpResponse:
    """The agenda alone, with the clock as it stands."""
    retrospective = load(request, pk)
    return render(request, "retros/_agenda.html", shell(request, retrospective, request.GET.get("here", "")))
