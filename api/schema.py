"""OpenAPI 3.1: what every operation takes and answers, told to drf-spectacular from the register."""

from collections.abc import Callable
from functools import cache
from typing import Any

from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema, extend_schema_field
from rest_framework import serializers

from api.components import settle_components
from api.errors import TYPES
from api.links import add_links
from api.registry import FORM, JSON, PARTS, Operation
from api.views import OperationView

PROBLEM = "application/problem+json"
TAGS = {
    "incidents": "Incidents",
    "retrospectives": "Retrospectives",
    "action-items": "Action items",
    "status-pages": "Status pages",
    "people": "People and teams",
    "insights": "Insights",
    "me": "The caller",
}


@extend_schema_field({})
class AnyField(serializers.JSONField):
    """Any value, null too."""


ProblemError = type(
    "ProblemError",
    (serializers.Serializer,),
    {
        "__doc__": "One value that was refused. `pointer` is a JSON pointer (RFC 6901) to it, or empty.",
        "pointer": serializers.CharField(allow_blank=True),
        "code": serializers.CharField(),
        "detail": serializers.CharField(),
    },
)
Problem = type(
    "Problem",
    (serializers.Serializer,),
    {
        "__doc__": "RFC 9457.",
        "type": serializers.CharField(),
        "title": serializers.CharField(),
        "status": serializers.IntegerField(),
        "detail": serializers.CharField(allow_blank=True),
        "errors": ProblemError(many=True, required=False),
        "current": AnyField(
            required=False, help_text="With 412: the present state, or null if it was removed"
        ),
    },
)


@cache
def page_of(shape: type[serializers.BaseSerializer]) -> type[serializers.Serializer]:
    """A page of a list, as a serializer."""
    fields = {
        "next": serializers.URLField(allow_null=True),
        "previous": serializers.URLField(allow_null=True),
        "results": shape(many=True),
    }
    return type(f"{_named(shape)}Page", (serializers.Serializer,), fields)


@cache
def all_of(shape: type[serializers.BaseSerializer]) -> type[serializers.Serializer]:
    fields = {"results": shape(many=True)}
    return type(f"{_named(shape)}List", (serializers.Serializer,), fields)


def _named(shape: type) -> str:
    return shape.__name__.removesuffix("Shape")


def described(operation: Operation) -> Callable[..., Any]:
    """A decorator for the handler of an operation."""
    return extend_schema(
        operation_id=operation.name,
        summary=_one_line(operation.summary),
        tags=[operation.tag or TAGS.get(operation.path.split("/")[0], "Catalogue")],
        parameters=_parameters(operation),
        request=_request(operation),
        responses=_responses(operation),
        description=_description(operation),
    )


def _one_line(text: str) -> str:
    return " ".join(text.split()).rstrip(".")


def _description(operation: Operation) -> str:
    needs = f"Scope: `{operation.scope}`." if operation.scope else "Any token."
    form = "\n\nWhat has no file may be sent as JSON, too." if operation.takes_files else ""
    return f"{operation.summary}\n\n{needs}{form}"


def _request(operation: Operation) -> Any:
    """Bodies are named after their operations: `resolve_incident` takes a `ResolveIncidentBody`.

    What may have files is described as a form, which holds all of it: of several types generators take the one of JSON.
    """
    body = operation.body
    if body is None:
        return None
    name = "".join(word.capitalize() for word in operation.name.split("_"))
    return {FORM if operation.takes_files else JSON: type(f"{name}Body", (body,), {})}


def _parameters(operation: Operation) -> list[Any]:
    found: list[Any] = [
        OpenApiParameter(
            name,
            OpenApiTypes.INT64 if PARTS[name].is_number else OpenApiTypes.STR,
            OpenApiParameter.PATH,
            description=PARTS[name].about,
            enum=PARTS[name].choices or None,
        )
        for name in operation.parts
    ]
    if operation.query:
        found.append(operation.query)
    if operation.is_list:
        found += [
            OpenApiParameter(
                "limit", {"type": "integer", "minimum": 1, "maximum": 200}, description="25 by default."
            ),
            OpenApiParameter("cursor", str, description="From `next` or `previous` of another page."),
        ]
    if operation.method == "POST":
        found.append(_header("Idempotency-Key", "Sent again with the same key, it happens once."))
    if operation.is_write and operation.guarded:
        found.append(_header("If-Match", "The ETag that was read. 412 if it has changed."))
    if not operation.is_write and not operation.is_list:
        found.append(_header("If-None-Match", "The ETag that was read. 304 if it is the same."))
    return found


def _header(name: str, about: str) -> OpenApiParameter:
    return OpenApiParameter(name, str, OpenApiParameter.HEADER, description=about)


