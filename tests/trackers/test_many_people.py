"""Can hundreds of people of a tracker be matched with thousands here, and is only what that touches looked at?"""

import pytest
from django.utils import timezone

from accounts.models import User
from action_items.workflow import add_action_item
from trackers.models import Ticket, TrackerPerson
from trackers.workflow import create_ticket, match_person


@pytest.fixture
def many(tracker):
    TrackerPerson.objects.bulk_create(
        TrackerPerson(tracker=tracker, remote_id=f"r{n}", name=f"There {n:04}") for n in range(1200)
    )
    User.objects.bulk_create(User(email=f"here{n}@example.test", name=f"Here {n:04}") for n in range(500))
    return tracker


@pytest.fixture
def address(client, admin, many):
    client.force_login(admin)
    return f"/settings/trackers/{many.pk}/people/"


def test_the_page_stays_small(client, address):
    assert len(client.get(address).content) < 1_000_000


def test_one_of_the_last_is_matched(client, address):
    person = TrackerPerson.objects.get(remote_id="r1199")
    address += "?page=25"
    form = client.get(address).context["form"]
    data = {form.add_prefix(name): form[name].value() or "" for name in form.fields}
    chosen = User.objects.get(email="here7@example.test")
    answer = client.post(address, data | {f"person_{person.pk}": chosen.email.upper()})
    assert answer.status_code == 302
    person.refresh_from_db()
    assert person.user == chosen


def test_somebody_who_is_not_here_keeps_what_was_typed(client, address):
    form = client.get(address).context["form"]
    name = next(iter(form.fields))
    answer = client.post(address, {name: "who@example.test"})
    text = answer.content.decode()
    assert answer.status_code == 200
    assert "who@example.test" in text
    assert "No account has this name or e-mail address." in text


def test_the_page_of_the_tracker_reads_few_of_them(client, admin, many, django_assert_max_num_queries):
    client.force_login(admin)
    with django_assert_max_num_queries(30):
        found = client.get(f"/settings/trackers/{many.pk}/")
    assert len(found.context["people"]) <= 20
    assert "1200 of 1200" in found.content.decode() or "1,200 of 1,200" in found.content.decode()


def test_only_tickets_of_that_person_are_looked_at(
    ticket, project, admin, responder, commander, person, work
):
    other = create_ticket(
        by=responder, item=add_action_item(by=responder, title="Another", owner=None), project=project
    )
    work()
    now = timezone.now()
    match_person(by=admin, person=person("Dana Example"), user=commander)
    due = set(Ticket.objects.filter(next_at__gte=now, next_at__lte=timezone.now()))
    assert due == {ticket}
    assert other not in due
