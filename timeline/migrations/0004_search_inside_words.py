from django.db import migrations

COLUMN = """
ALTER TABLE {table} DROP COLUMN search_words;
ALTER TABLE {table} ADD COLUMN search_words tsvector
    GENERATED ALWAYS AS (to_tsvector('english', left({text}, 200000)){grams}) STORED;
CREATE INDEX {index} ON {table} USING gin (search_words);
"""


def searchable(table: str, index: str, *columns: str) -> migrations.RunSQL:
    """Chinese, Japanese and Korean are written without spaces: every pair of their characters is a word as well."""
    text = " || ' ' || ".join(columns)
    forward = COLUMN.format(table=table, index=index, text=text, grams=f" || allclear_grams({text})")
    return migrations.RunSQL(forward, COLUMN.format(table=table, index=index, text=text, grams=""))


class Migration(migrations.Migration):
    dependencies = [
        ("timeline", "0003_search_words"),
        ("incidents", "0011_search_inside_words"),
    ]
    operations = [
        searchable("timeline_timelineevent", "timeline_search", "text", "detail"),
    ]
