"""What every way to an operation does: ask the scope, find the records of the address, run it."""

from typing import Any, cast

from django.core.exceptions import ValidationError as Refusal
from django.db import DataError, IntegrityError
from rest_framework.exceptions import NotAuthenticated
from rest_framework.exceptions import PermissionDenied as Forbidden
from rest_framework.request import Request

from accounts.models import ApiToken
from api.errors import Malformed, StateConflict
from api.registry import PARTS, Call, Operation
from core.conflict import is_taken

TAKEN = (
    "Somebody stored the same at this moment, such as the same name. Read it again before you repeat this."
)


def admit(request: Request, operation: Operation) -> None:
    if not request.user.is_authenticated:
        raise NotAuthenticated("Send a token: Authorization: Bearer alc_…")
    token = cast(ApiToken | None, request.auth)
    if token is not None and operation.scope and not token.allows(operation.scope):
        raise Forbidden(f"This token lacks the scope “{operation.scope}”.")


def load_root(call: Call) -> None:
    """The first part alone, such as the incident: the others may be gone by what the operation did."""
    _load(call, call.operation.parts[:1])


def load_parts(call: Call) -> None:
    _load(call, call.operation.parts)


def _load(call: Call, names: list[str]) -> None:
    for name in names:
        call.records[name] = PARTS[name].load(call, call.raw[name])


def run_operation(call: Call) -> Any:
    """A verb names what it refuses by its own parameters; the caller knows the fields of the body."""
    try:
        return call.operation.run(call)
    except Refusal as refusal:
        if not hasattr(refusal, "error_dict") or call.operation.body is None:
            raise
        fields = call.operation.body().fields
        names = {field.source or name: name for name, field in fields.items()}
        raise Refusal({names.get(k, k): errors for k, errors in refusal.error_dict.items()}) from refusal
    except DataError as fault:
        raise Malformed("A value is too large to be stored.") from fault
    except IntegrityError as fault:
        if not is_taken(fault):
            raise
        raise StateConflict(TAKEN) from fault
