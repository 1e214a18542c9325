"""Every refusal as application/problem+json (RFC 9457), with the field it is about."""

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ObjectDoesNotExist, PermissionDenied
from django.core.exceptions import ValidationError as Refusal
from django.http import Http404
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.settings import api_settings
from rest_framework.views import set_rollback

from core.conflict import Conflict

TYPES = {
    400: ("malformed", "The request could not be read"),
    401: ("unauthenticated", "A valid token is needed"),
    403: ("forbidden", "This is not allowed"),
    404: ("not-found", "There is nothing here"),
    405: ("method-not-allowed", "This method does not exist here"),
    406: ("not-acceptable", "Only JSON is answered"),
    409: ("conflict", "It does not fit the present state"),
    412: ("changed-meanwhile", "It was changed since you read it"),
    413: ("too-large", "The request is too large"),
    415: ("not-json", "The body must be JSON"),
    422: ("invalid", "Some values cannot be used"),
    429: ("too-many-requests", "Too many requests"),
    500: ("failed", "Something went wrong in Allclear"),
    503: ("unavailable", "The answer takes too long or cannot be given now"),
}
"""Status → (last part of `type`, `title`). The page /api/v1/docs/errors explains each."""


class Malformed(exceptions.APIException):
    status_code = status.HTTP_400_BAD_REQUEST

    def __init__(self, detail: str, *, name: str = ""):
        super().__init__(detail)
        self.name = name


class StateConflict(exceptions.APIException):
    """What is asked for does not fit how things stand; nothing was changed."""

    status_code = status.HTTP_409_CONFLICT


class ChangedMeanwhile(exceptions.APIException):
    """If-Match names another state than the present one, which is told in `current`."""

    status_code = status.HTTP_412_PRECONDITION_FAILED

    def __init__(self, current: Any, etag: str):
        super().__init__("It was changed since you read it. Its present state is in “current”.")
        self.current, self.etag = current, etag


class KeyBusy(StateConflict):
    """The only conflict with Retry-After: the same request, sent again later, is answered as the first one."""

    default_detail = "A request with this Idempotency-Key is being answered. Try again in a second."
    wait = 1


class Unavailable(exceptions.APIException):
    """What is asked for takes too long, or something that it needs is not there now."""

    status_code = status.HTTP_503_SERVICE_UNAVAILABLE


class KeyUsed(exceptions.APIException):
    status_code = status.HTTP_422_UNPROCESSABLE_ENTITY


def answer_error(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler. Anything unforeseen is None: it is logged and answered 500."""
    set_rollback()
    code, detail, errors, headers = _read(error)
    if code is None:
        return None
    kind, title = TYPES[code]
    problem = {"type": f"/api/v1/docs/errors#{kind}", "title": title, "status": code, "detail": detail}
    if errors:
        problem["errors"] = errors
    if isinstance(error, ChangedMeanwhile):
        problem["current"] = error.current
    return Response(problem, status=code, headers=headers, content_type="application/problem+json")


def refused(error: Exception) -> list[tuple[str, str]] | None:
    """What an operation refused: (JSON pointer to the value or "", sentence). None for what nobody foresaw."""
    code, detail, errors, _ = _read(error)
    if code is None:
        return None
    return [(one["pointer"], one["detail"]) for one in errors] or [("", detail)]


def _read(error: Exception) -> tuple[int | None, str, list[dict[str, str]], dict[str, str]]:
    """(status, detail, the fields refused, headers)."""
    if isinstance(error, exceptions.ValidationError):
        errors = list(_of_fields(error.detail))
        return 422, _sentence(errors, named=True), errors, {}
    if isinstance(error, Refusal):
        errors = list(_of_refusal(error))
        fields = [one for one in errors if one["pointer"]]
        return (422 if fields else 409), _sentence(errors), errors if fields else [], {}
    if isinstance(error, Conflict):
        return 409, str(error), [], {}
    if isinstance(error, PermissionDenied):
        return 403, str(error) or "You may not do this.", [], {}
    if isinstance(error, Http404 | ObjectDoesNotExist):
        return 404, "There is nothing at this address that you can reach.", [], {}
    if isinstance(error, exceptions.APIException):
        return error.status_code, _told(error), _names(error), _headers(error)
    return None, "", [], {}


def _told(error: exceptions.APIException) -> str:
    if isinstance(error, exceptions.NotFound):
        return "There is nothing at this address that you can reach."
    if isinstance(error, exceptions.ParseError):
        return "The body is not valid JSON."
    return str(error.detail)


def _names(error: exceptions.APIException) -> list[dict[str, str]]:
    name = getattr(error, "name", "")
    return [{"pointer": name, "code": "unknown", "detail": str(error.detail)}] if name else []


def _headers(error: exceptions.APIException) -> dict[str, str]:
    headers = {}
    if auth := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = auth
    if (wait := getattr(error, "wait", None)) is not None:
        headers["Retry-After"] = str(max(1, round(wait)))
    if isinstance(error, ChangedMeanwhile):
        headers["ETag"] = error.etag
    return headers


def _of_fields(detail: Any, at: str = "") -> Iterator[dict[str, str]]:
    """What a serializer refused, with a JSON pointer (RFC 6901) to each value."""
    if isinstance(detail, dict):
        for name, inner in detail.items():
            own = name != api_settings.NON_FIELD_ERRORS_KEY
            yield from _of_fields(inner, f"{at}/{_escaped(str(name))}" if own else at)
    elif isinstance(detail, list):
        for place, inner in enumerate(detail):
            nested = isinstance(inner, dict | list)
            yield from _of_fields(inner, f"{at}/{place}" if nested else at)
    else:
        yield {"pointer": at, "code": getattr(detail, "code", "invalid"), "detail": str(detail)}


def _of_refusal(refusal: Refusal) -> Iterator[dict[str, str]]:
    """What a verb refused: {field: …}, or a sentence about the whole."""
    if hasattr(refusal, "error_dict"):
        for name, errors in refusal.error_dict.items():
            pointer = "" if name == NON_FIELD_ERRORS else f"/{_escaped(name)}"
            for one in errors:
                for sentence in one.messages:
                    yield {"pointer": pointer, "code": one.code or "invalid", "detail": sentence}
    else:
        for one in refusal.error_list:
            for sentence in one.messages:
                yield {"pointer": "", "code": one.code or "invalid", "detail": sentence}


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")


def _sentence(errors: list[dict[str, str]], named: bool = False) -> str:
    """All in one. With `named` each says which field it is about: sentences of a verb do that in their own words."""
    told = (f"{_name(one['pointer'])}{one['detail']}" if named else one["detail"] for one in errors)
    return " ".join(dict.fromkeys(told))[:1000]


def _name(pointer: str) -> str:
    """`/services/0/service` as `services.0.service: `."""
    return f"{pointer.strip('/').replace('/', '.')}: " if pointer else ""
