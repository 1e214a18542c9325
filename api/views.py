"""One class for all addresses: it runs the operations of its address, each in one transaction."""

from collections import defaultdict
from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.http.response import HttpResponseRedirectBase
from django.urls import URLPattern, is_valid_path, path
from rest_framework.exceptions import AuthenticationFailed, NotFound
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.parsers import MultiPartParser
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api import rates
from api.authentication import SignedInAuthentication, TokenAuthentication
from api.errors import ChangedMeanwhile, Malformed
from api.etags import etag_of, is_named
from api.fields import told_once
from api.idempotency import earlier_answer, keep_answer, key_of
from api.locking import lock_root
from api.paging import Pages
from api.parsers import JsonParser
from api.registry import BYTES, OPERATIONS, PAGING, PARTS, Call, Operation
from api.running import admit, load_parts, load_root, run_operation
from api.shapes.base import Shape, checked, in_shape
from audit.context import coming_from


class AlwaysJson(DefaultContentNegotiation):
    """JSON is what there is; an Accept that wants something else gets it all the same, as most clients expect."""

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> Any:
        return renderers[0], renderers[0].media_type


class ApiView(APIView):
    authentication_classes = [TokenAuthentication, SignedInAuthentication]
    permission_classes: list[Any] = []  # by scope, in `_admit`; by person in the verbs
    parser_classes = [JsonParser]
    renderer_classes = [JSONRenderer]
    content_negotiation_class = AlwaysJson
    throttle_classes: list[Any] = []  # api.rates
    operations: dict[str, Operation] = {}

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        self.rate_headers: dict[str, str] = {}
        super().initial(request, *args, **kwargs)
        self.rate_headers = rates.count_request(request)

    def perform_authentication(self, request: Request) -> None:
        """A token that does not work is counted for the address it comes from."""
        try:
            super().perform_authentication(request)
        except AuthenticationFailed:
            rates.count_address(request)
            raise

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(request, response, *args, **kwargs)
        for name, value in getattr(self, "rate_headers", {}).items():
            response[name] = value
        response.setdefault("Cache-Control", "private, no-cache")
        return response


class OperationView(ApiView):
    def get_parsers(self) -> list[Any]:
        takes_files = any(operation.takes_files for operation in self.operations.values())
        return [JsonParser(), *([MultiPartParser()] if takes_files else [])]

    def answer(self, request: Request, **raw: str) -> HttpResponseBase:
        operation = self.operations["GET" if request.method == "HEAD" else request.method or ""]
        admit(request, operation)
        call = Call(request, operation, raw)
        token = f" {call.token.name}" if call.token else ""
        with coming_from(f"api{token} {request.META.get('REMOTE_ADDR', '')}".strip()[:100]):
            return _write(call) if operation.is_write else _read(call, self)


def _read(call: Call, view: ApiView) -> HttpResponseBase:
    call.query = _queried(call)
    load_parts(call)
    operation = call.operation
    found = operation.run(call)
    if isinstance(found, HttpResponseBase):
        return _as_accepted(call, found)
    if operation.is_list:
        shape = operation.answer
        assert shape is not None
        assert issubclass(shape, Shape)
        pages = Pages(shape.order)
        rows: Any = pages.paginate_queryset(found, call.request, view)
        return pages.get_paginated_response(in_shape(shape, rows, call, many=True))
    return _told(call, found)


def _as_accepted(call: Call, file: HttpResponseBase) -> HttpResponseBase:
    """Under the one type of bytes that all generated clients know, for those that accept nothing else."""
    if BYTES in call.operation.media_types and call.request.headers.get("Accept") == BYTES:
        file["Content-Type"] = BYTES
    return file


def _write(call: Call) -> HttpResponseBase:
    key = key_of(call.request) if call.request.method == "POST" else ""
    with transaction.atomic():
        if key and (earlier := earlier_answer(call.request, key)):
            if earlier.data is not None:
                load_root(call)  # what it tells of must still be in the caller's reach
            return earlier
        load_parts(call)
        _require_match(call)
        call.data = _said(call)
        response = _told(call, run_operation(call))
        if key and isinstance(response, Response):
            secrets = told_once(call.operation.answer()) if call.operation.answer else ()
            keep_answer(call.request, key, response, secrets)
    return response


