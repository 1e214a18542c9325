"""The report as a page, equal to the mail, and whether one gets it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.requests import SignedInRequest
from accounts.views.answers import refused_or
from insights.report import kept, latest, report_for, zone_of
from subscribers.models import ReportEvery, ReportWish
from subscribers.workflow import end_report, wish_report


@require_http_methods(["GET", "POST"])
def insights_report(request: SignedInRequest) -> HttpResponse:
    """GET: the last one, with the filters of the address. POST: have it mailed."""
    person, asked = request.user, request.POST if request.method == "POST" else request.GET
    every = asked.get("every") if asked.get("every") in ReportEvery.values else ReportEvery.WEEK.value
    query = kept(request.POST.get("query", "") if request.method == "POST" else request.GET.urlencode())
    report = report_for(person, every=str(every), query=query, day=latest(person, str(every), timezone.now()))
    if request.method == "POST":
        words = {"every": every, "query": query, "about": report.about}
        told = f"You get it by e-mail {ReportEvery(every).label.lower()}."
        return refused_or(request, told, "my_notifications", [], wish_report, by=person, **words)
    context = {
        "section": "insights",
        "report": report,
        "query": query,
        "choices": ReportEvery.choices,
        "wish": ReportWish.objects.filter(person=person, every=every, query=query).first(),
        "zone": zone_of(person),
    }
    return render(request, "insights/report.html", context)


@require_POST
def insights_report_ending(request: SignedInRequest, pk: int) -> HttpResponse:
    end_report(wish=get_object_or_404(ReportWish, pk=pk, person=request.user), by=request.user)
    messages.success(request, "Stopped. You get it no more.")
    return redirect("my_notifications")
