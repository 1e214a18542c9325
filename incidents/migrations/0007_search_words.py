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
    dependencies = [("incidents", "0006_history_source")]
    operations = [
        searchable("incidents_incident", "incident_search", "title", "summary", "impact_summary"),
        searchable("incidents_statusupdate", "update_search", "known", "unknown", "doing", "workaround", "ask"),
    ]
