"""Is a time in a file taken as it is written: never with a precision it has not, never one reading of two?"""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command

from incidents.models import Incident
from tests.history.conftest import line

CASES = Path(settings.BASE_DIR).parent / "shared" / "data" / "cases"
pytestmark = pytest.mark.django_db


def time_to_resolve() -> dict:
    out = StringIO()
    call_command("metrics", json=True, stdout=out)
    return json.loads(out.getvalue())["all"]["time_to_resolve"]


def table(*rows: str) -> str:
    return "\n".join(("id,title,started_at,resolved_at", *rows)) + "\n"


COARSE = table(
    "C1,both without a time of day,2023-02-01,2023-02-01",
    "C2,end without a time of day,2023-02-02 09:00,2023-02-03",
    "C3,exact,2023-02-04 09:00,2023-02-04 10:00",
)
DOUBLED = table(
    "H1,ends before it begins on the wall clock,2025-10-26 02:40,2025-10-26 02:10",
    "H2,ambiguous start,2025-10-26 02:20,2025-10-26 04:00",
    "H3,never existed,2025-03-30 02:30,2025-03-30 04:00",
)


def contents(name: str, own: str) -> list:
    """The small equivalent, and the shared case where it is beside the checkout."""
    shared = CASES / name
    return [own, *([shared.read_text()] if shared.exists() else [])]


@pytest.mark.parametrize("content", contents("coarse_times.csv", COARSE))
def test_date_without_a_time_of_day_has_no_duration(written, imported, content):
    report = imported(written(content), "csv", zone="UTC")
    assert [(row["source_id"], "no time of day" in row["reason"]) for row in report["rows_refused"]] == [
        ("C1", True),
        ("C2", True),
    ]
    cell = time_to_resolve()
    assert (cell["count"], cell["mean"]) == (1, 3600)


OTHER_FORMATS = {
    "jsonl": [
        line(started_at="2024-05-03", updates=[]),
        line(resolved_at="2024-05-03", updates=[]),
        line(updates=[{"at": "2024-03-01", "status": "Resolved", "message": "It is over."}]),
    ],
    "pagerduty": [
        {"incidents": [{"id": "P1", "title": "a", "status": "resolved", "created_at": "2024-05-03",
                        "last_status_change_at": "2024-05-03T10:00:00Z"}]},
        {"incidents": [{"id": "P1", "title": "a", "status": "resolved", "created_at": "2024-05-03T10:00:00Z",
                        "last_status_change_at": "2024-05-04"}]},
    ],
    "opsgenie": [
        {"data": [{"id": "o1", "message": "a", "status": "closed", "createdAt": "2024-05-03T10:00:00Z",
                   "impactEndDate": "2024-05-04"}]},
    ],
    "statuspage": [
        {"incidents": [{"id": "s1", "name": "a", "status": "resolved", "started_at": "2024-05-03",
                        "resolved_at": "2024-05-03"}]},
        {"incidents": [{"id": "s1", "name": "a", "status": "scheduled", "created_at": "2024-05-03T10:00:00Z",
                        "scheduled_for": "2024-05-04", "scheduled_until": "2024-05-04T12:00:00Z"}]},
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("form", "content"), [(form, content) for form, rows in OTHER_FORMATS.items() for content in rows]
)
def test_no_format_makes_up_a_time_of_day(written, imported, form, content):
    text = json.dumps(content) + "\n"
    report = imported(written(text), form, zone="Europe/Berlin")
    assert "no time of day" in report["rows_refused"][0]["reason"]
    assert not Incident.objects.exists()


@pytest.mark.parametrize("content", contents("doubled_hour.csv", DOUBLED))
def test_ambiguous_and_missing_hours_are_listed_with_both_readings(written, imported, content):
    report = imported(written(content), "csv", zone="Europe/Berlin")
    reasons = {row["source_id"]: row["reason"] for row in report["rows_refused"]}
    assert set(reasons) == {"H1", "H2", "H3"}
    for name in ("H1", "H2"):
        assert "was twice in Europe/Berlin" in reasons[name]
        assert "+02:00 or +01:00" in reasons[name]
    assert "does not exist in Europe/Berlin" in reasons["H3"]
    assert not Incident.objects.exists()


def test_repeated_hour_with_its_offsets_is_read(written, imported):
    row = "H1,it,2025-10-26 02:40+02:00,2025-10-26 02:10+01:00"
    assert imported(written(table(row)), "csv", zone="Europe/Berlin")["imported"] == 1
    assert time_to_resolve()["mean"] == 1800


FOREIGN = (
    "Incident,Description,Created On,Resolved On\n"
    'P1,Checkout slow,"Fri, 26 Feb 2016 03:36:32 GMT","Fri, 26 Feb 2016 04:10:00 GMT"\n'
    "P2,Labels stop,1456458992000,1456460992000\n"
)


@pytest.mark.parametrize("content", contents("foreign_dates.csv", FOREIGN))
@pytest.mark.parametrize("columns", [[], ["resolved_at=Resolved On"]])
def test_dates_of_other_tools_are_read_and_one_chosen_column_keeps_the_guesses(
    written, imported, content, columns
):
    report = imported(written("\ufeff" + content), "csv", column=columns)
    assert (report["imported"], report["rows_refused"]) == (2, [])
    first, second = Incident.objects.order_by("impact_started_at")
    assert (first.title, second.title) == ("Checkout slow", "Labels stop")
    assert first.impact_started_at.isoformat() == "2016-02-26T03:36:32+00:00"
    assert (second.resolved_at - second.impact_started_at).total_seconds() == 2000


@pytest.mark.parametrize(("dates", "month"), [("dmy", 4), ("mdy", 3), ("", None)])
def test_stated_date_format(written, imported, dates, month):
    report = imported(
        written(table("D1,x,03/04/2024 10:00,03/04/2024 11:00")), "csv", zone="UTC", dates=dates
    )
    if month is None:
        assert "Choose the date format" in report["rows_refused"][0]["reason"]
    else:
        assert Incident.objects.get().impact_started_at.month == month


PAGERDUTY = (
    "id,incident_number,urgency,description,service_id,service_name,escalation_policy_id,escalation_policy_name,"
    "created_on,resolved_on,seconds_to_first_ack,seconds_to_resolve,auto_resolved,acknowledge_count\n"
    "PT4KHLK,1234,high,The server is on fire,PIJ90N7,My Mail Service,PT20YPA,On-call,2024-03-06 21:30:42,"
    "2024-03-06 21:38:23,78,461,false,1\n"
)


def test_table_saved_from_pagerduty(written, imported):
    assert imported(written(PAGERDUTY), "csv", zone="America/New_York")["imported"] == 1
    incident = Incident.objects.get()
    assert (incident.title, incident.severity.name) == ("The server is on fire", "SEV2")
    assert time_to_resolve()["mean"] == 461
    assert [a.service.name for a in incident.affected_services.all()] == ["My Mail Service"]
