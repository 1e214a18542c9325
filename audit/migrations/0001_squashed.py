import django.core.serializers.json
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


REFUSE = """
CREATE FUNCTION audit_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit trail is append-only';
END $$;
CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE ON audit_auditentry
    FOR EACH ROW EXECUTE FUNCTION audit_refuse_change();
"""
ALLOW = """
DROP TRIGGER audit_append_only ON audit_auditentry;
DROP FUNCTION audit_refuse_change();
"""
MOVE_ON = """
CREATE FUNCTION audit_move_end() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE audit_auditchain SET sequence = NEW.sequence, hash = NEW.hash WHERE chain = NEW.chain;
    RETURN NULL;
END $$;
CREATE TRIGGER audit_end AFTER INSERT ON audit_auditentry
    FOR EACH ROW EXECUTE FUNCTION audit_move_end();
"""
STAY = """
DROP TRIGGER audit_end ON audit_auditentry;
DROP FUNCTION audit_move_end();
"""


class Migration(migrations.Migration):
    initial = True

    replaces = [
        ("audit", "0001_initial"),
        ("audit", "0002_append_only"),
        ("audit", "0003_ends_of_chains"),
    ]

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="AuditChain",
            fields=[
                ("chain", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("sequence", models.PositiveIntegerField(default=0)),
                (
                    "hash",
                    models.CharField(
                        default="0000000000000000000000000000000000000000000000000000000000000000",
                        max_length=64,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="AuditEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("chain", models.CharField(max_length=64)),
                ("sequence", models.PositiveIntegerField()),
                ("at", models.DateTimeField()),
                ("actor_label", models.CharField(max_length=200)),
                ("origin", models.CharField(blank=True, max_length=100)),
                ("action", models.CharField(max_length=64)),
                ("subject", models.CharField(max_length=200)),
                (
                    "changes",
                    models.JSONField(default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder),
                ),
                ("previous_hash", models.CharField(max_length=64)),
                ("hash", models.CharField(max_length=64)),
                (
                    "actor",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("chain", "sequence"), name="audit_one_link_per_place")
                ],
            },
        ),
        migrations.RunSQL(REFUSE, ALLOW),
        migrations.RunSQL(MOVE_ON, STAY),
    ]
