"""The retrospective itself: its page, its head, the list."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.requests import SignedInRequest
from retros.models import Retrospective
from retros.views.common import load, section, shell


@require_safe
def retrospective_list(request: SignedInRequest) -> HttpResponse:
    rows = Retrospective.objects.visible_to(request.user).select_related("owner", "incident")
    return render(request, "retros/list.html", {"retrospectives": rows, "section": "retrospectives"})


@require_safe
def retrospective_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    return section(request, load(request, pk), "overview", {}, template="retros/retrospective_detail.html")


@require_safe
def retrospective_head(request: SignedInRequest, pk: int) -> HttpResponse:
    """The sticky head alone, for screens that heard it has changed."""
    retrospective = load(request, pk)
    return render(request, "retros/_head.html", shell(request, retrospective, request.GET.get("here", "")))
