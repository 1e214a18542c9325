"""Do lists of action items read little, however many there are, and show the same as ever?"""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import User
from action_items.access import action_items_for
from action_items.models import ActionItem
from incidents.models import Incident
from incidents.workflow import declare_incident
from retros.models import Retrospective
from tests.plans import most_rows, plans_of

MANY = 300


@pytest.fixture
def many(commander, severity):
    """300 items of 100 retrospectives, every tenth of them private, some items of no day, a third done."""
    today = timezone.localdate()
    incidents = [
        declare_incident(by=commander, title="x", severity=severity(3), is_private=n == 0) for n in range(2)
    ]
    retrospectives = Retrospective.objects.bulk_create(
        Retrospective(title=f"Of {n}", is_private=n % 10 == 5, published_at=timezone.now())
        for n in range(MANY // 3)
    )
    retrospectives[0].incidents.add(incidents[0])
    return ActionItem.objects.bulk_create(
        ActionItem(
            title=f"Item {n}",
            retrospective=retrospectives[n // 3] if n % 50 else None,
            incident=incidents[n % 2] if n % 50 == 0 else None,
            owner=commander if n % 7 == 0 else None,
            priority=f"P{1 + n % 4}",
            due_on=today + timedelta(days=n % 40 - 20) if n % 11 else None,
            state="done" if n % 3 == 0 else "open",
            done_at=timezone.now() if n % 3 == 0 else None,
        )
        for n in range(MANY)
    )


def test_each_way_to_ask_reaches_the_same(many, commander, responder, stakeholder, outsider, admin):
    for person in (commander, responder, stakeholder, outsider, admin, User(is_active=False)):
        for hides in (False, True):
            person.hides_private = hides
            reached = set(ActionItem.objects.visible_to(person))
            assert set(ActionItem.objects.visible_one_by_one(person)) == reached
            assert set(ActionItem.objects.all().visible_of_these(person)) == reached
            found = Retrospective.objects.visible_to(person, one_by_one=True)
            assert set(found) == set(Retrospective.objects.visible_to(person))
            read = Retrospective.objects.readable_by(person, one_by_one=True)
            assert set(read) == set(Retrospective.objects.readable_by(person))
            some = ActionItem.objects.filter(state="open")
            assert set(some.visible_of_these(person)) == set(some & ActionItem.objects.visible_to(person))


def test_one_by_one_stops_at_the_first_few(many, responder):
    """Not with all retrospectives in a hash, as PostgreSQL would."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    first = ActionItem.objects.visible_one_by_one(responder).order_by("-pk")[:10]
    assert most_rows(first) <= 40


def test_of_these_asks_each_retrospective_once(many, responder):
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        cursor.execute("SET LOCAL enable_seqscan = off")
    some = ActionItem.objects.filter(pk__in=[item.pk for item in many[:60]])
    loops = [
        plan["Actual Loops"] * plan["Actual Rows"]
        for plan in plans_of(some.visible_of_these(responder))
        if plan.get("Relation Name") == "retros_retrospective"
    ]
    assert loops
    assert max(loops) <= 20


def test_of_these_looks_at_no_other_private_incident(many, commander, responder, severity):
    private = declare_incident(by=commander, title="x", severity=severity(3), is_private=True)
    incidents = Incident.objects.bulk_create(
        Incident(
            number=1000 + n, title="x", severity=severity(3), reported_by=commander, is_private=n % 2 == 0
        )
        for n in range(4 * MANY)
    )
    of_them = Retrospective.objects.bulk_create(Retrospective(title="x") for _ in incidents)
    covers = Retrospective.incidents.through
    covers.objects.bulk_create(
        covers(retrospective=one, incident=incident) for one, incident in zip(of_them, incidents, strict=True)
    )
    hidden = many[0].retrospective or many[1].retrospective
    hidden.incidents.add(private)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        cursor.execute("SET LOCAL enable_seqscan = off")
    some = ActionItem.objects.filter(pk__in=[item.pk for item in many])
    reached = some.visible_of_these(responder)
    assert set(reached) == set(some & ActionItem.objects.visible_to(responder)) != set(some)
    read = [
        plan["Actual Loops"] * (plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0))
        for plan in plans_of(reached)
        if plan.get("Relation Name") == "retros_retrospective_incidents"
    ]
    assert read
    assert sum(read) <= MANY // 3, "only what the items come from"


@pytest.mark.parametrize(
    ("index", "rows"),
    [
        (
            "action_items_unfinished",
            lambda: ActionItem.objects.unfinished().order_by("due_on", "priority", "pk")[:50],
        ),
        (
            "action_items_by_change",
            lambda: ActionItem.objects.filter(state="done", state_since__gte=timezone.now()).order_by(),
        ),
        ("action_items_title", lambda: ActionItem.objects.filter(title__icontains="certificate").order_by()),
    ],
)
def test_an_index_has_what_a_list_asks(db, index, rows):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_sort = off")
    assert index in rows().explain()


def test_private_incidents_have_an_index(db, responder):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    assert "incidents_private" in Incident.objects.hidden_from(responder).order_by().explain()


@pytest.mark.parametrize("state", ["unfinished", "open", "at_risk", ""])
def test_the_list_is_in_order_of_its_groups(client, many, commander, state):
    client.force_login(commander)
    page = client.get("/actions/", {"state": state}).context["page"]
    today = timezone.localdate()
    reached = (
        ActionItem.objects.visible_to(commander).grouped(today).order_by("group", "due_on", "priority", "pk")
    )
    wanted = {"unfinished": reached.unfinished(), "at_risk": reached.at_risk(today), "": reached}
    assert list(page) == list(wanted.get(state, reached.filter(state="open"))[: len(page)])
    assert len(page) == min(50, page.paginator.count)


def test_the_board_counts_all_and_shows_the_first_of_each(client, many, commander):
    client.force_login(commander)
    columns = {
        state: (items, size) for state, _, items, size in client.get("/actions/board/").context["columns"]
    }
    for state in ("open", "done", "verified"):
        items, size = columns[state]
        reached = ActionItem.objects.visible_to(commander).filter(state=state)
        assert size == reached.count()
        assert items == list(reached.order_by("due_on", "priority", "pk")[:20])


def test_the_head_counts_what_is_open(client, many, responder):
    client.force_login(responder)
    context = client.get("/actions/?priority=P1").context
    assert context["open_count"] == ActionItem.objects.visible_to(responder).unfinished().count()


def test_whether_one_may_be_told_outside_looks_at_no_other_retrospective(many):
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    one = action_items_for(None).filter(pk=many[1].pk)
    assert most_rows(one) <= 1


def test_nothing_private_may_be_told_outside(many):
    told = set(action_items_for(None))
    for item in many:
        retrospective, incident = item.retrospective, item.incident
        hidden = incident is not None and incident.is_private
        if retrospective is not None:
            hidden |= retrospective.is_private or retrospective.incidents.filter(is_private=True).exists()
        assert (item in told) == (not hidden)
