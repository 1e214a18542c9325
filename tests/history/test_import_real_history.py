"""Does the real history come in whole, and give the numbers that others computed from it?"""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command

from audit.models import AuditEntry, first_broken_link
from history.models import ImportedEntry
from incidents.models import Incident, ReferenceCounter, StatusUpdate
from statuspages.models import MaintenanceState, ScheduledMaintenance
from tests.history.conftest import stored

DATA = Path(settings.BASE_DIR).parent / "shared" / "data"
PUBLIC, EXPECTED, NATIVE = (
    DATA / name
    for name in ("github_incidents.jsonl", "github_expected_metrics.json", "statuspage_incidents.json")
)
SEVERITY_OF = {"critical": "SEV1", "major": "SEV2", "minor": "SEV3", "none": "SEV4"}
pytestmark = pytest.mark.django_db


def near(value):
    return pytest.approx(value, rel=0.001)


def metrics(**options) -> dict:
    out = StringIO()
    call_command("metrics", json=True, stdout=out, **options)
    return json.loads(out.getvalue())


def test_metrics_agree_with_an_independent_computation_in_every_cell(imported):
    if not PUBLIC.exists():
        pytest.skip(f"the shared history is not beside the checkout ({PUBLIC})")
    report = imported(PUBLIC)
    expected = json.loads(EXPECTED.read_text())["all"]
    assert (report["imported"], report["maintenances"], report["refused"]) == (490, 18, 0)
    found = metrics()
    assert found["cohort"]["incidents"] == expected["incidents"]
    cell = found["all"]["time_to_resolve"]
    assert cell["count"] == expected["incidents"]
    assert cell["coverage"] == 1
    assert cell["mean"] == near(expected["mttr_seconds_mean"])
    assert cell["median"] == near(expected["mttr_seconds_median"])
    assert cell["p90"] == near(expected["p90_seconds"])

    by_impact = metrics(by="severity")["groups"]
    assert set(by_impact) == set(SEVERITY_OF.values())
    for impact, severity in SEVERITY_OF.items():
        cell, wanted = by_impact[severity]["time_to_resolve"], expected["by_impact"][impact]
        assert (cell["count"], cell["mean"], cell["median"]) == (
            wanted["count"], near(wanted["mean"]), near(wanted["median"]),
        )  # fmt: skip

    by_month = metrics(by="month")["groups"]
    assert set(by_month) == set(expected["by_month"])
    for month, wanted in expected["by_month"].items():
        cell = by_month[month]["time_to_resolve"]
        assert (cell["count"], cell["mean"]) == (wanted["count"], near(wanted["mean"])), month
    assert StatusUpdate.objects.count() == expected["updates_total"]


def test_public_history_is_whole_in_order_and_silent(imported):
    if not PUBLIC.exists():
        pytest.skip(f"the shared history is not beside the checkout ({PUBLIC})")
    imported(PUBLIC)
    rows = [json.loads(row) for row in PUBLIC.read_text().splitlines()]
    by_id = {
        e.source_id: e.incident
        for e in ImportedEntry.objects.filter(incident__isnull=False).select_related("incident")
    }
    for row in rows:
        if row["impact"] == "maintenance":
            continue
        incident = by_id[row["id"]]
        told = list(incident.timeline.filter(kind="update").oldest_first().values_list("text", flat=True))
        assert [" ".join(t.split()) for t in told] == [" ".join(u["message"].split()) for u in row["updates"]]
    numbers = sorted(Incident.objects.values_list("number", flat=True))
    assert numbers == list(range(1, 491))
    assert ReferenceCounter.objects.get().last == 490
    works = ScheduledMaintenance.objects.all()
    assert {w.state for w in works} == {MaintenanceState.COMPLETED}
    assert not any(w.page.is_published for w in works)
    now = stored()
    assert (now["OutboxMessage"], now["Delivery"], now["Notice"]) == (0, 0, 0)
    assert StatusUpdate.objects.published().count() == 0
    chains = AuditEntry.objects.filter(action="incident.imported")
    assert chains.count() == 490
    assert all(first_broken_link([entry]) is None for entry in chains)


def test_again_brings_nothing_twice(imported):
    if not PUBLIC.exists():
        pytest.skip(f"the shared history is not beside the checkout ({PUBLIC})")
    imported(PUBLIC)
    before = stored()
    report = imported(PUBLIC)
    assert (report["imported"], report["maintenances"], report["known"]) == (0, 0, 508)
    assert stored() == before


def test_native_incidents_stay_open_and_unresolved(imported):
    if not NATIVE.exists():
        pytest.skip(f"the shared history is not beside the checkout ({NATIVE})")
    report = imported(NATIVE, "statuspage")
    assert (report["imported"], report["refused"], report["summary"]["open"]) == (531, 0, 531)
    assert Incident.objects.active().count() == 531
    assert Incident.objects.filter(resolved_at__isnull=False).count() == 0
    cell = metrics()["all"]["time_to_resolve"]
    assert (cell["count"], cell["coverage"]) == (0, 1)


def test_native_incidents_may_count_as_over_with_an_unknown_end(imported):
    if not NATIVE.exists():
        pytest.skip(f"the shared history is not beside the checkout ({NATIVE})")
    imported(NATIVE, "statuspage", end_open=True)
    assert Incident.objects.open().count() == 0
    assert Incident.objects.filter(resolved_at__isnull=False).count() == 0
    cell = metrics()["all"]["time_to_resolve"]
    assert (cell["count"], cell["coverage"]) == (0, 0)
