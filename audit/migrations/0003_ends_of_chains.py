from django.db import migrations, models

FILL = """
INSERT INTO audit_auditchain (chain, sequence, hash)
SELECT DISTINCT ON (chain) chain, sequence, hash FROM audit_auditentry ORDER BY chain, sequence DESC;
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
    dependencies = [("audit", "0002_append_only")]
    operations = [
        migrations.CreateModel(
            name="AuditChain",
            fields=[
                ("chain", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("sequence", models.PositiveIntegerField(default=0)),
                ("hash", models.CharField(default="0" * 64, max_length=64)),
            ],
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.RunSQL(MOVE_ON, STAY),
    ]
