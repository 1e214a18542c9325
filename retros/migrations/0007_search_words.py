from django.db import migrations

COLUMN = """
ALTER TABLE {table} ADD COLUMN search_words tsvector
    GENERATED ALWAYS AS (to_tsvector('english', left({text}, 200000))) STORED;
CREATE INDEX {index} ON {table} USING gin (search_words);
"""


def searchable(table: str, index: str, *columns: str) -> migrations.RunSQL:
    """Not in the models: a column that every reader of rows would carry along for nothing."""
    text = " || ' ' || ".join(columns)
    drop = f"ALTER TABLE {table} DROP COLUMN search_words"
    return migrations.RunSQL(COLUMN.format(table=table, index=index, text=text), drop)


class Migration(migrations.Migration):
    dependencies = [("retros", "0006_actions")]
    operations = [
        searchable("retros_retrospective", "retros_search", "title", "scope", "objectives"),
        searchable("retros_document", "retros_document_search", "text"),
    ]
