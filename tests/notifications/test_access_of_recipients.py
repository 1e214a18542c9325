"""Does a private message go only to who can open what it is about, at the moment it is sent, and does nobody else read it?"""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse

from accounts.models import User
from accounts.workflow import deactivate_person
from action_items.workflow import add_action_item
from incidents.models import Incident
from notifications.access import out_of_reach
from notifications.models import Delivery
from notifications.tasks import send_due_deliveries
from notifications.workflow import claim_deliveries
from retros.models import Retrospective
from retros.workflow import start_retrospective

pytestmark = pytest.mark.django_db
SECRET = {"subject": "Canary Zephyrquartz", "text": "x"}


@pytest.fixture
def retrospective(private_incident, commander):
    return start_retrospective(incident=private_incident, by=commander, owner=commander)


@pytest.fixture
def item(retrospective, commander):
    return add_action_item(by=commander, title="Zephyrquartz", retrospective=retrospective, owner=commander)


@pytest.fixture
def told(retrospective, item, commander, send_to):
    """A mail about each thing that is private, and one about something nobody has registered."""
    abouts = [retrospective.chain, f"action:{item.pk}", "something:1"]
    return [send_to(address=commander.email, person=commander, about=a, content=SECRET) for a in abouts]


@pytest.mark.parametrize("state", ["waiting", "dead"])
def test_an_administrator_who_is_not_on_it_reads_none_of_it(client, admin, commander, told, state):
    Delivery.objects.update(state=state)
    client.force_login(admin)
    pages = [reverse("deliveries"), reverse("mail_channel")]
    pages += [reverse("delivery_drop", args=[mail.pk]) for mail in told]
    for url in pages:
        shown = client.get(url).text
        assert "A private message" in shown, url
        assert "Zephyrquartz" not in shown, url
        assert commander.email not in shown, url


def test_who_can_open_it_reads_it(client, admin, told):
    User.objects.filter(pk=admin.pk).update(sees_private_incidents=True)
    client.force_login(admin)
    shown = client.get(reverse("mail_channel")).context["deliveries"]
    assert sorted(mail.headline for mail in shown) == ["A private message", *["Canary Zephyrquartz"] * 2]


def test_whatever_a_message_is_about_has_its_door():
    """What no door is registered for would be withdrawn when it is due."""
    said = set()
    for path in Path(settings.BASE_DIR).glob("*/**/*.py"):
        if path.relative_to(settings.BASE_DIR).parts[0] not in ("tests", "node_modules", ".venv", ".tools"):
            said |= set(re.findall(r'about"?[=:] ?f?"([a-z -]+)(?::\{|")', path.read_text()))
    assert {"report", "action", "outside", "test"} <= said
    assert said | {"incident", "retrospective"} <= set(settings.DELIVERY_REACH)


def leaves(mailoutbox) -> list[str]:
    send_due_deliveries()
    return sorted(address for mail in mailoutbox for address in mail.to)


def test_who_still_can_open_it_gets_it(told, commander, mailoutbox):
    assert leaves(mailoutbox) == [commander.email] * 2
    assert Delivery.objects.get(about="something:1").state == "withdrawn"


def test_who_sees_private_incidents_no_more_gets_nothing_that_waited(
    retrospective, item, outsider, send_to, mailoutbox
):
    User.objects.filter(pk=outsider.pk).update(sees_private_incidents=True)
    for about in (retrospective.incidents.get().chain, retrospective.chain, f"action:{item.pk}"):
        send_to(address=outsider.email, person=outsider, about=about)
    User.objects.filter(pk=outsider.pk).update(sees_private_incidents=False)
    assert leaves(mailoutbox) == []
    assert {d.state for d in Delivery.objects.all()} == {"withdrawn"}


def test_what_became_private_is_not_told_by_its_retrospective_either(
    incident, commander, outsider, send_to, mailoutbox
):
    retrospective = start_retrospective(incident=incident, by=commander, owner=commander)
    item = add_action_item(by=commander, title="x", retrospective=retrospective)
    for person in (outsider, commander):
        send_to(address=person.email, person=person, about=retrospective.chain)
        send_to(address=person.email, person=person, about=f"action:{item.pk}")
    Incident.objects.filter(pk=incident.pk).update(is_private=True)
    Retrospective.objects.update(is_private=True)
    assert leaves(mailoutbox) == [commander.email] * 2


def test_what_is_not_for_its_reader_holds_up_nothing(outsider, private_incident, send_to):
    for _ in range(9):
        send_to(address=outsider.email, person=outsider, about=private_incident.chain)
    send_to(key="fine", address="a@example.test")
    assert [row.key for row in claim_deliveries(destination="mail", at_most=1)] == ["fine"]


def test_nothing_that_waits_leaves_for_somebody_deactivated(admin, responder, incident, send_to, mailoutbox):
    waits = send_to(address=responder.email, person=responder, about=incident.chain)
    deactivate_person(by=admin, person=responder)
    waits.refresh_from_db()
    assert waits.state == "withdrawn"
    for about in (incident.chain, "test", ""):  # written by who had not seen it yet
        send_to(address=responder.email, person=responder, about=about)
    assert leaves(mailoutbox) == []


def test_asking_takes_as_many_queries_for_many_people(
    incident, retrospective, item, send_to, django_assert_num_queries
):
    people = [User.objects.create_user(f"p{n}@example.test", name=f"P {n}") for n in range(12)]
    abouts = [incident.chain, retrospective.chain, f"action:{item.pk}"]
    for person in people:
        for about in abouts:
            send_to(address=person.email, person=person, about=about)
    rows = list(Delivery.objects.select_related("person"))
    with django_assert_num_queries(1):
        assert len(out_of_reach(rows)) == 24
