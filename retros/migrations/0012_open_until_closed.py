import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Count
from django.db.models.functions import Now

CHOICES = [("safety_start", "Safety, at the start"), ("safety_end", "Safety, at the end"), ("pulse", "Well-being")]
SHOWN_FROM = 4


def close_what_is_shown(apps, schema_editor):
    """Answers and dots that people can see already stay visible."""
    Retrospective = apps.get_model("retros", "Retrospective")
    Retrospective.objects.filter(learnings__votes__isnull=False).update(dots_closed_at=Now())
    Ballot, ClosedQuestion = apps.get_model("retros", "Ballot"), apps.get_model("retros", "ClosedQuestion")
    answered = Ballot.objects.order_by().values("retrospective", "question").annotate(n=Count("pk"))
    ClosedQuestion.objects.bulk_create(
        ClosedQuestion(retrospective_id=row["retrospective"], question=row["question"])
        for row in answered.filter(n__gte=SHOWN_FROM)
    )


class Migration(migrations.Migration):
    dependencies = [("retros", "0011_versions_are_text")]

    operations = [
        migrations.CreateModel(
            name="ClosedQuestion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("question", models.CharField(choices=CHOICES, max_length=20)),
                (
                    "retrospective",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="closed_questions",
                        to="retros.retrospective",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("retrospective", "question"), name="retros_question_closed_once")
                ],
            },
        ),
        migrations.AddField(
            model_name="retrospective",
            name="dots_closed_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="voting closed"),
        ),
        migrations.AddField(
            model_name="retrospectivesettings",
            name="hides_dots",
            field=models.BooleanField(
                default=True,
                help_text="People see only their own dots until the facilitator closes the voting",
                verbose_name="hide dots until voting is closed",
            ),
        ),
        migrations.RunPython(close_what_is_shown, migrations.RunPython.noop),
    ]
