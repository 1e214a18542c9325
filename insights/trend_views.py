"""A metric over time: its chart, what is compared, its parts; and the annotations and goals that people add."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.requests import SignedInRequest
from core.responses import csv_answer, in_question, way_back
from incidents.views.common import responders_only
from insights import workflow
from insights.cohort import Access
from insights.definitions import BY_KEY, Metric, short_name
from insights.forms import AnnotationForm, GoalsForm
from insights.models import Annotation
from insights.questions import left_out
from insights.saved import saved_context
from insights.time_limit import AT_ONCE, SECONDS, TooLong, limited, too_long
from insights.trend import compared, parts, read, tables
from insights.trend_filters import TrendAsked, ask_trend


@require_safe
def over_time(request: SignedInRequest) -> HttpResponse:
    """`?part=comparison` and `?part=split` are the parts that follow; `?whole=1` brings them with the page."""
    asked = _asked(request)
    part = request.GET.get("part", "")
    if part in ("comparison", "split") and request.htmx:
        return render(
            request, f"insights/over_time.html#{part}", _part(asked, part) | _common(request, asked)
        )
    try:
        with limited():
            found = read(asked)
            context: dict[str, Any] = {
                "trend": found,
                "table": found.table(),
                "left_out": left_out(asked.asked),
            }
            if found.buckets and found.count:
                context["figure"] = found.figure()
    except TooLong:
        context = {"is_too_long": True, "seconds": SECONDS}
    else:
        if found.of <= AT_ONCE or "whole" in request.GET:
            context |= _part(asked, "comparison") | _part(asked, "split")
    template = "insights/over_time.html" + ("#answers" if request.htmx and not request.htmx.boosted else "")
    return render(request, template, context | _common(request, asked))


@require_safe
def over_time_csv(request: SignedInRequest) -> HttpResponse:
    asked = _asked(request)
    if page := in_question(request, asked.asked.form, reverse("insights_trend")):
        return page
    try:
        with limited():
            found = tables(read(asked))
    except TooLong:
        return too_long(request)
    text = "\r\n".join(table.as_csv() for table in found)
    return csv_answer(text, f"insights-over-time-{timezone.localdate()}.csv")


@require_safe
def annotations(request: SignedInRequest) -> HttpResponse:
    context = {
        "section": "insights",
        "annotations": Annotation.objects.select_related("added_by"),
        "may_change": workflow.can_change_insights(request.user),
        "back": _back(request),
    }
    return render(request, "insights/annotations.html", context)


@require_http_methods(["GET", "POST"])
@responders_only
def annotation_new(request: SignedInRequest) -> HttpResponse:
    form = AnnotationForm(request.POST or None, initial={"day": request.GET.get("day", timezone.localdate())})
    if form.is_valid() and form.submit(workflow.annotate, by=request.user, **form.cleaned_data):
        messages.success(request, "Annotation added. Everyone sees it on the charts over time.")
        return redirect(_back(request))
    return _form_page(request, form, "Add annotation", "Add annotation")


@require_http_methods(["GET", "POST"])
@responders_only
def annotation(request: SignedInRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Annotation, pk=pk)
    form = AnnotationForm(request.POST or None, instance=found)
    if form.is_valid() and form.submit(
        workflow.change_annotation, by=request.user, annotation=found, **form.cleaned_data
    ):
        messages.success(request, "Saved.")
        return redirect(_back(request))
    return _form_page(request, form, "Edit annotation", "Save", annotation=found)


@require_POST
@responders_only
def annotation_deletion(request: SignedInRequest, pk: int) -> HttpResponse:
    workflow.remove_annotation(by=request.user, annotation=get_object_or_404(Annotation, pk=pk))
    messages.success(request, "Deleted.")
    return redirect(_back(request))


@require_http_methods(["GET", "POST"])
@responders_only
def goals(request: SignedInRequest, metric: str) -> HttpResponse:
    found = _metric(metric)
    form = GoalsForm(request.POST or None, metric=found)
    if form.is_valid() and form.submit(
        workflow.set_goals, by=request.user, metric=metric, **form.arguments()
    ):
        messages.success(request, "The goal is saved.")
        return redirect(_back(request))
    hint = "The longest median you want for a month or quarter. Leave a field empty for no goal."
    return _form_page(request, form, f"Goal for {short_name(found).lower()}", "Save", hint=hint)


def _metric(key: str) -> Metric:
    if key not in BY_KEY:
        raise Http404("No such metric.")
    return BY_KEY[key]


def _asked(request: SignedInRequest) -> TrendAsked:
    return ask_trend(request.GET, Access.of(request.user))


def _part(asked: TrendAsked, part: str) -> dict[str, Any]:
    try:
        with limited():
            return {"compared": compared(asked)} if part == "comparison" else {"parts": parts(asked)}
    except TooLong:
        return {f"{part}_too_long": True}


def _common(request: SignedInRequest, asked: TrendAsked) -> dict[str, Any]:
    query = request.GET.copy()
    for name in ("part", "whole"):
        query.pop(name, None)
    words = query.urlencode()
    return {
        "section": "insights",
        "asked": asked.asked,
        "trend_asked": asked,
        "split": asked.split,
        "form": asked.asked.form,
        "query": words,
        "here": f"{reverse('insights_trend')}?{words}",
        "may_change": workflow.can_change_insights(request.user),
        **saved_context(request),
    }


def _back(request: SignedInRequest) -> str:
    asked = request.POST.get("back") or request.GET.get("back", "")
    return way_back(asked, reverse("insights_trend"))


def _form_page(request: SignedInRequest, form: Any, title: str, submit: str, **extra: Any) -> HttpResponse:
    context = {"section": "insights", "form": form, "title": title, "submit": submit, "back": _back(request)}
    return render(request, "insights/form.html", context | extra)
