"""A question of Insights has its own time limit, and memory enough to sort what it is about."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import OperationalError, connection, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from psycopg2.errors import QueryCanceled

from insights.filters import Asked
from insights.panels import Panel
from insights.questions import ANSWERS, QUESTIONS

SECONDS = 10
AT_ONCE = 2000
"""Incidents up to which a page is answered as a whole; beyond, its parts follow by themselves."""
MEMORY = "64MB"
"""For each sort and hash table; with less PostgreSQL writes them to disk."""


class TooLong(Exception):  # noqa: N818 - told in a sentence, not an error
    """A statement took longer than it may."""


@contextmanager
def limited() -> Iterator[None]:
    """Within, each statement has `SECONDS` and `MEMORY`. Raises TooLong; nothing else can be asked within then."""
    try:
        with transaction.atomic():
            _set(timeout=f"{SECONDS}s", memory=MEMORY)
            yield
            with connection.cursor() as cursor:  # a larger transaction may go on
                cursor.execute("SET LOCAL statement_timeout TO DEFAULT; SET LOCAL work_mem TO DEFAULT")
    except OperationalError as error:
        if not isinstance(error.__cause__, QueryCanceled):
            raise
        raise TooLong from error


def too_long(request: HttpRequest) -> HttpResponse:
    """The page of an answer that has no other place to say so."""
    return render(request, "insights/too_long.html", {"section": "insights", "seconds": SECONDS}, status=503)


def answer(key: str, asked: Asked, person: int, *, is_deep: bool) -> Panel:
    """The panel of a question; where it takes too long, one that says so."""
    try:
        with limited():
            return ANSWERS[key](asked, person, is_deep=is_deep)
    except TooLong:
        return Panel(
            key, QUESTIONS[key], "This takes too long", "choose a shorter period or fewer incidents",
            f"no answer within {SECONDS} seconds", 0,
        )  # fmt: skip


def _set(*, timeout: str, memory: str) -> None:
    """To the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('statement_timeout', %s, true), set_config('work_mem', %s, true)",
            [timeout, memory],
        )
