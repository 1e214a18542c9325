"""Lists by cursor: every page costs the same, wherever it lies."""

from collections import OrderedDict
from typing import Any

from rest_framework.exceptions import NotFound
from rest_framework.pagination import Cursor, CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response

from api.errors import Malformed

USUAL, MOST = 25, 200


class Pages(CursorPagination):
    page_size = USUAL
    max_page_size = MOST
    page_size_query_param = "limit"
    cursor_query_param = "cursor"

    def __init__(self, ordering: tuple[str, ...]):
        self.order = ordering

    def get_ordering(self, request: Request, queryset: Any, view: Any) -> tuple[str, ...]:
        return self.order

    def get_page_size(self, request: Request) -> int:
        written = request.query_params.get("limit")
        if written is None:
            return USUAL
        if not (written.isascii() and written.isdigit() and 1 <= int(written[:6]) <= MOST):
            raise Malformed(f"“limit” is a number from 1 to {MOST}.", name="limit")
        return int(written)

    def decode_cursor(self, request: Request) -> Cursor | None:
        try:
            return super().decode_cursor(request)
        except NotFound as fault:
            raise Malformed(
                "This “cursor” is not one of this list. Take “next” as it is.", name="cursor"
            ) from fault

    def get_paginated_response(self, data: Any) -> Response:
        following, preceding = self.get_next_link(), self.get_previous_link()
        links = [f'<{url}>; rel="{name}"' for url, name in ((following, "next"), (preceding, "prev")) if url]
        body = OrderedDict(next=following, previous=preceding, results=data)
        return Response(body, headers={"Link": ", ".join(links)} if links else None)
