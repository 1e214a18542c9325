"""Answers to a request that failed."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views import defaults
from psycopg2.errors import QueryCanceled

from core.time_limit import TimeLimitExceededError
from statuspages.views.subscribing import subscription_too_old


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    if request.headers.get("HX-Request"):  # a page older than the last sign-in; frontend/dialogs.js has words
        return HttpResponse(status=401)
    match = request.resolver_match
    if match and match.url_name == "subscription":  # of a status page, in the page's language
        return subscription_too_old(request, **match.kwargs)
    return render(request, "403_csrf.html", status=403)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400; below /api/ as problem+json, since what refused it came before the API's own views."""
    if not request.path_info.startswith("/api/"):
        return defaults.bad_request(request, exception)
    problem = {
        "type": "/api/v1/docs/errors#malformed",
        "title": "The request could not be read",
        "status": 400,
        "detail": str(exception),
    }
    return JsonResponse(problem, status=400, content_type="application/problem+json")


def server_error(request: HttpRequest) -> HttpResponse:
    """500, or 503 while the database is away or where the request took too long. Uses neither database nor
    session: either may be what failed."""
    error = sys.exc_info()[1]
    is_late = isinstance(error, TimeLimitExceededError) or isinstance(
        getattr(error, "__cause__", None), QueryCanceled
    )
    is_away = not is_late and isinstance(error, OperationalError | InterfaceError)
    page = render_to_string("500.html", {"is_away": is_away, "is_late": is_late})
    if is_away:
        return HttpResponse(page, status=503, headers={"Retry-After": "5"})
    return HttpResponse(page, status=503 if is_late else 500)
