from django.db import migrations, models

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
        ("retros", "0013_waivers_agreed"),
        ("incidents", "0011_search_inside_words"),
    ]
    operations = [
        searchable("retros_retrospective", "retros_search", "title", "scope", "objectives"),
        searchable("retros_document", "retros_document_search", "text"),
        migrations.AddField(
            model_name="retrospective",
            name="calendar_sequence",
            field=models.PositiveIntegerField(
                blank=True,
                editable=False,
                help_text="Of the last invitation or cancellation; RFC 5545, 3.8.7.4",
                null=True,
            ),
        ),
        # Invitations already sent had the version as their sequence: later ones go on from there.
        migrations.RunSQL(
            "UPDATE retros_retrospective SET calendar_sequence = version WHERE scheduled_at IS NOT NULL",
            migrations.RunSQL.noop,
        ),
    ]
