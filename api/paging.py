"""Lists by cursor: every page costs the same, wherever it lies."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from rest_framework.exceptions import NotFound
from rest_framework.pagination import Cursor, CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response

from api.errors import Malformed

USUAL, MOST = 25, 200
LARGEST = 2**31 - 1  # of an integer column


@dataclass(frozen=True)
class NearFirst:
    """Rows that are looked for near the place of the page first, and gathered only where that does not fill it.

    `near(position, is_backwards)` are those near `position`, the number a cursor stands at (None is the beginning), and
    whether there can be no more that way.
    """

    near: Callable[[int | None, bool], tuple[Any, bool]]
    gathered: Any


@dataclass(frozen=True)
class UsualPages:
    """A list whose usual pages come from a kept query: `below(number, count)` are its first rows below a number."""

    below: Callable[[int, int], list[Any]]
    gathered: Any


class _Loaded(list[Any]):
    """A page that is loaded already, to be read where a QuerySet is expected."""

    def order_by(self, *_order: str) -> "_Loaded":
        return self

    def filter(self, **_place: Any) -> "_Loaded":
        return self


def first_rows(found: Any, order: tuple[str, ...], count: int) -> list[Any]:
    """The first of a list, without a cursor."""
    if isinstance(found, UsualPages):
        found = found.gathered
    if isinstance(found, NearFirst):
        near, are_all = found.near(None, False)
        rows = list(near.order_by(*order)[:count])
        if are_all or len(rows) == count:
            return rows
        found = found.gathered
    return list(found.order_by(*order)[:count])


class Pages(CursorPagination):
    page_size = USUAL
    max_page_size = MOST
    page_size_query_param = "limit"
    cursor_query_param = "cursor"

    def __init__(self, ordering: tuple[str, ...]):
        self.order = ordering

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> Any:
        cursor: Any = self.decode_cursor(request)
        if isinstance(queryset, UsualPages):
            return self._usual(queryset, cursor, request, view)
        if not isinstance(queryset, NearFirst):
            self._require_fitting(cursor, queryset)
            return super().paginate_queryset(queryset, request, view)
        self._require_fitting(cursor, queryset.gathered)
        is_further = cursor is not None and cursor.position is not None
        position, is_backwards = (int(cursor.position), cursor.reverse) if is_further else (None, False)
        near, are_all = queryset.near(position, is_backwards)
        rows: Any = super().paginate_queryset(near, request, view)
        if are_all or (self.has_previous if is_backwards else self.has_next):
            return rows
        return super().paginate_queryset(queryset.gathered, request, view)

    def _usual(self, pages: UsualPages, cursor: Any, request: Request, view: Any) -> Any:
        size = self.get_page_size(request)
        if size != USUAL or (cursor and (cursor.reverse or cursor.offset)):
            return self.paginate_queryset(pages.gathered, request, view)
        self._require_fitting(cursor, pages.gathered)
        is_further = cursor is not None and cursor.position is not None
        below = min(int(cursor.position), LARGEST) if is_further else LARGEST
        return super().paginate_queryset(_Loaded(pages.below(below, size + 1)), request, view)

    def _require_fitting(self, cursor: Any, rows: Any) -> None:
        """Cursors are only encoded, so anybody can write one: its place must be of the kind that the list has."""
        if cursor is None or cursor.position is None:
            return
        if "\0" in cursor.position:
            raise _not_of_this_list()
        try:
            rows.filter(**{f"{self.order[0].lstrip('-')}__lt": cursor.position})
        except (ValueError, ValidationError) as fault:
            raise _not_of_this_list() from fault

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
            raise _not_of_this_list() from fault

    def get_paginated_response(self, data: Any) -> Response:
        following, preceding = self.get_next_link(), self.get_previous_link()
        links = [f'<{url}>; rel="{name}"' for url, name in ((following, "next"), (preceding, "prev")) if url]
        body = OrderedDict(next=following, previous=preceding, results=data)
        return Response(body, headers={"Link": ", ".join(links)} if links else None)


def _not_of_this_list() -> Malformed:
    return Malformed("This “cursor” is not one of this list. Take “next” as it is.", name="cursor")
