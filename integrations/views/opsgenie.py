"""The Alert API of Opsgenie and Jira Service Management, so that only a host name changes in what sends to them.

What changes an alert is stored and answered 202, as there; `GET …/requests/<id>` answers from the stored payload.
Source: https://docs.opsgenie.com/docs/alert-api
"""

import json
import time
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any
from uuid import UUID, uuid4

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from alerts.models import MOST_WORDS, Alert, AlertState
from integrations.models import Integration, Payload, PayloadState
from integrations.senders.base import UnreadableError, an_object, read_json, text_of
from integrations.senders.opsgenie.parse import LONGEST_ALIAS, PRIORITIES
from integrations.views.receiving import body_within_limit, integration_of_key, key_in_header
from integrations.workflow import receive, refuse

DIALECT = "opsgenie"
MOST_LISTED, LISTED = 100, 20
FURTHEST = 20_000  # as there
NOT_KNOWN = "Request not found. It might not be processed, yet."
NOT_PROCESSABLE = "Request body is not processable. Please check the errors."
STATUSES = {
    "open": (AlertState.FIRING, AlertState.ACKNOWLEDGED),
    "acknowledged": (AlertState.ACKNOWLEDGED,),
    "unacknowledged": (AlertState.FIRING,),
    "closed": (AlertState.RESOLVED,),
}

type Answer = tuple[HTTPStatus, dict[str, Any]]


def with_key(view: Callable[..., Answer]) -> Callable[..., HttpResponse]:
    """The view gets the integration of `Authorization: GenieKey <key>`, without which it is never called.

    Every answer has `took` in seconds and a `requestId`, as there.
    """

    @csrf_exempt
    @login_not_required
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        began = time.monotonic()
        integration = integration_of_key(key_in_header(request))
        status, told = HTTPStatus.UNAUTHORIZED, {"message": "Could not authenticate"}
        if integration is not None and request.method in ("GET", "HEAD") and integration.kind != DIALECT:
            integration = None  # a key that only sends reads nothing
        if integration is not None:
            status, told = view(request, integration, *args, **kwargs)
        took = round(time.monotonic() - began, 3)
        return JsonResponse({"took": took, "requestId": str(uuid4())} | told, status=status)

    return guarded


@require_http_methods(["GET", "POST"])
@with_key
def alerts(request: HttpRequest, integration: Integration) -> Answer:
    """Create an alert, or list those of this integration."""
    if request.method == "GET":
        return _list(request, integration)
    return _act(request, integration, "create", "")


@require_safe
@with_key
def count(request: HttpRequest, integration: Integration) -> Answer:
    return HTTPStatus.OK, {"data": {"count": _asked(request, integration).count()}}


@require_safe
@with_key
def request_status(request: HttpRequest, integration: Integration, request_id: str) -> Answer:
    """What became of a request. SDKs ask until it is processed."""
    pk = _number(request_id)
    payload = integration.payloads.filter(dialect=DIALECT, pk=pk).first() if pk else None
    if payload is None or payload.state in (PayloadState.WAITING, PayloadState.PAUSED):
        return HTTPStatus.NOT_FOUND, {"message": NOT_KNOWN}
    action, alias = _stored(payload)
    alert = Alert.objects.of_key(integration, alias).first()
    is_success = payload.state == PayloadState.PROCESSED
    data = {
        "success": is_success,
        "isSuccess": is_success,
        "action": action.capitalize(),
        "processedAt": _time(payload.processed_at),
        "integrationId": str(UUID(int=integration.pk)),
        "status": payload.outcome,
        "alertId": str(UUID(int=alert.pk)) if alert else "",
        "alias": alias,
    }
    return HTTPStatus.OK, {"data": data}


@require_http_methods(["GET", "DELETE", "PATCH"])
@with_key
def alert(request: HttpRequest, integration: Integration, identifier: str) -> Answer:
    """Read one alert. Changing its fields and deleting it is stored and changes nothing."""
    if request.method != "GET":
        return _act(request, integration, str(request.method).lower(), identifier)
    found = _found(request, integration, identifier)
    if found is None:
        return HTTPStatus.NOT_FOUND, {"message": "Alert does not exist"}
    extra = {"description": found.description, "details": found.labels, "entity": found.source, "actions": []}
    return HTTPStatus.OK, {"data": _shown(found, integration) | extra}


@require_http_methods(["POST", "PUT", "DELETE"])
@with_key
def alert_action(request: HttpRequest, integration: Integration, identifier: str, action: str) -> Answer:
    """Close, acknowledge, unacknowledge. Notes, tags and the like are stored and change no state."""
    return _act(request, integration, action, identifier)


@require_http_methods(["GET", "POST"])
@with_key
def ping(request: HttpRequest, integration: Integration, heartbeat: str) -> Answer:
    """A heartbeat is an integration of its own here, found by its name.

    Source: https://docs.opsgenie.com/docs/heartbeat-api
    """
    found = Integration.objects.filter(kind="heartbeat", name__iexact=heartbeat).first()
    if found is None or (integration.kind != DIALECT and integration.pk != found.pk):
        return HTTPStatus.NOT_FOUND, {"message": f"Heartbeat with name [{heartbeat[:80]}] does not exist"}
    if (body := body_within_limit(request, found, found.kind)) is None:
        return HTTPStatus.REQUEST_ENTITY_TOO_LARGE, {"message": "Request entity is too large."}
    receive(integration=found, dialect=found.kind, body=body, headers=dict(request.headers))
    return HTTPStatus.ACCEPTED, {"result": "PONG - Heartbeat received"}


