"""A question of Insights has its own time limit, and memory enough to sort what it is about."""

from django.db import OperationalError, connection, transaction
from psycopg2.errors import QueryCanceled

from insights.filters import Asked
from insights.panels import Panel
from insights.questions import ANSWERS, QUESTIONS

SECONDS = 10
MEMORY = "64MB"
"""For each sort and hash table; with less PostgreSQL writes them to disk."""


def answer(key: str, asked: Asked, person: int, *, is_deep: bool) -> Panel:
    """The panel of a question; one that says so where no statement may take longer."""
    try:
        with transaction.atomic():
            _set(f"{SECONDS}s", MEMORY)
            panel = ANSWERS[key](asked, person, is_deep=is_deep)
            _set("DEFAULT", "DEFAULT")
            return panel
    except OperationalError as error:
        if not isinstance(error.__cause__, QueryCanceled):
            raise
    return Panel(
        key, QUESTIONS[key], "This takes too long", "choose a shorter period or fewer incidents",
        f"no answer within {SECONDS} seconds", 0,
    )  # fmt: skip


def _set(timeout: str, memory: str) -> None:
    """To the end of the transaction, which in a test is not over with the answer."""
    with connection.cursor() as cursor:
        for name, value in (("statement_timeout", timeout), ("work_mem", memory)):
            cursor.execute(
                f"SET LOCAL {name} = {value}" if value == "DEFAULT" else f"SET LOCAL {name} = '{value}'"
            )
