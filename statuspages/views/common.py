"""Loading what a person may work on, and the two forms of answer these pages give."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from accounts.requests import SignedInRequest
from core.forms import Styled
from statuspages.models import StatusPage
from statuspages.permissions import can_announce


def load(request: SignedInRequest, slug: str) -> StatusPage:
    """The page, or 404 for whom it does not exist: drafts are only there for responders."""
    pages = StatusPage.objects.shown_inside(drafts=request.user.is_responder)
    return get_object_or_404(pages, slug=slug)


def load_to_work(request: SignedInRequest, slug: str) -> StatusPage:
    """As `load`, and 403 for whom may read it only."""
    page = load(request, slug)
    if not can_announce(request.user):
        raise PermissionDenied("Only responders can work on status pages.")
    return page


def form_page(
    request: SignedInRequest,
    title: str,
    submit: str,
    back: str,
    *,
    form: Styled,
    template: str = "statuspages/form.html",
    **context: Any,
) -> HttpResponse:
    status = form.answer_status(is_part=False)
    context |= {"form": form, "title": title, "submit": submit, "back": back, "section": "status_pages"}
    return render(request, template, context, status=status)


def saved(request: SignedInRequest, words: str, to: str, *args: Any) -> HttpResponse:
    messages.success(request, words)
    return redirect(to, *args)