def _act(request: HttpRequest, integration: Integration, action: str, identifier: str) -> Answer:
    raw = body_within_limit(request, integration, DIALECT)
    if raw is None:
        return HTTPStatus.REQUEST_ENTITY_TOO_LARGE, {"message": "Request entity is too large."}
    try:
        body = json.loads(raw) if raw.strip() else {}
    except (ValueError, RecursionError):
        return _not_processable(integration, len(raw), {"body": "The body is no JSON."})
    if not isinstance(body, dict):
        return _not_processable(integration, len(raw), {"body": "The body is no JSON object."})
    if action == "create":
        if faults := _faults_of(body):
            return _not_processable(integration, len(raw), faults)
        alias = text_of(body.get("alias")) or str(uuid4())
    else:
        found = _found(request, integration, identifier)
        # Its creation may still wait for a worker, which reads in the order of arrival.
        alias = found.dedup_key if found else identifier[:LONGEST_ALIAS]
    stored = {"action": action, "alias": alias, "body": body}
    payload = receive(
        integration=integration,
        dialect=DIALECT,
        body=json.dumps(stored).encode(),
        headers=dict(request.headers),
    )
    told = {"result": "Request will be processed", "requestId": str(UUID(int=payload.pk))}
    return HTTPStatus.ACCEPTED, told


def _stored(payload: Payload) -> tuple[str, str]:
    """The action and the alias of a stored request. One that came to `/hooks/` may have neither."""
    try:
        stored = an_object(read_json(bytes(payload.body)))
    except UnreadableError:
        return "create", ""
    return text_of(stored.get("action")) or "create", text_of(stored.get("alias"))


def _faults_of(body: dict[str, Any]) -> dict[str, str]:
    """What Opsgenie would refuse of a new alert, by field."""
    faults = {}
    if not text_of(body.get("message")):
        faults["message"] = "Message can not be empty."
    if len(text_of(body.get("alias"))) > LONGEST_ALIAS:
        faults["alias"] = f"Alias can have at most {LONGEST_ALIAS} characters."
    if body.get("priority") not in (None, *PRIORITIES):
        faults["priority"] = f"Priority should be one of {', '.join(PRIORITIES)}."
    return faults


def _not_processable(integration: Integration, size: int, errors: dict[str, str]) -> Answer:
    refuse(integration=integration, dialect=DIALECT, size=size, reason=f"422, {' '.join(errors.values())}")
    return HTTPStatus.UNPROCESSABLE_ENTITY, {"message": NOT_PROCESSABLE, "errors": errors}


def _found(request: HttpRequest, integration: Integration, identifier: str) -> Alert | None:
    """By `identifierType`: the id that we told, its short form, or the sender's alias."""
    kind = request.GET.get("identifierType", "id")
    rows = Alert.objects.with_places().filter(integration=integration)
    if request.method == "GET":
        rows = rows.exclude(incident__is_private=True)
    if kind == "alias":
        return rows.of_key(integration, identifier).first()
    number = _number(identifier) if kind == "id" else _short_number(identifier)
    return rows.filter(pk=number).first() if number else None


def _asked(request: HttpRequest, integration: Integration) -> Any:
    """Alerts of this integration, narrowed by `status:` and `alias:` in `query`. Other words narrow nothing."""
    rows = Alert.objects.filter(integration=integration).exclude(incident__is_private=True)
    for word in request.GET.get("query", "").replace("=", ":").split()[:MOST_WORDS]:
        name, _, value = word.partition(":")
        if name == "status" and value in STATUSES:
            rows = rows.filter(state__in=STATUSES[value])
        elif name == "alias" and value:
            rows = rows.filter(dedup_key=value.strip('"'))
    return rows


def _list(request: HttpRequest, integration: Integration) -> Answer:
    limit = min(_whole(request.GET.get("limit"), LISTED), MOST_LISTED)
    offset = min(_whole(request.GET.get("offset"), 0), FURTHEST)
    direction = "" if request.GET.get("order") == "asc" else "-"
    field = "last_seen_at" if request.GET.get("sort") == "updatedAt" else "first_seen_at"
    rows = _asked(request, integration).order_by(f"{direction}{field}", f"{direction}pk")
    shown = [_shown(one, integration) for one in rows[offset : offset + limit]]
    first = request.build_absolute_uri(f"{request.path}?limit={limit}&offset=0")
    return HTTPStatus.OK, {"data": shown, "paging": {"first": first}}


def _shown(alert: Alert, integration: Integration) -> dict[str, Any]:
    """An alert in the words of Opsgenie."""
    return {
        "id": str(UUID(int=alert.pk)),
        "tinyId": str(alert.pk),
        "alias": alert.dedup_key,
        "message": alert.title,
        "status": "open" if alert.is_open else "closed",
        "acknowledged": alert.state == AlertState.ACKNOWLEDGED,
        "isSeen": alert.state == AlertState.ACKNOWLEDGED,
        "snoozed": False,
        "count": alert.occurrences,
        "tags": [tag for tag in alert.labels.get("tags", "").split(", ") if tag],
        "priority": alert.severity if alert.severity in PRIORITIES else "P3",
        "source": alert.source,
        "owner": "",
        "responders": [],
        "createdAt": _time(alert.first_seen_at),
        "updatedAt": _time(alert.last_seen_at),
        "lastOccurredAt": _time(alert.last_seen_at),
        "integration": {"id": str(UUID(int=integration.pk)), "name": integration.name, "type": "API"},
    }


def _time(moment: Any) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z") if moment else ""


def _number(text: str) -> int:
    """The number in an id that we told; 0 for any other text."""
    try:
        number = UUID(text).int
    except ValueError:
        return 0
    return number if number < 2**63 else 0


def _short_number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


def _whole(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 8 else otherwise