def _require_match(call: Call) -> None:
    """If-Match: the record must still be as it was read. It stays locked until the change is made."""
    name = call.operation.guarded
    if "If-Match" not in call.request.headers or name is None:
        return
    lock_root(call.records)
    shape = PARTS[name].shape
    assert shape is not None
    record = shape.again(call.user, call.records[name])
    data = in_shape(shape, record, call) if record else None
    etag = etag_of(data)
    if record is None or not is_named(call.request, "If-Match", etag):
        raise ChangedMeanwhile(data, etag)


def _said(call: Call) -> dict[str, Any]:
    body = call.operation.body
    if body is None:
        if call.request.data:
            raise Malformed("This request has no body.")
        return {}
    is_json = not isinstance(call.request.data, QueryDict)  # which a form is
    said = body(data=call.request.data, context={"call": call, "is_json": is_json})
    said.is_valid(raise_exception=True)
    return dict(said.validated_data)


def _queried(call: Call) -> dict[str, Any]:
    params = call.request.query_params
    known = call.operation.parameters
    for name in params:
        if name not in known:
            there = f"There are {', '.join(sorted(known))}." if known else "There are none here."
            raise Malformed(f"There is no parameter “{name}”. {there}", name=name)
    if call.operation.query is None:
        return {}
    data = {name: params[name] for name in params if name not in PAGING}
    return checked(call.operation.query, data, call)


def _told(call: Call, result: Any) -> HttpResponseBase:
    """The result in the operation's shape, read again, with its ETag."""
    operation = call.operation
    if isinstance(result, HttpResponseBase):
        return result
    shape = operation.answer
    if shape is None:
        return Response(status=204)
    if operation.many:
        return Response({"results": in_shape(shape, result, call, many=True)})
    if issubclass(shape, Shape):
        result = shape.again(call.user, result)
        if result is None:  # done, and out of the caller's reach now
            return Response(status=204)
    data = in_shape(shape, result, call)
    etag = etag_of(data)
    if not operation.is_write and is_named(call.request, "If-None-Match", etag):
        return Response(status=304, headers={"ETag": etag})
    headers = {"ETag": etag}
    if operation.location:
        headers["Location"] = operation.location(result)
    return Response(data, status=operation.status, headers=headers)


class PermanentRedirect(HttpResponseRedirectBase):
    """Keeps method and body (RFC 9110)."""

    status_code = 308


class Nowhere(ApiView):
    """Every other address below /api/: told as the API tells everything."""

    schema = None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        bare = request.path_info.rstrip("/")
        if bare != request.path_info and is_valid_path(bare):
            query = request.META.get("QUERY_STRING", "")
            return PermanentRedirect(f"{bare}{'?' if query else ''}{query}")
        return super().dispatch(request, *args, **kwargs)

    def answer(self, request: Request, **_kwargs: Any) -> HttpResponse:
        raise NotFound

    get = post = put = patch = delete = answer


def views_by_path() -> dict[str, type[OperationView]]:
    """A view class an address, with a handler for each of its operations."""
    by_path: dict[str, dict[str, Operation]] = defaultdict(dict)
    for operation in OPERATIONS:
        if operation.method in by_path[operation.path]:
            raise ValueError(f"Two operations at {operation.method} {operation.path}.")
        by_path[operation.path][operation.method] = operation
    return {address: _view(address, operations) for address, operations in by_path.items()}


def _view(address: str, operations: dict[str, Operation]) -> type[OperationView]:
    handlers: dict[str, Callable[..., Any]] = {}
    for method in operations:

        def handler(self: OperationView, request: Request, **raw: str) -> HttpResponseBase:
            return self.answer(request, **raw)

        handlers[method.lower()] = handler
    return type("OperationView", (OperationView,), handlers | {"operations": operations, "address": address})


def patterns() -> list[URLPattern]:
    return [
        path(
            address.replace("{", "<str:").replace("}", ">"),
            login_not_required(view.as_view()),
            name="api " + address,
        )
        for address, view in sorted(views_by_path().items(), key=lambda item: _by_words(item[0]))
    ]


def _by_words(address: str) -> list[tuple[bool, str]]:
    """Sorts `incidents/similar` before `incidents/{incident}`, which would take it."""
    return [(piece.startswith("{"), piece) for piece in address.split("/")]
