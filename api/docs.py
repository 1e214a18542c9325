"""The description of the API: as a file, and as pages to read it and try it."""

import json
from functools import cache
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from api.error_help import EXPLAINED
from api.errors import TYPES
from api.openapi import openapi_schema
from api.reference import Section, search, sections

LONGEST_QUESTION = 100


@login_not_required
@require_safe
@cache_control(public=True, max_age=300)
def openapi(request: HttpRequest) -> HttpResponse:
    return HttpResponse(_written(), content_type="application/json")


@cache
def _written() -> bytes:
    """Written once: it is large, and anybody may ask for it."""
    return json.dumps(openapi_schema(), ensure_ascii=False).encode()


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """How to begin, and every tag; with `q` the operations that have these words."""
    question = request.GET.get("q", "")[:LONGEST_QUESTION].strip()
    return _render(
        request, "api/docs.html", question=question, found=search(question), PUBLIC_URL=settings.PUBLIC_URL
    )


@require_safe
def tag_page(request: HttpRequest, tag: str) -> HttpResponse:
    found = _section(tag)
    return _render(request, "api/docs_tag.html", current=found, operations=_operations(tag))


@require_safe
def errors_page(request: HttpRequest) -> HttpResponse:
    errors = [(status, kind, title, *EXPLAINED[kind]) for status, (kind, title) in TYPES.items()]
    return _render(request, "api/docs_errors.html", errors=errors, is_errors=True)


def _section(slug: str) -> Section:
    found = next((one for one in sections() if one.slug == slug), None)
    if found is None:
        raise Http404
    return found


@cache
def _operations(slug: str) -> SafeString:
    """The operations of a tag as HTML. It is the same for everybody and until the program ends."""
    return render_to_string("api/_operations.html", {"section": _section(slug)})


def _render(request: HttpRequest, template: str, **context: Any) -> HttpResponse:
    return render(request, template, {"sections": sections(), "section": "settings", **context})
