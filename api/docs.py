"""The description of the API: as a file, and as a page to read it and try it."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from api.schema import openapi_schema


@login_not_required
@require_safe
@cache_control(public=True, max_age=300)
def openapi(request: HttpRequest) -> JsonResponse:
    return JsonResponse(openapi_schema())


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    return render(request, "api/docs.html", {"schema": openapi_schema(), "section": "api"})
