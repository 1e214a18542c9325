"""An address outside gets nothing before it confirms, unsubscribes with one click, and nobody learns whether it is known."""

import re
import time
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from incidents.models import Role, Service
from incidents.workflow import assign_role
from notifications.models import Delivery
from subscribers.links import confirmation_url, unsubscribe_url
from subscribers.models import NotificationPreference, OutsideAddress, Subscription
from subscribers.recipients import Recipient
from subscribers.workflow import (
    confirm_outside,
    invite_outside,
    remove_outside,
    resend_confirmation,
    subscribe,
    unsubscribe_by_link,
)

KIM = "kim@elsewhere.test"


@pytest.fixture(autouse=True)
def _fresh_rates(db):
    cache.clear()


def path_of(link: str) -> str:
    return re.sub(r"^https?://[^/]+", "", link)


def token_of(link: str) -> str:
    return link.rstrip("/").rpartition("/")[2]


def questions() -> list[Delivery]:
    return list(Delivery.objects.filter(address=KIM, message=None))


def test_asked_then_confirmed_then_told(client, incident, admin, post, tell, addresses):
    invite_outside(email="Kim@Elsewhere.test", by=admin, audience="public")
    [question] = questions()
    post(incident, "public")
    assert KIM not in addresses(tell(incident))

    link = path_of(re.search(r"https?://\S+/subscribe/\S+", question.content["text"])[0])
    page = client.get(link)
    assert page.status_code == 200
    assert OutsideAddress.objects.get().state == "asked", "a program that opens every link confirms nothing"
    assert "You are subscribed" in client.post(link).content.decode()
    assert OutsideAddress.objects.get().state == "confirmed"
    post(incident, "public")
    assert addresses(tell(incident)) == [KIM]


def test_one_click_ends_it(incident, outside, post, tell):
    outside(KIM, audience="public")
    post(incident, "public")
    [mail] = tell(incident)
    headers = mail.content["headers"]
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link = path_of(headers["List-Unsubscribe"].strip("<>"))
    assert headers["List-Unsubscribe"].strip("<>") in mail.content["text"]

    program = Client(enforce_csrf_checks=True)  # a mail program: no cookies, no page before
    assert program.post(link, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert OutsideAddress.objects.get().state == "ended"
    post(incident, "public")
    assert tell(incident) == []
    assert program.post(link, {"List-Unsubscribe": "One-Click"}).status_code == 200, "again is no error"


def test_opening_the_link_alone_ends_nothing(client, outside):
    address = outside(KIM)
    page = client.get(path_of(unsubscribe_url(Recipient(outside=address))))
    assert "Unsubscribe?" in page.content.decode()
    assert OutsideAddress.objects.get().state == "confirmed"


def test_a_person_ends_exactly_what_led_to_the_mail(incident, stakeholder, post, tell):
    kept = Subscription.objects.create(person=stakeholder, audience="public")
    led = Subscription.objects.create(person=stakeholder, audience="stakeholders", incident=incident)
    other = Subscription.objects.create(
        person=stakeholder, service=Service.objects.create(name="x", slug="x")
    )
    post(incident, "stakeholders")
    [mail] = tell(incident)
    unsubscribe_by_link(token=token_of(mail.content["headers"]["List-Unsubscribe"].strip("<>")))
    for subscription in (kept, led, other):
        subscription.refresh_from_db()
    assert (led.is_active, other.is_active) == (False, True)
    assert NotificationPreference.of(type(stakeholder).objects.get(pk=stakeholder.pk)).follows_worst is False
    post(incident, "stakeholders")
    assert tell(incident) == []


def test_duty_has_no_such_link(incident, responder, commander, tell):
    assign_role(incident=incident, role=Role.objects.get(slug="scribe"), user=responder, by=commander)
    [mail] = tell(incident, "role.assigned")
    assert "List-Unsubscribe" not in mail.content["headers"]
    assert "nsubscribe" not in mail.content["text"] + mail.content["html"]


@pytest.mark.parametrize("route", ["outside_confirmation", "outside_unsubscription"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_forged_link_says_no_more_than_that(client, db, route, method):
    answer = getattr(client, method)(reverse(route, args=["eyJvdXRzaWRlIjoxfQ:1abcde:forged"]))
    assert answer.status_code == 410
    assert "no longer open" in answer.content.decode()


def test_a_link_of_the_other_kind_does_not_work(client, outside):
    address = outside(KIM)
    confirms, ends = confirmation_url(address), unsubscribe_url(Recipient(outside=address))
    assert client.get(reverse("outside_confirmation", args=[token_of(ends)])).status_code == 410
    assert client.get(reverse("outside_unsubscription", args=[token_of(confirms)])).status_code == 410


def test_a_confirmation_closes_after_a_week(client, outside, monkeypatch):
    link = path_of(confirmation_url(outside(KIM)))
    week = time.time() + 8 * 24 * 3600
    monkeypatch.setattr("django.core.signing.time.time", lambda: week)
    assert client.get(link).status_code == 410


def test_after_unsubscribing_an_old_yes_counts_no_more(outside):
    address = outside(KIM)
    link = confirmation_url(address)
    unsubscribe_by_link(token=token_of(unsubscribe_url(Recipient(outside=address))))
    with pytest.raises(LookupError):
        confirm_outside(token=token_of(link))


def test_links_are_not_tried_out(client, outside):
    link = path_of(unsubscribe_url(Recipient(outside=outside(KIM))))
    answers = {client.get(link).status_code for _n in range(61)}
    assert answers == {200, 429}
    assert client.post(link).status_code == 429


# -- administrators ------------------------------------------------------------------------------------------


def test_asking_again_waits_a_little(admin):
    address = invite_outside(email=KIM, by=admin, audience="public")
    with pytest.raises(ValidationError, match="a few minutes ago"):
        resend_confirmation(outside=address, by=admin)
    OutsideAddress.objects.update(asked_at=timezone.now() - timedelta(hours=1))
    resend_confirmation(outside=address, by=admin)
    assert len(questions()) == 2


def test_only_administrators(responder, outside):
    address = outside(KIM)
    for verb in (resend_confirmation, remove_outside):
        with pytest.raises(PermissionDenied):
            verb(outside=address, by=responder)
    with pytest.raises(PermissionDenied):
        invite_outside(email="x@elsewhere.test", by=responder, audience="public")


def test_responders_words_stay_inside(admin):
    with pytest.raises(ValidationError, match="for responders"):
        invite_outside(email=KIM, by=admin, audience="responders")


def test_private_incidents_are_not_subscribed_from_outside(admin, private_incident, commander, outside):
    admin.sees_private_incidents = True
    admin.save()
    with pytest.raises(ValidationError, match="Only people"):
        subscribe(owner=outside(KIM), by=admin, audience="stakeholders", incident=private_incident)


def test_removing_ends_everything(admin, outside):
    remove_outside(outside=outside(KIM), by=admin)
    assert not OutsideAddress.objects.exists()
    assert not Subscription.objects.exists()
