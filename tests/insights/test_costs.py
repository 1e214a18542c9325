"""Are costs what somebody would calculate by hand, from what is stated and what is assumed?"""

import json
from datetime import timedelta
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from action_items.models import ActionItem
from incidents.models import AffectedService, Incident, Role, Service
from incidents.models.people import Participation, RoleAssignment
from insights.cohort import Access, Scope
from insights.cost_queries import Rates, spending
from insights.hours import responder_hours
from retros.measures import Interval, union, user_minutes
from retros.models import AffectedUsers, ImpactStatement, Retrospective
from retros.workflow import assume_costs
from tests.asked import asked_of

NOTHING = (None, None, None)


def three(*values) -> tuple[Decimal, ...]:
    return tuple(Decimal(value) for value in values)


def everything() -> Scope:
    return Scope(Incident.objects.all())


@pytest.fixture
def services(db):
    return {name: Service.objects.create(name=name, slug=name) for name in ("mail", "search")}


@pytest.fixture
def cut_off(past, services):
    """Mail from 0 to 30 min for 10% of 1,000, search from 20 to 50 for 40% of 200; three union-wise 50 min."""

    def make(stated=("mail", "search"), status="published", **more) -> Incident:
        incident = past(**({"resolved": 90} | more))
        began = incident.impact_started_at
        looked = Retrospective.objects.create(title="x", incident=incident, status=status)
        looked.incidents.add(incident)
        for name, first, last, users, share in (("mail", 0, 30, 1000, 10), ("search", 20, 50, 200, 40)):
            AffectedService.objects.create(
                incident=incident, service=services[name], impact="degraded",
                started_at=began + timedelta(minutes=first), ended_at=began + timedelta(minutes=last),
            )  # fmt: skip
            if name in stated:
                AffectedUsers.objects.create(
                    retrospective=looked, service=services[name], users=users, share=share
                )
        return incident

    return make


def work(incident, person, minutes: int) -> None:
    began = incident.declared_at
    Participation.objects.create(
        incident=incident,
        user=person,
        joined_at=began,
        left_at=began + timedelta(minutes=minutes),
        last_active_at=began,
    )
    Participation.objects.count_work()


def told() -> tuple:
    return spending(everything(), Rates.get())


def test_each_stretch_of_activity_is_not_read_for_it(cut_off, responder):
    with CaptureQueriesContext(connection) as asked:
        told()
        responder_hours(everything(), "UTC")
    assert asked
    assert not [text for text in asked_of(asked) if "incidents_activitysession" in text]


def test_user_minutes_are_those_of_the_retrospective(cut_off):
    incident = cut_off()
    rows = [
        Interval(row.service.name, row.impact, row.started_at, row.ended_at,
                 users=stated.users, share=float(stated.share))
        for row in incident.affected_services.all()
        for stated in AffectedUsers.objects.filter(service=row.service)
    ]  # fmt: skip
    found = told()
    assert found.users.whole / 60 == pytest.approx(user_minutes(rows)[0]) == pytest.approx(30 * 100 + 30 * 80)
    assert found.impact.whole == union(rows).total_seconds() == 50 * 60
    assert [(one.name, one.users / 60) for one in told().felt] == [("mail", 3000), ("search", 2400)]


def test_an_incident_with_a_service_unstated_leaves_user_minutes(cut_off):
    cut_off()
    cut_off(stated=("mail",))
    found = told()
    assert (found.users.known, found.users.of, found.impact.known) == (1, 2, 2)
    assert found.users.whole / 60 == pytest.approx(5400)


def test_the_own_retrospective_goes_before_one_that_covers_several(cut_off, services):
    incident = cut_off()
    several = Retrospective.objects.create(title="All of them", status="published")
    several.incidents.add(incident)
    for service in services.values():
        AffectedUsers.objects.create(retrospective=several, service=service, users=9_000_000, share=100)
    assert told().users.whole / 60 == pytest.approx(5400)


def test_without_assumptions_there_is_no_money(cut_off, commander):
    work(cut_off(), commander, 120)
    found = told()
    assert (found.likely.known, found.worked.whole) == (0, 7200)


def test_money_is_hours_minutes_and_credits(cut_off, commander, responder, admin):
    incident = cut_off()
    work(incident, commander, 120)
    work(incident, responder, 60)
    RoleAssignment.objects.create(
        incident=incident, role=Role.objects.get(slug=Role.COMMANDER), user=commander, assigned_by=commander,
        started_at=incident.declared_at,
    )  # fmt: skip
    ImpactStatement.objects.create(
        retrospective=incident.retrospective, dimension="business",
        numbers=[
            {"name": "Credits granted", "value": "1,200.50", "unit": "eur"},
            {"name": "Credits granted", "value": "7", "unit": "USD"},
            {"name": "Credits", "value": "about ten", "unit": "EUR"},
            {"name": "Orders lost", "value": "900", "unit": "EUR"},
        ],
    )  # fmt: skip
    role = Role.objects.get(slug=Role.COMMANDER)
    assume_costs(
        by=admin, currency="eur",
        rates={"hour": three(50, 80, 100), "minute": three(10, 20, 30), f"role_{role.pk}": three(100, 120, 200)},
    )  # fmt: skip
    found = told()
    money = [
        2 * mine + 1 * theirs + 50 * 0.4 * minute + 1200.50
        for mine, theirs, minute in ((100, 50, 10), (120, 80, 20), (200, 100, 30))
    ]
    assert [found.low.whole, found.likely.whole, found.high.whole] == pytest.approx(money)
    assert [found.most[0].low, found.most[0].likely, found.most[0].high] == pytest.approx(money)


