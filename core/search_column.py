"""The column that full-text search reads, for migrations. It never changes: databases were made with it."""

from django.db import migrations

COLUMN = """
ALTER TABLE {table} ADD COLUMN search_words tsvector
    GENERATED ALWAYS AS (to_tsvector('english', left({text}, 200000)) || allclear_grams({text})) STORED;
CREATE INDEX {index} ON {table} USING gin (search_words);
"""


def searchable(table: str, index: str, *columns: str) -> migrations.RunSQL:
    """Not in the models: a column that every reader of rows would carry along for nothing.

    Chinese, Japanese and Korean are written without spaces: every pair of their characters is a word as well.
    """
    text = " || ' ' || ".join(columns)
    drop = f"ALTER TABLE {table} DROP COLUMN search_words"
    return migrations.RunSQL(COLUMN.format(table=table, index=index, text=text), drop)
