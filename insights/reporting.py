"""What is taken away from Insights: the report, by mail and as a page equal to it, and PDFs."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.requests import SignedInRequest
from core.requested_files import file_answer
from core.responses import refused_or
from insights.models import InsightsPdf
from insights.pack_filters import PACK
from insights.pdf import ask_for_insights_pdf
from insights.questions import QUESTIONS
from insights.report import PERIOD, kept, latest, report_for, report_of, zone_of
from retros import pdf
from subscribers.models import ReportEvery, ReportKind, ReportWish
from subscribers.workflow import end_report, wish_report


@require_http_methods(["GET", "POST"])
def insights_report(request: SignedInRequest) -> HttpResponse:
    """GET: of the period the address asks for, else the last week or month, with its filters. POST: have it mailed."""
    person, asked = request.user, request.POST if request.method == "POST" else request.GET
    every = ReportEvery.MONTH if asked.get("every") == ReportEvery.MONTH else ReportEvery.WEEK
    query = kept(request.POST.get("query", "") if request.method == "POST" else request.GET.urlencode())
    if request.method == "GET" and "every" not in asked and any(map(asked.get, PERIOD)):
        report = report_of(person, query=asked.urlencode())
    else:
        report = report_for(person, every=every, query=query, day=latest(person, every, timezone.now()))
    if request.method == "POST":
        words = {"every": every, "query": query, "about": report.about}
        told = f"You get it by e-mail {every.label.lower()}."
        return refused_or(request, told, "my_notifications", [], wish_report, by=person, **words)
    context = {
        "section": "insights",
        "report": report,
        "query": query,
        "choices": ReportEvery.choices,
        "wish": ReportWish.objects.filter(
            person=person, kind=ReportKind.REPORT, every=every, query=query
        ).first(),
        "zone": zone_of(person),
    }
    return render(request, "insights/report.html", context)


@require_POST
def insights_report_ending(request: SignedInRequest, pk: int) -> HttpResponse:
    end_report(wish=get_object_or_404(ReportWish, pk=pk, person=request.user), by=request.user)
    messages.success(request, "Stopped. You no longer get this report.")
    return redirect("my_notifications")


@require_POST
def insights_pdfs(request: SignedInRequest) -> HttpResponse:
    """Ask for one of all questions, or of one in depth."""
    key, query = request.POST.get("key", ""), request.POST.get("query", "")
    try:
        found = ask_for_insights_pdf(by=request.user, key=key, query=query)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
        return redirect("insights")
    return redirect("insights_pdf", found.pk)


@never_cache
@require_safe
def insights_pdf(request: SignedInRequest, pk: int) -> HttpResponse:
    """How far it is; the page asks again by itself until it is ready."""
    found = get_object_or_404(InsightsPdf, pk=pk, asked_by=request.user)
    context = {
        "section": "insights",
        "export": found,
        "question": "Board pack" if found.key == PACK else QUESTIONS.get(found.key, "Insights"),
        "back": f"{_page(found.key)}?{found.query}",
        "can_make": pdf.is_available(),
        "missing": pdf.MISSING,
    }
    response = render(request, "insights/pdf.html", context)
    if found.is_waiting and context["can_make"]:
        response["Refresh"] = "3"
    return response


def _page(key: str) -> str:
    if key == PACK:
        return reverse("insights_pack")
    return reverse("insights_question", args=[key]) if key else reverse("insights")


@require_safe
def insights_pdf_file(request: SignedInRequest, pk: int) -> FileResponse:
    return file_answer(get_object_or_404(InsightsPdf, pk=pk, asked_by=request.user), "application/pdf")
