"""The audit page of the installation: newest first, paged by key, nothing of an incident's own chain."""

from django.db import transaction
from django.urls import reverse

from audit.models import AuditEntry
from audit.workflow import INSTALLATION, record_audit


def record(count: int, by) -> None:
    with transaction.atomic():
        for n in range(count):
            record_audit(
                chain=INSTALLATION,
                action="thing.changed",
                subject=f"Thing {n}",
                by=by,
                changes={"size": [n, n + 1]},
            )


def test_newest_first_with_what_changed(client, admin):
    record(2, admin)
    client.force_login(admin)
    page = client.get(reverse("settings_audit")).content.decode()
    assert page.index("Thing 1") < page.index("Thing 0")
    assert "thing changed" in page
    assert "Admin Example" in page


def test_pages_by_key(client, admin):
    record(120, admin)
    client.force_login(admin)
    seen, url = [], reverse("settings_audit")
    while url:
        context = client.get(url).context
        seen += [entry.sequence for entry in context["entries"]]
        url = f"{reverse('settings_audit')}?before={context['older']}" if context["older"] else None
    assert seen == list(
        AuditEntry.objects.filter(chain=INSTALLATION).newest_first().values_list("sequence", flat=True)
    )


def test_in_few_queries(client, admin, django_assert_max_num_queries):
    record(60, admin)
    client.force_login(admin)
    client.get(reverse("settings_audit"))
    with django_assert_max_num_queries(6):
        client.get(reverse("settings_audit"))


def test_an_odd_page_is_the_first(client, admin):
    client.force_login(admin)
    for odd in ("x", "-1", "²", "99999999999999999999"):
        assert client.get(reverse("settings_audit"), {"before": odd}).status_code == 200


def test_incidents_keep_their_own_chain(client, admin, private_incident):
    client.force_login(admin)
    assert "Zephyrquartz" not in client.get(reverse("settings_audit")).content.decode()


def test_what_is_written_is_escaped(client, admin):
    with transaction.atomic():
        record_audit(
            chain=INSTALLATION, action="x", subject="<script>", by=admin, changes={"name": ["<b>", "<i>"]}
        )
    client.force_login(admin)
    page = client.get(reverse("settings_audit")).content.decode()
    assert "<script>" not in page.partition("<main")[2]
    assert "&lt;i&gt;" in page


def test_two_audiences_are_not_shown_as_a_change_from_one_to_the_other(client, admin):
    with transaction.atomic():
        record_audit(
            chain=INSTALLATION,
            action="status_update.posted",
            subject="INC-1",
            by=admin,
            changes={"audiences": ["public", "stakeholders"]},
        )
    client.force_login(admin)
    page = client.get(reverse("settings_audit")).content.decode()
    assert "public, stakeholders" in page
    assert "<del" not in page
