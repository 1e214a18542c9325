import django.db.models.deletion
from django.db import migrations, models

import retros.models.formats

SHIPPED = {
    "What helped, what hindered": [
        ("helped", "Helped", "What helped?", "thumbs-up"),
        ("hindered", "Hindered", "What got in the way?", "construction"),
        ("surprised", "Surprised", "What surprised us?", "lightbulb"),
        ("invalidated", "Invalidated assumption", "Which assumption did not hold?", "circle-slash"),
        ("lucky", "Lucky", "Where were we lucky?", "clover"),
    ],
    "Start, stop, continue": [
        ("start", "Start", "What should we start doing?", "play"),
        ("stop", "Stop", "What should we stop doing?", "square"),
        ("continue", "Continue", "What should we continue doing?", "repeat"),
    ],
    "4Ls": [
        ("liked", "Liked", "What did you like?", "thumbs-up"),
        ("learned", "Learned", "What did you learn?", "lightbulb"),
        ("lacked", "Lacked", "What was missing?", "puzzle"),
        ("longed_for", "Longed for", "What did you wish for?", "sparkles"),
    ],
    "Sailboat": [
        ("wind", "Wind", "What moved us forward?", "wind"),
        ("anchor", "Anchor", "What slowed us down?", "anchor"),
        ("rocks", "Rocks", "Which risks are ahead?", "mountain"),
        ("island", "Island", "Where do we want to arrive?", "tree-palm"),
    ],
}


def ship_formats(apps, schema_editor):
    formats = apps.get_model("retros", "RetrospectiveFormat").objects
    for order, (name, columns) in enumerate(SHIPPED.items()):
        stored = [dict(zip(("key", "name", "question", "icon"), column, strict=True)) for column in columns]
        formats.create(name=name, is_shipped=True, order=order, columns=stored)


class Migration(migrations.Migration):
    dependencies = [("retros", "0017_presenting")]

    operations = [
        migrations.CreateModel(
            name="RetrospectiveFormat",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=60, unique=True)),
                ("is_shipped", models.BooleanField(default=False, editable=False)),
                (
                    "columns",
                    models.JSONField(default=list, validators=[retros.models.formats.validate_columns]),
                ),
                ("order", models.PositiveSmallIntegerField(default=100)),
            ],
            options={"ordering": ["order", "name"]},
        ),
        migrations.AddField(
            model_name="retrospective",
            name="columns",
            field=models.JSONField(
                blank=True,
                default=list,
                help_text="Of the format, as they were when it was chosen",
                validators=[retros.models.formats.validate_columns],
            ),
        ),
        migrations.AddField(
            model_name="retrospective",
            name="format",
            field=models.ForeignKey(
                blank=True,
                help_text="None where it has the kinds of an incident",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="retrospectives",
                to="retros.retrospectiveformat",
            ),
        ),
        migrations.AlterField(
            model_name="learning",
            name="kind",
            field=models.CharField(help_text="The key of a column of the format", max_length=20),
        ),
        migrations.RunPython(ship_formats, migrations.RunPython.noop),
    ]
