"""Insights as PDF: asked for by a person, made by a worker as that person sees them."""

from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import ProhibitNullCharactersValidator
from django.db import transaction
from django.http import QueryDict
from django.template.loader import get_template, render_to_string
from django.utils import timezone

from accounts.models import Installation, User
from core.requested_files import ask, make_next
from figures.paper import for_paper
from insights.models import InsightsPdf
from insights.pack import pack_of
from insights.pack_filters import PACK
from insights.panels import Panel
from insights.questions import ANSWERS, QUESTIONS, left_out
from insights.report import about, asked_by, zone_of
from notifications.workflow import wake_worker
from retros.pdf import make_pdf

MAKE = "insights.tasks.make_waiting_pdfs"


@transaction.atomic
def ask_for_insights_pdf(*, by: User, key: str = "", query: str = "") -> InsightsPdf:
    """One that is being made for the same person is taken again."""
    if key and key not in {*QUESTIONS, PACK}:
        raise ValidationError("There is no such question.")
    if len(query) > 500:
        raise ValidationError("These are more filters than an address can have.")
    ProhibitNullCharactersValidator()(query)
    found, _is_new = ask(InsightsPdf, partial(wake_worker, MAKE), by=by, key=key, query=query)
    return found


def make_next_pdf() -> bool:
    """Make the oldest that waits; False when none does."""
    return make_next(InsightsPdf, _make, "asked_by")


def _make(asked_for: InsightsPdf) -> tuple[str, bytes, str]:
    if not asked_for.asked_by.is_active:
        raise RuntimeError("The person who asked for it no longer has an account.")
    return f"insights-{asked_for.key or 'overview'}-{timezone.localdate()}.pdf", *make_pdf(page_of(asked_for))


def page_of(asked_for: InsightsPdf) -> str:
    """What is printed, in the days and within the reach of whoever asked."""
    person, key = asked_for.asked_by, asked_for.key
    if key == PACK:
        return _page_of_pack(person, asked_for.query)
    with timezone.override(zone_of(person)):
        asked = asked_by(person, QueryDict(asked_for.query))
        panels = [ANSWERS[k](asked, person.pk, is_deep=bool(key)) for k in ([key] if key else QUESTIONS)]
        context = {
            "title": QUESTIONS[key] if key else "Insights",
            "organisation": Installation.get(),
            "asked": asked,
            "about": about(asked),
            "left_out": " · ".join(filter(None, (asked.missing, left_out(asked)))),
            "person": person,
            "zone": zone_of(person),
            "now": timezone.now(),
            "is_deep": bool(key),
            "answers": [_printed(panel) for panel in panels],
        }
        return render_to_string("insights/export/page.html", context)


def _page_of_pack(person: User, query: str) -> str:
    with timezone.override(zone_of(person)):
        pack = pack_of(person, query=query)
        style = get_template("insights/export/figure.css").render()
        drawn = get_template("retros/export/figure.css").render() + style
        context = {
            "pack": pack,
            "person": person,
            "zone": zone_of(person),
            "now": timezone.now(),
            "chart": for_paper(pack.trend.figure(), drawn) if pack.trend and pack.trend.count else "",
            "answers": [_printed(panel) for panel in pack.panels],
        }
        return render_to_string("insights/export/pack.html", context)


def _printed(panel: Panel) -> dict[str, Any]:
    """Its drawings with their colours inside: what draws a PDF knows no style sheet of a page."""
    own = get_template("insights/export/figure.css").render()
    style = get_template("retros/export/figure.css").render() + own
    return {
        "panel": panel,
        "figure": for_paper(panel.figure, style),
        "bars": [(row, for_paper(row.bar, own)) for row in panel.bars],
        "figures": [(figure, for_paper(figure.svg, style)) for figure in panel.figures],
    }
