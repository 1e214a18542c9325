"""A draft of a status update: the facts it rests on, and what it lacks. Nothing is kept."""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from rest_framework.exceptions import APIException

from accounts.models import ApiToken
from api.errors import answer_error
from api.registry import OPERATIONS, Call
from api.running import run_operation
from api.shapes.base import in_shape
from api.shapes.incidents import IncidentShape, UpdateDueShape
from api.shapes.status_updates import StatusUpdateShape

SHOWN = 2
REFUSALS = (APIException, ValidationError, PermissionDenied)


def draft_update(call: Call, arguments: dict[str, Any]) -> dict[str, Any]:
    incident, user = call["incident"], call.user
    updates = StatusUpdateShape.rows(user).filter(incident=incident).order_by(*StatusUpdateShape.order)
    due = UpdateDueShape.rows(user).filter(incident=incident)
    return {
        "incident": in_shape(IncidentShape, IncidentShape.again(user, incident), call),
        "last_updates": in_shape(StatusUpdateShape, updates[:SHOWN], call, many=True),
        "updates_due": in_shape(UpdateDueShape, due, call, many=True),
        "draft": {name: value for name, value in arguments.items() if name != "incident"},
        "lacking": _lacking(call, arguments),
    }


def _lacking(call: Call, arguments: dict[str, Any]) -> list[str]:
    """What would be refused if the draft were sent: it is tried and taken back."""
    said = {name: value for name, value in arguments.items() if name != "incident"}
    if not said:
        return ["Write what is known (“known”), what is not (“unknown”) and what is being done (“doing”)."]
    operation = next(one for one in OPERATIONS if one.name == "post_status_update")
    token: ApiToken | None = call.token
    if token is None or not token.allows(operation.scope):
        return ["This token may not send updates, so it was not tried whether the draft is complete."]
    trial = Call(call.request, operation, call.raw)
    trial.records = dict(call.records)
    try:
        with transaction.atomic():
            body = operation.body(data=said, context={"call": trial})  # type: ignore[misc]  # it has one
            body.is_valid(raise_exception=True)
            trial.data = dict(body.validated_data)
            run_operation(trial)
            transaction.set_rollback(True)
    except REFUSALS as refusal:
        return _sentences(refusal)
    return []


def _sentences(refusal: Exception) -> list[str]:
    response = answer_error(refusal, {})
    assert response is not None
    errors = response.data.get("errors", [])
    return [f"{one['pointer'].strip('/')}: {one['detail']}" for one in errors] or [response.data["detail"]]
