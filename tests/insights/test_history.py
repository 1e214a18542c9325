"""Do three years of a real status page measure what pandas measured?"""

import json
from collections import defaultdict
from datetime import datetime
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command

from incidents.models import AffectedService, Incident, Service, Severity, Status

DATA = Path(settings.BASE_DIR).parent / "shared" / "data"
RANKS = {"critical": 1, "major": 2, "minor": 3, "none": 4}


def history():
    """(rows without maintenance, what they must give); both empty where the data is not beside the repository."""
    if not DATA.exists():
        return [], {}
    lines = (DATA / "github_incidents.jsonl").read_text().splitlines()
    rows = [row for row in map(json.loads, lines) if row["impact"] in RANKS]
    return rows, json.loads((DATA / "github_expected_metrics.json").read_text())["all"]


def bring_in(rows) -> None:
    severities = {severity.rank: severity for severity in Severity.objects.all()}
    names = {name for row in rows for name in row.get("components", [])}
    services = {name: Service.objects.create(name=name, slug=f"s{n}") for n, name in enumerate(sorted(names))}
    made = Incident.objects.bulk_create(
        Incident(
            number=n, title=row["title"][:200], severity=severities[RANKS[row["impact"]]], status=Status.CLOSED,
            impact_started_at=datetime.fromisoformat(row["started_at"]),
            resolved_at=datetime.fromisoformat(row["resolved_at"]),
        )
        for n, row in enumerate(rows, 1000)
    )  # fmt: skip
    AffectedService.objects.bulk_create(
        AffectedService(
            incident=incident, service=services[name], impact="degraded",
            started_at=incident.impact_started_at, ended_at=incident.resolved_at,
        )
        for incident, row in zip(made, rows, strict=True)
        for name in row.get("components", [])
    )  # fmt: skip


def measured(*arguments: str) -> dict:
    out = StringIO()
    call_command("metrics", "--json", *arguments, stdout=out)
    return json.loads(out.getvalue())


def agrees(cell: dict, expected: dict) -> None:
    for name, value in expected.items():
        assert cell[name] == pytest.approx(value, rel=0.001), name


ROWS, EXPECTED = history()
needs_history = pytest.mark.parametrize("rows", [ROWS] if ROWS else [], ids=["github"])


@needs_history
def test_every_cell_agrees_to_a_thousandth(db, rows):
    bring_in(rows)
    by_month, by_severity = measured("--by", "month"), measured("--by", "severity")
    whole = {"count": EXPECTED["incidents"], "mean": EXPECTED["mttr_seconds_mean"]}
    whole |= {"median": EXPECTED["mttr_seconds_median"], "p90": EXPECTED["p90_seconds"], "coverage": 1}
    agrees(by_month["all"]["time_to_resolve"], whole)
    assert by_month["cohort"]["incidents"] == 490
    assert set(by_month["groups"]) == set(EXPECTED["by_month"])
    for month, expected in EXPECTED["by_month"].items():
        agrees(by_month["groups"][month]["time_to_resolve"], expected)
    for impact, expected in EXPECTED["by_impact"].items():
        agrees(by_severity["groups"][f"SEV{RANKS[impact]}"]["time_to_resolve"], expected)


@needs_history
def test_a_service_counts_each_of_its_incidents_once(db, rows):
    bring_in(rows)
    expected = defaultdict(list)
    for row in rows:
        length = datetime.fromisoformat(row["resolved_at"]) - datetime.fromisoformat(row["started_at"])
        for name in row.get("components") or ["none"]:
            expected[name].append(length.total_seconds())
    groups = measured("--by", "service")["groups"]
    assert {key: group["time_to_resolve"]["count"] for key, group in groups.items()} == {
        key: len(lengths) for key, lengths in expected.items()
    }
    for key, lengths in expected.items():
        assert groups[key]["time_to_resolve"]["mean"] == pytest.approx(sum(lengths) / len(lengths))


@needs_history
def test_a_period_holds_both_its_days(db, rows):
    bring_in(rows)
    days = [row["started_at"][:10] for row in rows]
    found = measured("--from", "2023-01-01", "--to", "2023-12-31")
    assert found["cohort"]["incidents"] == sum("2023-01-01" <= day <= "2023-12-31" for day in days)
