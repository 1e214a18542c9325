"""The board pack as a page, and the monthly mail of it."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.requests import SignedInRequest
from core.responses import refused, refused_or
from insights.cohort import Access
from insights.pack import read_pack, whose
from insights.pack_filters import PACK, PARTS, ask_pack, kept_pack
from insights.report import zone_of
from insights.saved import asked_query, saved_context
from insights.time_limit import AT_ONCE, SECONDS, TooLong, limited
from subscribers.models import ReportEvery, ReportKind, ReportWish
from subscribers.workflow import wish_report


@require_safe
def pack(request: SignedInRequest) -> HttpResponse:
    """`?sheet=1` is the pack alone; `?whole=1` brings it with the page, however long that takes."""
    person = request.user
    asked, parts = ask_pack(request.GET, Access.of(person))
    is_sheet = "sheet" in request.GET and request.htmx
    context: dict[str, Any] = {"asked": asked, "parts": parts, "seconds": SECONDS}
    if is_sheet or "whole" in request.GET or asked.scope.count <= AT_ONCE:
        try:
            with limited():
                context["pack"] = read_pack(person, asked, parts)
        except TooLong:
            context["is_too_long"] = True
    if is_sheet:
        return render(request, "insights/pack.html#sheet", context)
    template = "insights/pack.html" + ("#answers" if request.htmx and not request.htmx.boosted else "")
    return render(request, template, context | _common(request, asked))


@require_POST
def pack_schedule(request: SignedInRequest) -> HttpResponse:
    query = kept_pack(request.POST.get("query", ""))
    asked, _parts = ask_pack(QueryDict(query), Access.of(request.user))
    if asked.missing:
        return refused(request, ValidationError(asked.missing), f"{reverse('insights_pack')}?{query}")
    words = {"every": ReportEvery.MONTH, "query": query, "about": whose(asked), "kind": ReportKind.PACK}
    told = "You get this pack by e-mail on the first of each month."
    return refused_or(request, told, "my_notifications", [], wish_report, by=request.user, **words)


def _common(request: SignedInRequest, asked: Any) -> dict[str, Any]:
    query = asked_query(request)
    kept = kept_pack(query)
    wishes = ReportWish.objects.filter(person=request.user, kind=ReportKind.PACK, query=kept)
    return {
        "section": "insights",
        "form": asked.form,
        "query": query,
        "key": PACK,
        "all_parts": PARTS,
        "wish": wishes.first(),
        "zone": zone_of(request.user),
        **saved_context(request),
    }
