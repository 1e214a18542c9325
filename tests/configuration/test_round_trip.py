"""Does applying a configuration do what it says, once, and an export nothing at all?"""

from datetime import date
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from accounts.models import Team, User
from alerts.models import Route
from audit.models import AuditEntry
from automations.models import Automation
from incidents.models import ChecklistTemplate, Service, Severity
from notifications.models import Channel
from signals.models import Signal
from statuspages.models import Component, StatusPage

PLATFORM = """
teams:
  - {slug: pay, name: Payments team}
services:
  - name: Shop
    owner_team: pay
    tier: 1
    depends_on: [gateway, old]
  - {name: Gateway, depends_on: [shop]}
  - {name: Old, is_archived: true}
severities:
  - {name: SEV3, when_unsure: true, cadences: {public: {first_minutes: 45}}}
  - {name: SEV2, when_unsure: false}
checklists:
  - {title: Call the bank, role: commander, lowest_severity: SEV2}
  - {title: Call the bank, incident_type: Weather}
incident_types:
  - name: Weather
link_templates:
  - {label: Board, url_template: "https://board.example/{reference}", service: shop}
channels:
  - {name: Deploys, url: "${env:G_URL}", events: [incident.declared], services: [shop]}
message_templates:
  - {audience: public, stage: resolved, known: "It works again."}
data_sources:
  - {name: Prometheus, kind: prometheus, url: "https://prometheus.example", sign_in: bearer, secret: "${env:G_TOKEN}"}
signals:
  - {service: shop, name: Error rate, source: Prometheus, query: "sum(rate(errors[1m]))", unit: "%", range_kind: fixed, high: 1}
automations:
  - service: shop
    name: Switch off
    url: https://flags.example/1
    method: PATCH
    template: |-
      {"on": false, "list": ["b", "a"]}
    headers: "Authorization: {{ secret }}"
    secret: "${env:G_TOKEN}"
    inputs: "region | Region | us-1, eu-1"
    may_run: named
    teams: [pay]
    reversed_by: Switch on
  - {service: shop, name: Switch on, url: "https://flags.example/1", needs_confirmation: true}
alert_routes:
  - name: Payments errors
    services: [shop]
    labels: [env != test, cluster = eu-*]
    becomes: suspect
    outcomes: {page: {becomes: declare, severity: SEV2}}
    owner_team: pay
  - {name: Everything else, becomes: record, position: 1}
"""
PAGES = """
status_pages:
  - name: Acme Shop
    is_published: true
    groups:
      - name: Europe
    components:
      - {name: Checkout, service: shop, group: Europe, tracked_since: 2026-01-02}
      - {name: Mail}
"""


@pytest.fixture
def folder(written, monkeypatch):
    monkeypatch.setenv("G_URL", "https://hooks.example/s3cret")
    monkeypatch.setenv("G_TOKEN", "s3cret-token")
    return written(pages=PAGES, platform=PLATFORM)


def test_all_kinds_are_applied_and_once(folder, apply):
    said = apply(folder)
    assert "+ service shop" in said
    assert "s3cret" not in said
    assert "~ severity SEV3: when unsure no → yes; cadences public first minutes" in said
    assert set(Service.objects.get(slug="shop").depends_on.values_list("slug", flat=True)) == {
        "gateway",
        "old",
    }
    assert Service.objects.get(slug="old").is_archived
    assert Service.objects.get(slug="shop").owner_team == Team.objects.get(slug="pay")
    assert Severity.objects.get(when_unsure=True).name == "SEV3"
    assert list(Route.objects.in_order().values_list("name", flat=True)) == [
        "Everything else",
        "Payments errors",
    ]
    assert Route.objects.get(name="Payments errors").outcomes.get().severity.name == "SEV2"
    assert ChecklistTemplate.objects.filter(title="Call the bank").count() == 2
    channel = Channel.objects.get()
    assert (channel.url, channel.events) == ("https://hooks.example/s3cret", ["incident.declared"])
    signal = Signal.objects.get()
    assert (signal.service.slug, signal.high, signal.source.secret) == ("shop", 1, "s3cret-token")
    automation = Automation.objects.get(name="Switch off")
    assert (automation.reversed_by.name, automation.secret) == ("Switch on", "s3cret-token")
    assert [team.slug for team in automation.teams.all()] == ["pay"]
    checkout = Component.objects.get(name="Checkout")
    assert (checkout.group.name, checkout.tracked_since) == ("Europe", date(2026, 1, 2))
    assert StatusPage.objects.get().slug == "acme-shop"
    account = User.objects.get(is_service=True)
    added = AuditEntry.objects.filter(action="service.added").last()
    assert (str(account), added.actor_id) == ("Configuration", account.pk)
    assert added.origin == "command apply"
    entries = AuditEntry.objects.count()
    assert apply(folder) == "Nothing changes.\n"
    assert AuditEntry.objects.count() == entries


def test_an_export_changes_nothing_twice(folder, apply, tmp_path):
    apply(folder)
    exported = tmp_path / "exported"
    for _ in range(2):
        call_command("export_config", str(exported), stdout=StringIO())
        entries = AuditEntry.objects.count()
        assert apply(exported, "--prune") == "Nothing changes.\n"
        assert AuditEntry.objects.count() == entries
    for file in ("automations.yaml", "channels.yaml", "data-sources.yaml"):
        assert "s3cret" not in (exported / file).read_text()
    (exported / "other.yaml").touch()
    with pytest.raises(CommandError, match="There is other"):
        call_command("export_config", str(exported))


def test_what_is_unchanged_costs_no_queries(folder, apply, written, django_assert_max_num_queries):
    def count():
        with django_assert_max_num_queries(120) as asked:
            assert apply(folder) == "Nothing changes.\n"
        return len(asked)

    apply(folder)
    few = count()
    many = "\n".join(f"  - {{name: S{n}, owner_team: pay, depends_on: [shop]}}" for n in range(20))
    apply(written(more=f"services:\n{many}"))
    assert count() == few


def test_a_dry_run_is_a_plan(folder, apply):
    said = apply(folder, "--dry-run")
    assert "+ component acme-shop: Checkout" in said
    assert "This is a plan." in said
    assert not Service.objects.exists()
    assert not User.objects.filter(is_service=True).exists()


def test_what_is_not_said_stays(folder, apply, written, admin):
    apply(folder)
    Service.objects.filter(slug="shop").update(description="Sells")
    (folder / "pages.yaml").unlink()
    said = apply(written(platform="services: [{slug: shop, name: Store, tier: 2}]"), "--as", admin.email)
    assert said == "~ service shop: name Shop → Store; tier 1 → 2\n1 changed.\n"
    assert Service.objects.get(slug="shop").description == "Sells"
    assert AuditEntry.objects.filter(action="service.changed").last().actor_id == admin.pk


def test_the_address_of_a_data_source_changes_with_its_secret(folder, apply, written, monkeypatch):
    apply(folder)
    moved = PLATFORM.replace("https://prometheus.example", "https://thanos.example")
    said = apply(written(platform=moved, pages=PAGES))
    assert "~ data source Prometheus: address changed" in said
    assert "s3cret" not in said
