"""Does the page over time say what the months are, compare what was asked, and keep quiet where it must?"""

import csv
import io
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Team
from audit.models import AuditEntry
from incidents.models import AffectedService, Incident, Service, Severity
from insights import trend_views
from insights.models import Annotation, Goal
from insights.workflow import annotate, set_goals

HERE = "/insights/over-time/"
OWN = "period=own&since=2026-01-01&until=2026-06-30"


def ask(client, query: str = OWN) -> str:
    response = client.get(f"{HERE}?{query}")
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


@pytest.fixture
def reader(client, responder):
    client.force_login(responder)
    return client


@pytest.fixture
def half_a_year(past):
    """Ten incidents a month from January to June 2026: 120 minutes until March, 40 from April on."""
    for month in range(1, 7):
        for n in range(10):
            at = datetime(2026, month, 2 + n, 9, tzinfo=UTC)
            past(at=at, detected=5, declared=6, mitigated=30, resolved=(120 if month < 4 else 40) + n)


def test_an_empty_installation_says_so(reader):
    html = ask(reader, "")
    assert "No incident in this period" in html
    assert '<svg class="fig' not in html


def test_the_newest_month_is_the_headline(reader, half_a_year):
    html = ask(reader)
    assert "44 min in June 2026" in html
    assert "60 incidents, 1 Jan – 30 Jun 2026" in html


def test_quarters(reader, half_a_year):
    html = ask(reader, f"{OWN}&grain=quarter")
    assert "44 min in Q2 2026" in html
    assert html.count("Q1 2026")
    assert "Jan 2026" not in html


def test_a_month_with_fewer_than_five_has_no_median(reader, past):
    for n in range(4):
        past(at=datetime(2026, 5, 2 + n, tzinfo=UTC), resolved=30)
    html = ask(reader)
    assert "Fewer than 5 incidents in each month" in html
    assert "30 min in May" not in html


def test_a_part_of_a_month_says_so(reader, half_a_year):
    html = ask(reader, "period=own&since=2026-01-05&until=2026-06-08")
    assert "Jan 2026, from 5 Jan" in html
    assert "Jun 2026, to 8 Jun" in html


@pytest.mark.parametrize("day", [1, 15, 30])
def test_the_month_that_runs_says_so(reader, past, day):
    """Also on its first and its last day."""
    with time_machine.travel(datetime(2026, 11, day, 12, tzinfo=UTC), tick=False):
        past(days_ago=0.01, resolved=1)
        assert "Nov 2026, so far" in ask(reader, "")


def test_twelve_months_are_whole_ones(reader, past):
    past(days_ago=1, resolved=1)
    today = timezone.localdate()
    text = reader.get("/insights/over-time.csv").content.decode()
    first = date(today.year - 1, today.month + 1, 1) if today.month < 12 else date(today.year, 1, 1)
    assert f"\n{first:%b %Y}," in text
    assert f"\n{first - timedelta(days=1):%b %Y}," not in text


def test_since_an_annotation(reader, half_a_year, responder):
    annotate(by=responder, day=date(2026, 4, 1), words="New rota")
    html = ask(reader)
    assert "Compared since New rota, 1 Apr 2026" in html
    assert "1 h 20 min faster" in html
    assert "since “New rota”" in html
    assert "This does not show the cause." in html


def test_with_other_periods(reader, half_a_year):
    june = "period=own&since=2026-04-01&until=2026-06-30"
    assert "1 h 20 min faster" in ask(reader, f"{june}&against=before")
    halves = ask(reader, f"{OWN}&against=halves")
    assert "with the first half" in halves
    assert "faster" in halves
    dates = ask(reader, f"{june}&against=dates&was_since=2026-02-01&was_until=2026-03-31")
    assert "1 Feb – 31 Mar 2026" in dates
    year = ask(reader, f"{june}&against=year")
    assert "No trend: fewer than 20 incidents in the period before." in year


def test_under_twenty_there_is_no_trend(reader, past):
    for month in (3, 5):
        for n in range(10):
            past(at=datetime(2026, month, 2 + n, tzinfo=UTC), resolved=100 if month == 3 else 10)
    html = ask(reader, f"{OWN}&against=halves")
    assert "No trend: fewer than 20 incidents" in html
    assert "trending-down" not in html


def test_a_goal_is_drawn_and_how_often_it_was_kept(reader, half_a_year, admin):
    set_goals(by=admin, metric="time_to_resolve", minutes={None: 45}, reached_by=date(2026, 12, 31))
    html = ask(reader)
    assert "Median at most 45 min by 31 Dec 2026." in html
    assert "Met for 3 months in a row" in html
    assert "30% of 60 incidents were within 45 min." in html  # six of ten in each of three months: 40 to 45


def test_a_severity_has_its_own_goal(reader, half_a_year, admin):
    sev3 = Severity.objects.get(rank=3)
    set_goals(by=admin, metric="time_to_resolve", minutes={None: 45, sev3: 150})
    assert "Median at most 45 min." in ask(reader)
    assert "Median at most 2 h 30 min for SEV3." in ask(reader, f"{OWN}&severity={sev3.pk}")


@pytest.mark.parametrize("split", ["severity", "service", "team"])
def test_split(reader, half_a_year, split):
    team = Team.objects.create(name="Payments", slug="payments")
    mail = Service.objects.create(name="Mailer", slug="mailer", owner_team=team)
    AffectedService.objects.bulk_create(
        AffectedService(incident=i, service=mail, impact="degraded", started_at=i.impact_started_at)
        for i in Incident.objects.all()[:30]
    )
    html = ask(reader, f"{OWN}&split={split}")
    name = {"severity": "SEV3", "service": "Mailer", "team": "Payments"}[split]
    assert f'aria-label="{name}"' in html
    link = {"severity": "severity=", "service": "service=mailer", "team": "team=payments"}[split]
    assert link in html.split(f'aria-label="{name}"')[1]


