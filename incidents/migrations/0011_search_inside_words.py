from django.db import migrations

GRAMS = """
CREATE FUNCTION allclear_grams(words text) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT coalesce(array_to_tsvector(array_agg(DISTINCT substr(run.found[1], place, 2))), ''::tsvector)
    FROM regexp_matches(
        left(words, 50000),
        '[\u3005-\u3007\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff]+',
        'g'
    ) AS run(found), generate_series(1, length(run.found[1])) AS place
$$;
"""

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
    dependencies = [("incidents", "0010_data_loss_question")]
    operations = [
        migrations.RunSQL(GRAMS, "DROP FUNCTION allclear_grams(text)"),
        searchable("incidents_incident", "incident_search", "title", "summary", "impact_summary"),
        searchable("incidents_statusupdate", "update_search", "known", "unknown", "doing", "workaround", "ask"),
    ]
