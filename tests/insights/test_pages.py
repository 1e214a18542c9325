"""Do the pages answer from what their reader can reach, say what they rest on, and keep quiet where they must?"""

import csv
import io
import re
from datetime import timedelta

import pytest

from action_items.models import ActionItem
from incidents.models import AffectedService, DueTime, Incident, IncidentType, Service, Status
from insights import views

QUESTIONS = ["faster", "promises", "actions", "breaks", "humane", "time", "cost", "what-would-it-take"]
HOUR = 60


def ask(client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


@pytest.fixture
def reader(client, responder):
    client.force_login(responder)
    return client


def complete(past, number: int, **more) -> None:
    for n in range(number):
        past(
            days_ago=2 + n % 60,
            detected=4,
            declared=6,
            acknowledged=6,
            mitigated=30,
            resolved=HOUR + n,
            **more,
        )


def test_an_empty_installation_says_so(reader):
    assert "No incident in this period" in ask(reader, "/insights/")


@pytest.mark.parametrize("key", QUESTIONS)
def test_every_question_has_its_formula_table_and_csv(reader, past, incident, key):
    complete(past, 25)
    began = incident.declared_at - timedelta(hours=2)
    mail = Service.objects.create(name="Mail", slug="mail")
    AffectedService.objects.create(incident=incident, service=mail, impact="degraded", started_at=began)
    DueTime.objects.create(
        incident=incident, audience="public", since_at=began, due_at=began, ended_at=incident.declared_at
    )
    ActionItem.objects.create(title="Bound it", due_on=began.date())
    html = ask(reader, f"/insights/{key}/?period=all")
    assert "<table" in html
    assert f"/insights/{key}.csv?period=all" in html
    assert ("/actions/?state=" if key == "actions" else "/insights/incidents/?period=all") in html
    response = reader.get(f"/insights/{key}.csv?period=all")
    assert response["Content-Type"].startswith("text/csv")
    head, first, *_ = csv.reader(io.StringIO(response.content.decode()))
    assert len(head) == len(first) > 1


def test_the_incidents_behind_come_by_pages_each_with_its_figure(reader, past, monkeypatch):
    monkeypatch.setattr(views, "LISTED", 10)
    complete(past, 25)
    pages = [ask(reader, f"/insights/incidents/?page={page}") for page in (1, 2, 3)]
    numbers = [number for page in pages for number in re.findall(r'class="ref mr-1">(INC-[0-9]+)<', page)]
    assert [page.count("data-row") for page in pages] == [10, 10, 5]
    assert len(set(numbers)) == 25
    assert all("25 incidents" in page and "not known" not in page for page in pages)
    assert ("page=2" in pages[0], "page=4" in pages[2]) == (True, False)


def test_a_private_incident_counts_only_for_those_on_it(client, past, private_incident, commander, outsider):
    complete(past, 3)
    Incident.objects.filter(pk=private_incident.pk).update(impact_started_at=private_incident.declared_at)
    for person, count in ((commander, 4), (outsider, 3)):
        client.force_login(person)
        html = ask(client, "/insights/")
        assert f"{count} incidents, " in html
        assert ("Zephyrquartz" in html) == (person == commander)
        assert ("Zephyrquartz" in ask(client, "/insights/incidents/")) == (person == commander)
        assert ("Zephyrquartz" in client.get("/insights/faster.csv").content.decode()) == (
            person == commander
        )


def test_drills_declined_and_merged_are_left_out_and_counted(reader, past, incident):
    complete(past, 2)
    past(is_drill=True, resolved=5)
    past(status=Status.DECLINED)
    past(status=Status.MERGED)
    html = ask(reader, "/insights/")
    assert "3 incidents, " in html
    assert "left out: 1 drill, 1 declined, 1 merged" in html


def test_a_length_that_is_not_known_says_why(reader, past, incident):
    complete(past, 2)
    assert "which is not known for 1 of them" in ask(reader, "/insights/")
    Incident.objects.filter(pk=incident.pk).update(impact_started_at=incident.declared_at)
    assert "which is not known" not in ask(reader, "/insights/")


def test_fewer_than_five_are_dots_without_a_median(reader, past):
    complete(past, 4)
    html = ask(reader, "/insights/")
    assert "Too few for a median" in html
    assert html.count('class="dot"') == 12  # four, at three widths
    assert "median 1 h" not in html


def test_fewer_than_twenty_have_no_trend(reader, past):
    complete(past, 19)
    html = ask(reader, "/insights/")
    assert "Resolved in 1 h 09 min" in html
    assert "no trend: fewer than 20 incidents" in html
    assert "trending" not in html


def test_under_half_the_times_there_is_no_headline(reader, past):
    complete(past, 6)
    for _ in range(7):
        past(status=Status.RESOLVED)
    html = ask(reader, "/insights/")
    assert "Too few have the times" in html
    assert "Resolved in" not in html


def test_a_change_that_holds_gets_its_arrow(reader, past):
    for n in range(30):
        past(days_ago=100 + n, resolved=3 * HOUR + n)
        past(days_ago=5 + n, resolved=HOUR + n)
    html = ask(reader, "/insights/")
    assert "Resolved in 1 h 14 min, was 3 h 14 min" in html
    assert "the change holds (95% interval −" in html
    assert "faster</span>" in html


def test_an_open_incident_is_a_dot_that_still_runs(reader, past):
    complete(past, 5)
    past(days_ago=0.5, title="Still burning")
    html = ask(reader, "/insights/")
    assert "Still burning: running, 12 h" in html
    assert "6 of 6 have the times" in html


def test_filters_narrow_and_stay_in_the_addresses(reader, past, severity):
    mail = Service.objects.create(name="Mail", slug="mail")
    kind = IncidentType.objects.first()
    complete(past, 3, rank=1)
    hit = past(rank=2, resolved=10, incident_type=kind, title="Only this")
    AffectedService.objects.create(incident=hit, service=mail, impact="degraded", started_at=hit.declared_at)
    for asked in (f"severity={severity(2).pk}", "service=mail", f"incident_type={kind.pk}"):
        html = ask(reader, f"/insights/?{asked}")
        assert "1 incident, " in html, asked
        assert f"/insights/incidents/?{asked}" in html
        assert "Only this" in ask(reader, f"/insights/incidents/?{asked}")
    assert "0 incidents, " in ask(reader, "/insights/?service=mail&period=own&until=2020-01-01")


@pytest.mark.parametrize(
    "asked",
    [
        "period=x",
        "since=no&period=own",
        "severity=9999",
        "service=%F0",
        "metric=drop",
        "team=x",
        "period=own&until=9999-12-31",
        "period=own&since=1000-01-01",
        "period=own&since=0001-01-01&until=0001-01-02",
    ],
)
def test_odd_addresses_are_as_if_not_asked(reader, past, asked):
    complete(past, 2)
    assert "2 incidents, " in ask(reader, f"/insights/?{asked}")


def test_with_very_many_each_answer_follows_by_itself(reader, past, settings, monkeypatch):
    monkeypatch.setattr(views, "AT_ONCE", 1)
    complete(past, 2)
    html = ask(reader, "/insights/?period=all")
    assert "Too few for a median" not in html
    for key in QUESTIONS:
        assert f'hx-get="/insights/{key}/?panel=1&amp;period=all"' in html
        answer = reader.get(
            f"/insights/{key}/?panel=1&period=all", headers={"HX-Request": "true"}
        ).content.decode()
        assert answer.strip().startswith("<section")
        assert "hx-get" not in answer


def test_a_file_without_figures_says_why(reader, past):
    past(resolved=10)
    told = reader.get("/insights/faster.csv?period=own&since=2001-01-01&until=2001-02-01").content.decode(
        "utf-8-sig"
    )
    assert told.splitlines()[0] == "Question,Answer"
    assert "No incident in this period" in told


def test_cells_that_a_spreadsheet_would_run_are_harmless(reader, past):
    past(title="=HYPERLINK(1)", resolved=10)
    Service.objects.create(name="=1+1", slug="sum")
    AffectedService.objects.create(
        incident=past(resolved=9),
        service=Service.objects.get(),
        impact="degraded",
        started_at=past().declared_at,
    )
    assert "'=1+1" in reader.get("/insights/breaks.csv").content.decode()
