from django.contrib.postgres.indexes import GinIndex
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("retros", "0008_kept_figures")]
    operations = [
        migrations.AddIndex(
            model_name="contributingfactor",
            index=GinIndex(fields=["text"], name="retros_factor_trigrams", opclasses=["gin_trgm_ops"]),
        ),
    ]
