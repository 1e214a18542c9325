"""What words mean alike: PostgreSQL's stemmer for English, so that “charged” and “charges” are one."""

from collections.abc import Iterable

from django.db import connection


def lexemes(words: Iterable[str]) -> dict[str, str]:
    """The lexeme of each word, in lower case; words that say nothing by themselves (“the”, “was”) are left out."""
    asked = sorted({word.lower() for word in words})
    if not asked:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT word, lexeme FROM unnest(%s::text[]) AS word, unnest(ts_lexize('english_stem', word)) AS lexeme",
            [asked],
        )
        return dict(cursor.fetchall())
