"""How much of what was promised for a quarter is done and verified, and what is at risk?"""

import re
from datetime import UTC, date, datetime, timedelta
from html import unescape
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from accounts.models import Team
from action_items.models import ActionItem
from action_items.quarters import Quarter, Standing
from action_items.workflow import add_action_item, start_action_item, wont_do_action_item
from incidents.workflow import declare_incident

BERLIN = ZoneInfo("Europe/Berlin")
QUARTER = Quarter(2026, 1)


@pytest.fixture
def item(db):
    """`item(due, state, …)`: days are those of the first quarter of 2026."""

    def make(due, state="open", *, added=1, done=None, **fields):
        at = lambda day: datetime(2026, 1, 1, 12, tzinfo=UTC) + timedelta(days=day - 1)  # noqa: E731
        return ActionItem.objects.create(
            title=f"Due {due}",
            state=state,
            due_on=date(2026, 1, 1) + timedelta(days=due - 1),
            created_at=at(added),
            done_at=at(done) if done else None,
            verified_at=at(done + 1) if done and state == "verified" else None,
            state_since=at(done or added),
            **fields,
        )

    return make


def test_a_quarter_and_its_neighbours():
    assert (QUARTER.first, QUARTER.last) == (date(2026, 1, 1), date(2026, 3, 31))
    assert (str(QUARTER.before), str(QUARTER.after)) == ("2025-Q4", "2026-Q2")
    assert Quarter.read("2025-Q4", date(2026, 5, 1)).last == date(2025, 12, 31)
    for odd in ("", "2026-Q5", "1999-Q1", "x"):
        assert str(Quarter.read(odd, date(2026, 5, 1))) == "2026-Q2"
    assert QUARTER.ends_of_weeks[-1] == QUARTER.last


def test_promised_done_verified_and_given_up(item):
    team = Team.objects.create(name="Payments", slug="payments")
    item(10, "done", done=5, team=team)
    item(20, "verified", done=12, team=team)
    item(30)
    item(40)
    item(50, "wont_do", done=9, wont_do_reason="x")
    item(120)
    standing = Standing.of(ActionItem.objects.all(), QUARTER, today=date(2026, 2, 5), zone=BERLIN)
    found = standing.kept
    assert (found.promised, found.done, found.verified) == (4, 2, 1)
    assert (found.overdue, found.at_risk, found.given_up) == (1, 1, 1)
    assert [(name, one.promised) for _, name, one in standing.by_team] == [
        ("Payments", 2),
        ("No team", 2),
    ]


def test_week_by_week(item, django_assert_num_queries):
    item(10, "verified", done=5)
    item(20, added=10)
    item(30, "wont_do", done=9, wont_do_reason="x")
    with django_assert_num_queries(1):
        found = Standing.of(ActionItem.objects.all(), QUARTER, today=date(2026, 1, 16), zone=BERLIN).weeks
    assert [(one.label, one.promised, one.done, one.verified) for one in found[:5]] == [
        ("1 Jan", 2, 0, 0),
        ("8 Jan", 2, 1, 1),
        ("15 Jan", 2, 1, 1),
        ("22 Jan", 2, 1, 1),
        ("29 Jan", 2, None, None),
    ]


def test_the_page_counts_what_the_reader_can_see(client, commander, outsider, private_incident):
    today = timezone.localdate()
    add_action_item(by=commander, title="Quiet", incident=private_incident, due_on=today)
    add_action_item(by=commander, title="Loud", due_on=today)
    for person, count in ((commander, 2), (outsider, 1)):
        client.force_login(person)
        page = client.get("/actions/quarter/")
        assert page.context["kept"].promised == count
        assert "fig-wide" in page.content.decode()
    assert client.get("/actions/quarter/?quarter=2001-Q1&team=x").status_code == 200


def test_at_risk_is_shown_until_somebody_starts(client, commander, severity):
    incident = declare_incident(by=commander, title="Slow", severity=severity(3))
    due = timezone.localdate() + timedelta(days=3)
    item = add_action_item(by=commander, title="Alert on it", incident=incident, due_on=due)
    add_action_item(by=commander, title="Later", due_on=due + timedelta(days=30))
    client.force_login(commander)
    for page in ("/actions/", "/actions/board/"):
        body = client.get(page).content.decode()
        assert body.count("Due within 7 days and not started") == 1, page
        assert incident.reference in body
    assert [one.title for one in client.get("/actions/?state=at_risk").context["page"]] == ["Alert on it"]
    start_action_item(item=item, by=commander)
    assert "not started" not in client.get("/actions/").content.decode()


def test_the_numbers_of_the_page_lead_to_as_many_items(client, commander):
    quarter = Quarter.of(timezone.localdate())
    for title, due in (("Now", timezone.localdate()), ("After it", quarter.last + timedelta(days=1))):
        add_action_item(by=commander, title=title, due_on=due)
    given_up = add_action_item(by=commander, title="Given up", due_on=quarter.last)
    wont_do_action_item(item=given_up, by=commander, reason="Too dear")
    client.force_login(commander)
    body = client.get("/actions/quarter/").content.decode()
    for name in ("promised", "at_risk"):
        address = unescape(re.search(rf'href="(/actions/\?state={name}[^"]*)"', body)[1])
        assert [one.title for one in client.get(address).context["page"]] == ["Now"], name


def test_state_and_team_of_many_at_once(client, commander):
    team = Team.objects.create(name="Payments", slug="payments")
    items = [add_action_item(by=commander, title=f"Item {number}") for number in range(2)]
    client.force_login(commander)
    chosen = {"item": [one.pk for one in items]}
    assert "Team" in client.get("/actions/bulk/", chosen | {"change": "team"}).content.decode()
    client.post("/actions/bulk/", chosen | {"change": "team", "team": team.pk})
    client.post("/actions/bulk/", chosen | {"change": "state", "state": "in_progress"})
    assert set(ActionItem.objects.values_list("team", "state")) == {(team.pk, "in_progress")}