def _responses(operation: Operation) -> dict[Any, Any]:
    shape = operation.answer
    told: Any
    if operation.file_types:
        answers: dict[Any, Any] = {(200, media): _content(media) for media in operation.media_types}
    else:
        if shape is None:
            told = None
        elif operation.is_list:
            told = page_of(shape)  # type: ignore[arg-type]  # a class has a hash
        elif operation.many:
            told = all_of(shape)  # type: ignore[arg-type]
        else:
            told = shape
        answers = {operation.status if told is None else (operation.status, JSON): told}
        if operation.may_be_empty:
            answers[204] = OpenApiResponse(description=operation.may_be_empty)
    if not operation.is_write and not operation.is_list and not operation.file_types:
        answers[304] = OpenApiResponse(description="Not changed.")
    return answers | {
        (code, PROBLEM): OpenApiResponse(Problem, TYPES[code][1]) for code in _refusals(operation)
    }


def _content(media: str) -> OpenApiTypes:
    """Any JSON: there is text beside it, and of several types some generators take the one of JSON for all."""
    if media == JSON:
        return OpenApiTypes.ANY
    return OpenApiTypes.STR if media.startswith("text/") else OpenApiTypes.BINARY


def _refusals(operation: Operation) -> list[int]:
    codes = [400, 401, 403, 429]
    if operation.parts or operation.is_list:
        codes.append(404)
    if operation.query or operation.is_write:
        codes.append(422)
    if operation.path.startswith("insights/") and not operation.is_write:
        codes.append(503)
    if operation.is_write:
        codes += [409, 413, 415]
        if operation.guarded:
            codes.append(412)
    return sorted(codes)


def finish(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """A hook of drf-spectacular: what holds for all operations."""
    result["info"]["description"] = INTRODUCTION
    result["security"] = [{"token": []}]
    result["servers"] = [{"url": "/"}]
    tags = {tag for path in result["paths"].values() for one in path.values() for tag in one["tags"]}
    result["tags"] = [{"name": tag, "description": ABOUT.get(tag, tag)} for tag in sorted(tags)]
    for path in result["paths"].values():
        for operation in path.values():
            for status, answer in operation["responses"].items():
                answer.setdefault("headers", {}).update(_headers(status))
    _allow_empty(result)
    settle_components(result)
    add_links(result)
    return result


def _allow_empty(value: Any) -> None:
    """Change `oneOf` an address or nothing to `anyOf`: where formats are not checked, "" is both."""
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else []
    for inner in inside:
        _allow_empty(inner)
    if isinstance(value, dict) and any(one.get("maxLength") == 0 for one in value.get("oneOf", [])):
        value["anyOf"] = value.pop("oneOf")


def _headers(status: str) -> dict[str, Any]:
    text = {"schema": {"type": "string"}}
    headers = {}
    if status in ("200", "201"):
        headers["ETag"] = {"description": "Of one record: names its present state", **text}
    if status == "201":
        headers["Location"] = {"description": "Where it is", **text}
    if status == "429":
        headers["Retry-After"] = {"description": "Seconds", "schema": {"type": "integer"}}
    return headers


class Generator(SchemaGenerator):
    """Describes each handler by its operation, when it comes to it."""

    def create_view(self, callback: Any, method: str, request: Any = None) -> Any:
        handler = getattr(callback.cls, method.lower())
        if issubclass(callback.cls, OperationView) and not hasattr(handler, "kwargs"):
            described(callback.cls.operations[method])(handler)
        return super().create_view(callback, method, request)


INTRODUCTION = """\
Everything the pages of Allclear can do, by the same rules and with the same access.

Send `Authorization: Bearer alc_…`. Tokens are created under Settings, API tokens. Times are RFC 3339 in UTC. Lists come
by pages: follow `next`. A POST with an `Idempotency-Key` happens once. Errors are `application/problem+json` and name
the fields they are about."""
ABOUT = {
    "Incidents": "From the first report to the end: people, updates, what was tried, the timeline.",
    "Retrospectives": "What an incident, a release, a sprint or a project taught.",
    "Action items": "What is to be changed, by whom and until when.",
    "Status pages": "Pages, components, maintenance and their readers.",
    "People and teams": "Accounts, invitations, teams.",
    "Catalogue": "Severities, roles, services, types, checklists, links.",
    "Events": "What happened, for those who read it instead of receiving webhooks.",
    "Insights": "Metrics of incidents and of action items.",
    "API tokens": "One's own, and those of service accounts.",
    "Notifications": "Subscriptions, the inbox and notification settings.",
    "Configuration": "Teams, services, status pages and more, read and applied as a whole.",
    "Channels and deliveries": "Places outside that receive messages, and how messages got there.",
    "History": "Imports from other systems and exports.",
    "Search": "Finding by words.",
    "Alerts": "What monitoring sent, and what became of it.",
    "Integrations": "Who sends to Allclear, and what came.",
    "Signals": "Data sources, queries of services, and their charts on incidents.",
    "Automations": "Requests that people run on incidents of a service, and their answers.",
    "Administration": "What was changed in the installation.",
    "The caller": "Who the token acts for, and what is theirs.",
}
