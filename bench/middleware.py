"""Tells in a header how many queries an answer took."""

from collections.abc import Callable

from django.db import connection
from django.http import HttpRequest, HttpResponse


class Counter:
    def __init__(self) -> None:
        self.count = 0

    def __call__(self, execute, sql, params, many, context):
        self.count += 1
        return execute(sql, params, many, context)


def count_queries(get_response: Callable[[HttpRequest], HttpResponse]):
    def middleware(request: HttpRequest) -> HttpResponse:
        counter = Counter()
        with connection.execute_wrapper(counter):
            response = get_response(request)
        response["X-Queries"] = str(counter.count)
        return response

    return middleware
