"""What a person chooses about being told, and what stands without a choice."""

from datetime import time

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from incidents.models import Role
from incidents.workflow import assign_role, declare_incident
from subscribers.models import Notice, NotificationKind, NotificationPreference
from subscribers.workflow import choose_browser, choose_notifications

NOTHING = {"by_mail": [], "in_inbox": [], "in_browser": [], "follows_worst": False}


def test_the_page_shows_what_is_usual_as_usual(client, stakeholder):
    client.force_login(stakeholder)
    page = client.get(reverse("my_notifications")).content.decode()
    assert "These are the defaults" in page
    assert "Each update written for stakeholders" in page
    assert not NotificationPreference.objects.exists(), "looking chooses nothing"


def test_saving(client, responder):
    client.force_login(responder)
    data = {
        "by_mail": ["declared"],
        "in_inbox": ["declared", "updates"],
        "in_browser": ["duty"],
        "follows_worst": "on",
        "quiet_from": "22:00",
        "quiet_to": "07:00",
    }
    assert client.post(reverse("my_notifications"), data).status_code == 302
    wish = NotificationPreference.objects.get(person=responder)
    assert (wish.by_mail, wish.in_inbox, wish.in_browser) == (["declared"], ["declared", "updates"], ["duty"])
    assert (wish.quiet_from, wish.quiet_to, wish.follows_worst) == (time(22), time(7), True)
    assert "This is what is usual" not in client.get(reverse("my_notifications")).content.decode()


@pytest.mark.parametrize(
    ("hours", "field"),
    [
        ({"quiet_from": time(22)}, "quiet_to"),
        ({"quiet_to": time(7)}, "quiet_from"),
        ({"quiet_from": time(7), "quiet_to": time(7)}, "quiet_to"),
    ],
)
def test_hours_make_sense_or_are_refused(responder, hours, field):
    with pytest.raises(ValidationError) as refusal:
        choose_notifications(by=responder, **NOTHING, **hours)
    assert list(refusal.value.message_dict) == [field]
    assert not NotificationPreference.objects.exists()


def test_what_is_switched_off_does_not_come(commander, responder, stakeholder, severity, tell):
    choose_notifications(by=responder, **NOTHING)
    worst = declare_incident(by=commander, title="Down", severity=severity(1))
    tell(worst, "incident.declared")
    assert not Notice.objects.exists()


def test_what_is_asked_of_one_comes_whatever_one_chose(incident, commander, responder, tell):
    choose_notifications(by=responder, **NOTHING)
    assign_role(incident=incident, role=Role.objects.get(slug="deputy"), user=responder, by=commander)
    assert [d.address for d in tell(incident, "role.assigned")] == [responder.email]
    assert Notice.objects.get().person == responder


def test_the_browser_is_asked_for_by_a_button(client, responder):
    client.force_login(responder)
    client.post(reverse("browser_notifications"), {"on": "yes"})
    wish = NotificationPreference.objects.get()
    assert NotificationKind.DUTY in wish.in_browser
    assert set(wish.in_inbox) == set(NotificationKind), "what is usual stays"
    choose_browser(by=responder, on=False)
    assert NotificationPreference.objects.get().in_browser == []


def test_switching_on_twice_keeps_what_was_chosen_since(responder):
    choose_notifications(by=responder, **NOTHING | {"in_browser": ["declared"]})
    assert choose_browser(by=responder, on=True).in_browser == ["declared"]
