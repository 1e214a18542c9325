"""How the world is answered: the page it means, with what browsers, caches and programs need to know."""

from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from hashlib import sha256
from http import HTTPStatus
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.http import http_date, quote_etag
from django.views.decorators.http import require_safe

from statuspages.languages import speaking, speaking_english
from statuspages.models import StatusPage
from statuspages.public_routes import HTML, Answer, Missing

# A page may be two seconds late, and is better late than missing while Allclear itself cannot be reached.
CACHING = "public, max-age=2, stale-if-error=86400"
FOR_GOOD = "public, max-age=31536000, immutable"


def page_of(request: HttpRequest, slug: str | None) -> StatusPage:
    """The page of an address, or of the host it was asked for on; 404 where the public has none."""
    pages = StatusPage.objects.open_to_public()
    if slug is None:
        return get_object_or_404(pages, host=host_of(request))
    return get_object_or_404(pages, slug=slug)


def host_of(request: HttpRequest) -> str:
    return host_name(request.get_host())


def host_name(header: str) -> str:
    """The name in a Host header, lower case, without port and without the dot that may end a complete name."""
    return header.rpartition("]")[2].partition(":")[0].lower().rstrip(".")


def public(view: Callable[..., Answer]) -> Callable[..., HttpResponseBase]:
    """A view of a public page: anybody may ask, nothing depends on who does."""

    @login_not_required
    @require_safe
    @wraps(view)
    def wrapped(request: HttpRequest, slug: str | None = None, **kwargs: Any) -> HttpResponseBase:
        try:
            return respond(request, view(page_of(request, slug), **kwargs))
        except Missing as error:
            raise Http404 from error

    wrapped.is_for_all = True  # type: ignore[attr-defined]  # statuspages.answer_cache asks for it
    return wrapped


def respond(request: HttpRequest, answer: Answer) -> HttpResponseBase:
    """The answer, or 304 for whoever has it already."""
    response = HttpResponse(answer.body, content_type=answer.type)
    etag = quote_etag(sha256(answer.body).hexdigest()[:32])
    at = int(answer.changed_at.timestamp())
    response["ETag"], response["Last-Modified"], response["Cache-Control"] = etag, http_date(at), CACHING
    if answer.is_for_good:
        response["Cache-Control"] = FOR_GOOD
    if answer.type != HTML:
        response["Access-Control-Allow-Origin"] = "*"
    return get_conditional_response(request, etag, at, response) or response


def nothing_here(request: HttpRequest, slug: str | None) -> HttpResponse:
    """There is nothing, or nothing any more, at this address; in the language of the page it would be on, if any.

    Needs no database.
    """
    page, top = None, "/"
    with suppress(Http404, OperationalError, InterfaceError):
        page = page_of(request, slug)
        top = "/" if slug is None else reverse("public_index", args=[slug])
    context = {"page": page or {"name": "", "is_open": False}, "top": top}
    with speaking(page) if page else speaking_english():
        html = render_to_string("statuspages/public/missing.html", context)
    return HttpResponse(html, status=HTTPStatus.NOT_FOUND)
