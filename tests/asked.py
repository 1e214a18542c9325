"""What a database was asked, by its text."""

from collections.abc import Iterable

from django.db import connection


def asked_of(queries: Iterable[dict[str, str]]) -> list[str]:
    """The SQL of captured queries; of one that was prepared before, the statement it executes."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, statement FROM pg_prepared_statements")
        prepared = dict(cursor.fetchall())
    texts = (query["sql"] for query in queries)
    return [prepared[text.split()[1]] if text.startswith("EXECUTE ") else text for text in texts]
