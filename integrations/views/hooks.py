"""Where payloads come in. Order: authenticate, cap the size, store, answer; a worker reads."""

import json
from collections.abc import Callable
from http import HTTPStatus
from typing import Any
from uuid import uuid4

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from core.requests import told_length
from integrations.models import LARGEST, Integration
from integrations.senders.pagerduty.parse import faults_of
from integrations.senders.pagerduty_change.parse import faults_of as faults_of_change
from integrations.views.receiving import (
    body_within_limit,
    integration_of_key,
    is_signed,
    key_in_header,
)
from integrations.workflow import receive, refuse


@csrf_exempt
@login_not_required
@require_POST
def hook(request: HttpRequest, key: str = "") -> HttpResponse:
    """Any sender: the key stands in the address, or in a header."""
    integration = integration_of_key(key or key_in_header(request), signs=True)
    if integration is None:
        return _refused(HTTPStatus.UNAUTHORIZED, "This key is not known.")
    if (body := body_within_limit(request, integration, integration.kind)) is None:
        return _refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"At most {LARGEST // 1024} KB.")
    if not is_signed(request, integration, body):
        return _refused(HTTPStatus.UNAUTHORIZED, "The signature is missing or wrong.")
    payload = receive(
        integration=integration, dialect=integration.kind, body=body, headers=dict(request.headers)
    )
    return JsonResponse({"status": "accepted", "id": str(payload.pk)}, status=HTTPStatus.ACCEPTED)


@csrf_exempt
@login_not_required
@require_POST
def pagerduty_enqueue(request: HttpRequest) -> HttpResponse:
    """Events API v2, whose senders need a dedup_key in the answer.

    Source: https://developer.pagerduty.com/docs/events-api-v2/trigger-events/
    """
    event = _event(request, "pagerduty", faults_of)
    if isinstance(event, HttpResponse):
        return event
    integration, body = event
    body["dedup_key"] = body.get("dedup_key") or uuid4().hex
    _store(request, integration, "pagerduty", body)
    told = {"status": "success", "message": "Event processed", "dedup_key": body["dedup_key"]}
    return JsonResponse(told, status=HTTPStatus.ACCEPTED)


@csrf_exempt
@login_not_required
@require_POST
def pagerduty_change_enqueue(request: HttpRequest) -> HttpResponse:
    """Change events, by the same key as the alerts.

    Source: https://developer.pagerduty.com/docs/events-api-v2/send-change-events/
    """
    event = _event(request, "pagerduty_change", faults_of_change)
    if isinstance(event, HttpResponse):
        return event
    _store(request, event[0], "pagerduty_change", event[1])
    told = {"status": "success", "message": "Change event processed"}
    return JsonResponse(told, status=HTTPStatus.ACCEPTED)


def _event(
    request: HttpRequest, dialect: str, told_faults: Callable[[Any], list[str]]
) -> tuple[Integration, dict[str, Any]] | HttpResponse:
    """Whose event it is, and the event without its key; or the answer that refuses it."""
    raw = request.body if told_length(request) <= LARGEST else b""
    if not raw or len(raw) > LARGEST:
        return _invalid_event([f"The body is empty or larger than {LARGEST // 1024} KB"])
    try:
        body: Any = json.loads(raw)
    except (ValueError, RecursionError):
        return _invalid_event(["JSON body is invalid"])
    if not isinstance(body, dict):
        return _invalid_event(["JSON body must be an object"])
    key = body.pop("routing_key", None)
    integration = integration_of_key(str(key or request.headers.get("X-Routing-Key", "")))
    if integration is None:
        return _invalid_event(["'routing_key' is missing or unknown"])
    if faults := told_faults(body):
        refuse(integration=integration, dialect=dialect, size=len(raw), reason="; ".join(faults))
        return _invalid_event(faults)
    return integration, body


def _store(request: HttpRequest, integration: Integration, dialect: str, body: dict[str, Any]) -> None:
    headers = dict(request.headers)
    receive(integration=integration, dialect=dialect, body=json.dumps(body).encode(), headers=headers)


def _refused(status: HTTPStatus, message: str) -> JsonResponse:
    return JsonResponse({"status": "refused", "message": message}, status=status)


def _invalid_event(errors: list[str]) -> JsonResponse:
    told = {"status": "invalid event", "message": "Event object is invalid", "errors": errors}
    return JsonResponse(told, status=HTTPStatus.BAD_REQUEST)
