from django.db import migrations


class Migration(migrations.Migration):
    """Versions are shown, compared and restored by their text; nothing ever read their state."""

    dependencies = [("retros", "0010_cost_assumptions")]
    operations = [migrations.RemoveField("documentversion", "state")]
