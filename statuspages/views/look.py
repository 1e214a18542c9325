"""The logo and the accent colour of a page: chosen by administrators, read by whoever may read the page."""

from collections.abc import Callable

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.requests import SignedInRequest
from core.permissions import administrators_only
from statuspages import public_routes, workflow
from statuspages.forms import LookForm
from statuspages.models import StatusPage
from statuspages.views.common import form_page, load, saved


@require_http_methods(["GET", "POST"])
@administrators_only
def page_look(request: SignedInRequest, slug: str) -> HttpResponse:
    """What is chosen is shown in both themes before it is saved; for htmx the preview alone."""
    page = load(request, slug)
    form = LookForm(request.POST or None, request.FILES or None, page=page)
    is_valid, is_preview = form.is_valid(), "preview" in request.POST
    if (
        is_valid
        and not is_preview
        and form.submit(workflow.keep_look, **form.arguments(), by=request.user, page=page)
    ):
        return saved(request, "The logo and the colour are saved.", "status_page", slug)
    if is_preview and request.htmx:
        return render(request, "statuspages/_look.html", {"form": form, "page": page})
    back = reverse("status_page", args=[slug])
    template = "statuspages/look.html"
    return form_page(
        request, "Logo and colour", "Save logo and colour", back, template=template, form=form, page=page
    )


@require_safe
def shown_style(request: SignedInRequest, slug: str, version: str) -> HttpResponse:
    return _inside(public_routes.style, load(request, slug), version)


@require_safe
def shown_logo(request: SignedInRequest, slug: str, version: str) -> HttpResponse:
    return _inside(public_routes.logo, load(request, slug), version)


def _inside(
    part: Callable[[StatusPage, str], public_routes.Answer], page: StatusPage, version: str
) -> HttpResponse:
    """For people who may read the page: no shared cache keeps it."""
    try:
        answer = part(page, version)
    except public_routes.Missing as error:
        raise Http404 from error
    return HttpResponse(
        answer.body, content_type=answer.type, headers={"Cache-Control": "private, max-age=86400"}
    )
