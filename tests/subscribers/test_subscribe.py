"""Who may let whom hear of what; following and its end; the pages of both."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from audit.models import AuditEntry
from incidents.models import Service
from notifications.models import Channel
from subscribers.models import Subscription
from subscribers.workflow import follow, pause_subscription, subscribe, unfollow, unsubscribe


@pytest.fixture
def service(db):
    return Service.objects.create(name="Payments", slug="payments")


@pytest.fixture
def room(db):
    return Channel.objects.create(name="#incidents", kind="chat", url="x")


@pytest.mark.parametrize(
    ("who", "audience", "allowed"),
    [
        ("responder", "responders", True),
        ("responder", "public", True),
        ("responder", "executives", False),
        ("stakeholder", "stakeholders", True),
        ("stakeholder", "responders", False),
        ("stakeholder", "executives", False),
        ("admin", "executives", True),
        ("responder", "everybody", False),
    ],
)
def test_which_words_one_may_choose(request, who, audience, allowed):
    person = request.getfixturevalue(who)
    if allowed:
        assert subscribe(owner=person, by=person, audience=audience).audience == audience
    else:
        with pytest.raises(ValidationError):
            subscribe(owner=person, by=person, audience=audience)
        assert not Subscription.objects.exists()


def test_executives_words_are_given_by_an_administrator_and_recorded(stakeholder, admin):
    subscribe(owner=stakeholder, by=admin, audience="executives")
    entry = AuditEntry.objects.get(action="subscription.added")
    assert (entry.subject, entry.changes["audience"]) == (str(stakeholder), "executives")


def test_nobody_subscribes_others_or_channels(responder, stakeholder, room):
    for owner in (stakeholder, room):
        with pytest.raises(PermissionDenied):
            subscribe(owner=owner, by=responder, audience="stakeholders")


def test_nothing_out_of_reach(private_incident, outsider, admin, room):
    with pytest.raises(PermissionDenied):
        follow(incident=private_incident, by=outsider)
    admin.sees_private_incidents = True
    admin.save()
    for owner in (outsider, room):
        with pytest.raises(ValidationError):
            subscribe(owner=owner, by=admin, audience="stakeholders", incident=private_incident)


def test_a_subscription_has_one_owner(responder, room):
    with pytest.raises(IntegrityError), transaction.atomic():
        Subscription.objects.create(person=responder, channel=room)
    with pytest.raises(IntegrityError), transaction.atomic():
        Subscription.objects.create()


def test_a_paused_one_runs_again_when_asked_for_anew(stakeholder, service):
    subscription = follow(service=service, by=stakeholder)
    pause_subscription(subscription=subscription, by=stakeholder, paused=True)
    assert not Subscription.objects.active().exists()
    assert follow(service=service, by=stakeholder) == subscription
    assert Subscription.objects.active().count() == 1


def test_only_its_owner_or_an_administrator_ends_it(stakeholder, responder, admin, service):
    subscription = follow(service=service, by=stakeholder)
    for verb in (unsubscribe, lambda **k: pause_subscription(**k, paused=True)):
        with pytest.raises(PermissionDenied):
            verb(subscription=subscription, by=responder)
    unsubscribe(subscription=subscription, by=admin)
    assert not Subscription.objects.exists()


def test_unfollowing_an_incident_leaves_the_rest(incident, service, responder, stakeholder):
    follow(service=service, by=responder)
    follow(incident=incident, by=stakeholder)
    follow(incident=incident, by=responder)
    before = Subscription.objects.count()
    unfollow(incident=incident, by=responder)
    assert Subscription.objects.count() == before - 1


def test_the_button_on_an_incident(client, stakeholder, incident):
    client.force_login(stakeholder)
    url = reverse("incident_following", args=[incident.reference])
    assert "Follow this incident" in client.get(incident.get_absolute_url()).content.decode()
    client.post(url, {"follow": "yes"})
    assert "Unfollow" in client.get(incident.get_absolute_url()).content.decode()
    client.post(url, {"follow": "no"})
    assert "Follow this incident" in client.get(incident.get_absolute_url()).content.decode()


def test_the_button_on_a_service(client, stakeholder, service):
    client.force_login(stakeholder)
    services = reverse("catalogue_list", args=["services"])
    client.post(reverse("service_following", args=[service.pk]), {"follow": "yes"})
    assert "Unfollow Payments" in client.get(services).content.decode()
    client.post(reverse("service_following", args=[service.pk]), {"follow": "no"})
    assert "Unfollow Payments" not in client.get(services).content.decode()


def test_following_more_by_form(client, stakeholder, service, severity):
    client.force_login(stakeholder)
    data = {"service": service.pk, "severity": severity(2).pk, "audience": "stakeholders"}
    page = client.post(reverse("my_subscriptions"), data, follow=True).content.decode()
    assert "Incidents of Payments, SEV2 or worse" in page
    client.post(reverse("my_subscription", args=[Subscription.objects.get().pk]), {"paused": "yes"})
    assert not Subscription.objects.get().is_active
    client.post(reverse("my_subscription", args=[Subscription.objects.get().pk]), {"end": "yes"})
    assert not Subscription.objects.exists()


def test_the_form_offers_only_what_one_may_choose(client, stakeholder):
    client.force_login(stakeholder)
    page = client.post(reverse("my_subscriptions"), {"audience": "executives"}).content.decode()
    assert "There is no “executives” to choose" in page
    assert not Subscription.objects.exists()


def test_an_incident_out_of_reach_is_not_named_on_the_page(client, stakeholder, incident):
    follow(incident=incident, by=stakeholder)
    incident.is_private = True
    incident.save()
    client.force_login(stakeholder)
    page = client.get(reverse("my_notifications")).content.decode()
    assert incident.title not in page


def test_administrators_add_and_end(client, admin, stakeholder, room):
    client.force_login(admin)
    for kind, data in (
        ("channels", {"channel": room.pk, "audience": "responders"}),
        ("executives", {"person": stakeholder.pk}),
        ("addresses", {"email": "kim@elsewhere.test", "audience": "public"}),
    ):
        assert client.post(reverse("subscription_new", args=[kind]), data).status_code == 302
    page = client.get(reverse("subscriptions")).content.decode()
    for shown in ("#incidents", str(stakeholder), "kim@elsewhere.test", "Asked"):
        assert shown in page
    for subscription in Subscription.objects.filter(outside=None):
        client.post(reverse("subscription_end", args=[subscription.pk]))
    assert Subscription.objects.count() == 1


def test_administrators_do_not_learn_of_private_incidents_here(client, admin, private_incident, commander):
    mine = Subscription.objects.create(person=commander, audience="executives", incident=private_incident)
    client.force_login(admin)
    assert "Zephyrquartz" not in client.get(reverse("subscriptions")).content.decode()
    assert client.post(reverse("subscription_end", args=[mine.pk])).status_code == 404
