"""Pages of Insights with their filters, kept under a name."""

from functools import cache
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import is_valid_path, reverse
from django.views.decorators.http import require_POST

from accounts.requests import SignedInRequest
from core.kept_queries import SOMEBODY, Kept, keep
from incidents.models import SavedView
from incidents.workflow import save_view

PARTS_OF_PAGES = ("panel", "sheet", "whole")


@require_POST
def insights_views(request: SignedInRequest) -> HttpResponse:
    """Keep a page of Insights with its filters; any other address is the first page."""
    home = reverse("insights")
    path, query = request.POST.get("path", ""), request.POST.get("query", "")
    path = path if _is_page(path) else home
    try:
        view = save_view(
            by=request.user,
            name=request.POST.get("name", "")[:60],
            query=query,
            path=path,
        )
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
        return redirect(f"{path}?{query}")
    messages.success(request, f"“{view}” is saved.")
    return redirect(view)


def _is_page(path: str) -> bool:
    """One of Insights; “/insights/../” is none, though it begins like one."""
    return path.startswith(reverse("insights")) and len(path) <= 200 and bool(is_valid_path(path))


def saved_context(request: SignedInRequest) -> dict[str, Any]:
    """What the menu of saved views shows on this page."""
    views = _views().rows({SOMEBODY: request.user.pk})
    query = asked_query(request)
    here = next((view for view in views if (view.path, view.query) == (request.path, query)), None)
    return {"saved_views": views, "saved_here": here, "save_path": request.path, "save_query": query}


@cache
def _views() -> Kept[SavedView]:
    return keep(SavedView.objects.of_insights().filter(person=SOMEBODY))


def asked_query(request: SignedInRequest) -> str:
    """What the address asks, without which part of the page is to be answered."""
    values = request.GET.copy()
    for name in PARTS_OF_PAGES:
        values.pop(name, None)
    return values.urlencode()