def test_credits_of_the_own_retrospective_count_in_any_period(past, responder, admin):
    """Also where it does not name its incident among those that it covers."""
    incident = past(days_ago=2, resolved=30)
    work(incident, responder, 60)
    own = Retrospective.objects.create(title="x", incident=incident, status="published")
    ImpactStatement.objects.create(
        retrospective=own, dimension="business", numbers=[{"name": "Credits", "value": "5", "unit": "EUR"}]
    )
    assume_costs(by=admin, currency="eur", rates={"hour": three(1, 1, 1), "minute": NOTHING})
    since = timezone.now() - timedelta(days=9)
    whole = [
        spending(Scope(Incident.objects.all(), since=at), Rates.get()).likely.whole for at in (None, since)
    ]
    assert whole == [6, 6]


def test_what_is_missing_leaves_the_money(cut_off, commander, admin):
    assume_costs(by=admin, currency="EUR", rates={"hour": three(50, 80, 100), "minute": three(1, 2, 3)})
    work(cut_off(), commander, 60)
    cut_off()
    work(cut_off(stated=()), commander, 60)
    found = told()
    assert (found.likely.known, found.likely.of) == (1, 3)
    assume_costs(by=admin, currency="EUR", rates={"hour": three(50, 80, 100), "minute": NOTHING})
    assert told().likely.known == 2


def test_the_page_says_money_only_where_half_is_known(client, cut_off, commander, admin):
    client.force_login(commander)
    assert "Users are not stated" not in client.get("/insights/cost/").content.decode()
    for _ in range(2):
        work(cut_off(), commander, 60)
    html = client.get("/insights/cost/").content.decode()
    assert "10,800 user-minutes" in html
    assert "EUR" not in html
    assume_costs(by=admin, currency="EUR", rates={"hour": three(50, 80, 100), "minute": three(1, 2, 3)})
    html = client.get("/insights/cost/").content.decode()
    assert "EUR 240, between 140 and 320" in html
    assert "What is assumed" in html
    for _ in range(3):
        cut_off(stated=())
    html = client.get("/insights/cost/").content.decode()
    assert "Too few state their users" in html
    assert "known for 2 of 5" in html
    assert "EUR 240" not in html


def test_of_what_is_private_or_not_published_only_its_readers_count(
    client, cut_off, commander, outsider, stakeholder
):
    cut_off(status="in_review")
    work(cut_off(is_private=True, title="Canary Zephyrquartz"), commander, 60)
    for person, known, of in ((commander, 2, 2), (outsider, 1, 1), (stakeholder, 0, 1)):
        access = Access.of(person)
        found = spending(Scope(access.incidents, access=access), Rates.get())
        assert (found.users.known, found.users.of) == (known, of), person
        client.force_login(person)
        for address in ("/insights/cost/", "/insights/cost.csv"):
            assert ("Zephyrquartz" in client.get(address).content.decode()) == (person == commander)


def test_the_command_prints_user_time_as_a_metric(cut_off):
    cut_off()
    out = StringIO()
    call_command("metrics", "--json", "--by", "service", stdout=out)
    found = json.loads(out.getvalue())
    assert found["all"]["user_time"]["mean"] == pytest.approx(5400 * 60)
    assert found["groups"]["mail"]["user_time"]["count"] == 1
    assert (found["cohort"]["user_minutes"], found["cohort"]["user_minutes_coverage"]) == (
        pytest.approx(5400),
        1,
    )
    assert (found["cohort"]["cost"], found["cohort"]["followed_90_days"]) == (None, 0)


def test_the_command_prints_how_actions_fare(db):
    now = timezone.now()
    for days in (10, 20, 30, None):
        ActionItem.objects.create(
            title="x", created_at=now - timedelta(days=40), due_on=(now - timedelta(days=15)).date(),
            done_at=days and now - timedelta(days=40 - days), state="done" if days else "open",
        )  # fmt: skip
    out = StringIO()
    call_command("metrics", "--json", stdout=out)
    found = json.loads(out.getvalue())
    assert (found["cohort"]["actions_on_time"], found["cohort"]["actions_due"]) == (2, 4)
    cell, day = found["all"]["time_to_complete"], 86_400
    assert (cell["count"], cell["coverage"], cell["median"]) == (3, 1, pytest.approx(20 * day))
    assert (cell["km_median"], cell["km_p90"]) == (pytest.approx(20 * day), None)
    assert set(found["all"]) <= set(found["definitions"])
