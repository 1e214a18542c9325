"""Insights: the questions together, one of them in depth, its numbers, and the incidents behind."""

from contextlib import suppress
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.requests import SignedInRequest
from core.responses import csv_answer, in_question
from insights.cohort import Access
from insights.comparing import ENOUGH
from insights.few import NEEDS, TERMS, known_of
from insights.filters import Asked, ask
from insights.measuring import FEW
from insights.panels import Panel
from insights.queries import dots
from insights.questions import ANSWERS, QUESTIONS, left_out
from insights.saved import asked_query, saved_context
from insights.tables import Column, Table
from insights.time_limit import AT_ONCE, TooLong, answer, limited

FIRST = "faster"
LISTED = 100


@require_safe
def insights(request: SignedInRequest) -> HttpResponse:
    """Every question with its answer; with very many incidents each answer follows as soon as it is ready."""
    asked = _asked(request)
    count = asked.scope.count
    told: dict[str, Panel] = {}
    if count <= AT_ONCE:
        told[FIRST] = _answer(request, asked, FIRST)
        with suppress(TooLong), limited():  # else they follow, each with a limit of its own
            others = [key for key in QUESTIONS if key != FIRST]
            told |= {key: ANSWERS[key](asked, request.user.pk, is_deep=False) for key in others}
    panels = [
        {"key": key, "question": question, "panel": told.get(key)} for key, question in QUESTIONS.items()
    ]
    context = _context(request, asked) | {"panels": panels, "count": count, "left_out": left_out(asked)}
    context |= {"needs": NEEDS, "terms": TERMS, "few": FEW, "enough": ENOUGH}
    if count < FEW:
        context["known"] = known = known_of(asked.scope)
        context["start_unknown"] = sum(row.incident.impact_started_at is None for row in known)
    template = "insights/overview.html" + ("#answers" if request.htmx and not request.htmx.boosted else "")
    return render(request, template, context)


@require_safe
def question(request: SignedInRequest, key: str) -> HttpResponse:
    """One question in depth; asked for by the overview, its panel alone."""
    asked = _asked(request, key)
    if request.htmx and not request.htmx.boosted and "panel" in request.GET:
        context = {"item": {"key": key, "panel": _answer(request, asked, key)}, "query": asked_query(request)}
        return render(request, "insights/overview.html#panel", context)
    panel = answer(key, asked, request.user.pk, is_deep=True)
    context = _context(request, asked) | {"panel": panel, "key": key, "left_out": left_out(asked)}
    template = "insights/question.html" + ("#answers" if request.htmx and not request.htmx.boosted else "")
    return render(request, template, context)


@require_safe
def question_csv(request: SignedInRequest, key: str) -> HttpResponse:
    """Every table of the question, one under the other."""
    asked = _asked(request, key)  # 404 where there is no such question
    if page := in_question(request, asked.form, reverse("insights_question", args=[key])):
        return page
    panel = answer(key, asked, request.user.pk, is_deep=True)
    tables = panel.tables or [Table(panel.question, [Column("Question"), Column("Answer")], [panel.said])]
    text = "\r\n".join(table.as_csv() for table in tables)
    return csv_answer(text, f"insights-{key}-{timezone.localdate()}.csv")


@require_safe
def behind(request: SignedInRequest) -> HttpResponse:
    """The incidents that are counted, newest first by pages, with what the chosen metric gives for each."""
    asked = _asked(request)
    pages = Paginator(asked.scope.newest_first().select_related("severity"), LISTED)
    pages.count = asked.scope.count  # counted once, and all of them: the page says how many there are
    page = pages.get_page(request.GET.get("page"))
    known = {dot.number: dot for dot in dots(asked.scope, asked.metric, of=[one.pk for one in page])}
    context = _context(request, asked) | {
        "rows": [(incident, known.get(incident.number)) for incident in page],
        "count": asked.scope.count,
        "page": page,
    }
    template = "insights/behind.html" + ("#answers" if request.htmx and not request.htmx.boosted else "")
    return render(request, template, context)


def _asked(request: SignedInRequest, key: str = FIRST) -> Asked:
    if key not in QUESTIONS:
        raise Http404("No such question.")
    return ask(request.GET, Access.of(request.user))


def _answer(request: SignedInRequest, asked: Asked, key: str) -> Any:
    return answer(key, asked, request.user.pk, is_deep=False)


def _context(request: SignedInRequest, asked: Asked) -> dict[str, Any]:
    context = {"section": "insights", "asked": asked, "form": asked.form, "query": asked.query}
    return context | saved_context(request)