def test_everything_is_in_the_csv(reader, half_a_year):
    text = reader.get(f"/insights/over-time.csv?{OWN}").content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    assert rows[0][:5] == ["Month", "Incidents", "With times", "Still running", "Median (s)"]
    june = next(row for row in rows if row[0] == "Jun 2026")
    assert (june[1], float(june[4])) == ("10", 44.5 * 60)
    assert next(row for row in rows if row[:2] == ["SEV3", "Jun 2026"])[:2] == ["SEV3", "Jun 2026"]


def test_a_private_incident_counts_only_for_those_on_it(client, private_incident, commander, outsider):
    for person, count in ((commander, "1 incident,"), (outsider, "0 incidents,")):
        client.force_login(person)
        html = ask(client, "")
        assert count in html
        assert "Zephyrquartz" not in client.get("/insights/over-time.csv").content.decode()


def test_very_many_come_in_parts(reader, half_a_year, monkeypatch):
    monkeypatch.setattr(trend_views, "AT_ONCE", 10)
    html = ask(reader)
    assert "part=comparison" in html
    assert "part=split" in html
    assert 'aria-label="SEV3"' not in html
    assert 'aria-label="SEV3"' in ask(reader, f"{OWN}&whole=1")
    part = reader.get(f"{HERE}?{OWN}&part=split", headers={"HX-Request": "true"}).content.decode()
    assert part.strip().startswith("<section")
    assert 'aria-label="SEV3"' in part


def test_nonsense_is_named_and_harms_nothing(reader, half_a_year):
    html = ask(reader, f"{OWN}&grain=year&split=colour&against=a99&metric=nothing")
    assert "44 min in June 2026" in html


def test_queries_do_not_grow_with_the_months_and_incidents(reader, past):
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            ask(reader, "period=36")
        return len(queries)

    for days in range(0, 60, 20):
        past(days_ago=days + 1, resolved=10)
    few = asked()
    for days in range(60, 900, 10):
        past(days_ago=days + 1, resolved=10)
    assert asked() <= few


def test_only_responders_annotate_and_set_goals(client, stakeholder, responder):
    annotation = annotate(by=responder, day=date(2026, 4, 1), words="New rota")
    client.force_login(stakeholder)
    assert "New rota" in client.get("/insights/annotations/").content.decode()
    assert "Add annotation" not in ask(client, "period=all")
    for address in ("annotations/new/", f"annotations/{annotation.pk}/", "goals/time_to_resolve/"):
        assert client.get(f"/insights/{address}").status_code == 403
    assert client.post(f"/insights/annotations/{annotation.pk}/deletion/").status_code == 403


def test_an_annotation_from_added_to_deleted(reader, responder):
    back = f"{HERE}?period=24"
    answer = reader.post(
        "/insights/annotations/new/",
        {"day": "2026-04-01", "words": " New  rota ", "kind": "team", "back": back},
    )
    assert answer["Location"] == back
    annotation = Annotation.objects.get()
    assert (annotation.words, annotation.added_by) == ("New rota", responder)
    assert "New rota" in reader.get("/insights/annotations/").content.decode()
    reader.post(
        f"/insights/annotations/{annotation.pk}/", {"day": "2026-04-02", "words": "New rota", "kind": "team"}
    )
    reader.post(f"/insights/annotations/{annotation.pk}/deletion/")
    assert not Annotation.objects.exists()
    actions = AuditEntry.objects.filter(action__startswith="annotation.").order_by("pk")
    assert [entry.action for entry in actions] == [
        "annotation.added",
        "annotation.changed",
        "annotation.deleted",
    ]
    assert actions[1].changes == {"day": ["2026-04-01", "2026-04-02"]}


def test_a_refused_annotation_keeps_what_was_typed(reader):
    html = reader.post("/insights/annotations/new/", {"day": "", "words": "New rota"}).content.decode()
    assert 'value="New rota"' in html
    assert "Error:" in html
    assert not Annotation.objects.exists()


def test_goals_are_set_changed_and_taken_away(reader):
    sev1 = Severity.objects.get(rank=1)
    address = "/insights/goals/time_to_mitigate/"
    reader.post(address, {"overall": "45", f"severity_{sev1.pk}": "30", "reached_by": "2026-12-31"})
    assert {(g.severity, g.seconds) for g in Goal.objects.all()} == {(None, 2700), (sev1, 1800)}
    assert 'value="45"' in reader.get(address).content.decode()
    reader.post(address, {"overall": "40", f"severity_{sev1.pk}": "", "reached_by": ""})
    goal = Goal.objects.get()
    assert (goal.severity, goal.seconds, goal.reached_by) == (None, 2400, None)
    last = AuditEntry.objects.filter(action="goal.set").order_by("pk").last()
    assert last.changes["SEV1"] == [30, None]


def test_another_site_is_no_place_to_go_back_to(reader):
    answer = reader.post(
        "/insights/annotations/new/",
        {"day": "2026-04-01", "words": "x", "kind": "other", "back": "https://evil.test/"},
    )
    assert answer["Location"] == HERE


def test_annotations_stand_on_are_we_faster(reader, half_a_year, responder):
    annotate(by=responder, day=date(2026, 4, 1), words="New rota")
    assert "New rota" in reader.get(f"/insights/faster/?{OWN}").content.decode()
