"""Two service accounts never have one name. Those that do get a number behind theirs first."""

from django.db import migrations, models
from django.db.models.functions import Lower


def number_twins(apps, _schema_editor):
    """The one that was made first keeps the name as it is."""
    user = apps.get_model("accounts", "User")
    accounts = user.objects.filter(is_service=True).annotate(lower=Lower("name")).order_by("created_at", "pk")
    taken = set(accounts.values_list("lower", flat=True))
    seen = set()
    for account in accounts:
        if account.lower in seen:
            number = 2
            while (name := f"{account.name[:90]} {number}").lower() in taken:
                number += 1
            account.name = name
            account.save(update_fields=["name"])
            taken.add(name.lower())
        seen.add(account.lower)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_assistants")]

    operations = [
        migrations.RunPython(number_twins, migrations.RunPython.noop, elidable=True),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.UniqueConstraint(
                Lower("name"),
                condition=models.Q(is_service=True),
                name="one_service_account_per_name",
                violation_error_message="There is a service account of this name.",
            ),
        ),
    ]
