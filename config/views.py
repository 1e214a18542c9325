"""Answers to a request that failed."""

import sys

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views import defaults
from psycopg2.errors import QueryCanceled

from api.errors import TYPES
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
    if not _is_api(request):
        return defaults.bad_request(request, exception)
    if isinstance(exception, RequestDataTooBig):
        return _problem(
            413, f"The body is larger than {settings.DATA_UPLOAD_MAX_MEMORY_SIZE // 1_000_000} MB."
        )
    if isinstance(exception, TooManyFieldsSent | TooManyFilesSent):
        return _problem(400, "There are too many parameters, fields or files.")
    return _problem(400, str(exception))


def _is_api(request: HttpRequest) -> bool:
    return request.path_info.startswith("/api/")


def _problem(status: int, detail: str, **headers: str) -> HttpResponse:
    kind, title = TYPES[status]
    problem = {"type": f"/api/v1/docs/errors#{kind}", "title": title, "status": status, "detail": detail}
    return JsonResponse(problem, status=status, content_type="application/problem+json", headers=headers)


def server_error(request: HttpRequest) -> HttpResponse:
    """500, or 503 while the database is away or where the request took too long. Uses neither database nor
    session: either may be what failed."""
    error = sys.exc_info()[1]
    is_late = isinstance(error, TimeLimitExceededError) or isinstance(
        getattr(error, "__cause__", None), QueryCanceled
    )
    is_away = not is_late and isinstance(error, OperationalError | InterfaceError)
    if _is_api(request):
        return _failed_call(is_away=is_away, is_late=is_late)
    page = render_to_string("500.html", {"is_away": is_away, "is_late": is_late})
    if is_away:
        return HttpResponse(page, status=503, headers={"Retry-After": "5"})
    return HttpResponse(page, status=503 if is_late else 500)


def _failed_call(*, is_away: bool, is_late: bool) -> HttpResponse:
    if is_away:
        return _problem(503, "The database is away. Try again in a few seconds.", **{"Retry-After": "5"})
    if is_late:
        return _problem(503, "The answer takes too long. Ask for less at once.")
    return _problem(500, "Something went wrong in Allclear. It was logged.")
