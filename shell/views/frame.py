"""The frame of every page, and the address that probes ask."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from shell.health import database_answers


@never_cache
@require_safe
def frame(request: HttpRequest) -> HttpResponse:
    """The frame of every page, for open pages that bring their counts and running incidents up to date."""
    return render(request, "_frame.html")


@login_not_required
@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """For probes and load balancers: 200 “ok” while the database answers."""
    if database_answers():
        return HttpResponse("ok", content_type="text/plain")
    return HttpResponse("the database does not answer", status=503, content_type="text/plain")
