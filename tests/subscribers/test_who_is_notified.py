"""Who is notified of what, by which channel, in whose words; and who is not notified."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from incidents.models import Incident, Role, Service
from incidents.models.people import people_reaching
from incidents.workflow import (
    add_task,
    assign_role,
    change_severity,
    declare_incident,
    join_incident,
    mitigate_incident,
    reopen_incident,
    resolve_incident,
    set_service_impact,
)
from incidents.workflow.people import add_person
from notifications.models import Delivery, OutboxMessage
from subscribers.announcements.routing import consume
from subscribers.models import Notice, NotificationKind, Subscription
from subscribers.workflow import follow
from tests.conftest import NOT_SENT


def subscribed(person, **filters):
    return Subscription.objects.create(person=person, **{"audience": "stakeholders"} | filters)


def test_by_default_a_responder_is_notified_of_the_worst_declared(
    commander, responder, stakeholder, severity, tell
):
    worst = declare_incident(by=commander, title="All is down", severity=severity(2))
    assert [mail.address for mail in tell(worst, "incident.declared")] == [responder.email]
    assert Notice.objects.get().pops
    assert [n.person for n in Notice.objects.all()] == [responder]
    assert "SEV2] All is down: declared" in Notice.objects.get().title


def test_nobody_hears_of_a_small_one_without_asking(commander, responder, stakeholder, severity, tell):
    small = declare_incident(by=commander, title="A typo", severity=severity(3))
    assert tell(small, "incident.declared") == []
    assert not Notice.objects.exists()


def test_without_any_set_up_a_stakeholder_gets_updates_of_the_worst_by_mail(
    incident, responder, stakeholder, outsider, post, tell, addresses
):
    post(incident, "stakeholders", "responders")
    [mail] = tell(incident)
    assert mail.address == stakeholder.email
    assert mail.content["subject"] == f"[{incident.reference} SEV2] Checkout answers slowly: investigating"
    assert "Words for stakeholders." in mail.content["text"]
    assert "Words for responders." not in json.dumps(mail.content)
    assert {n.person for n in Notice.objects.all()} == {stakeholder}


def test_becoming_one_of_the_worst_is_news_like_a_declaration(commander, responder, severity, tell):
    small = declare_incident(by=commander, title="Grows", severity=severity(3))
    change_severity(incident=small, severity=severity(1), by=commander, reason="everybody is hit")
    tell(small, "severity.changed")
    assert Notice.objects.get(person=responder).title.endswith("Grows: SEV3 → SEV1")
    change_severity(incident=small, severity=severity(2), by=commander, reason="fewer")
    tell(small, "severity.changed")
    assert Notice.objects.count() == 1


def test_the_team_hears_in_its_own_words_and_the_author_not_at_all(
    incident, commander, responder, outsider, post, tell
):
    join_incident(incident=incident, by=responder)
    post(incident, "responders", "stakeholders")
    tell(incident)
    notice = Notice.objects.get()
    assert (notice.person, notice.text) == (responder, "Words for responders.")


def test_an_update_for_stakeholders_reaches_the_team_as_well(incident, responder, post, tell):
    join_incident(incident=incident, by=responder)
    post(incident, "stakeholders")
    tell(incident)
    assert Notice.objects.get().text == "Words for stakeholders."


@pytest.mark.parametrize(
    ("filters", "hears"),
    [
        ({}, True),
        ({"severity": 2}, True),
        ({"severity": 1}, False),
        ({"service": "hit"}, True),
        ({"service": "other"}, False),
        ({"incident": "this"}, True),
        ({"incident": "other"}, False),
        ({"service": "hit", "severity": 1}, False),
        ({"is_active": False}, False),
    ],
)
def test_filters(incident, commander, responder, severity, post, tell, addresses, filters, hears, prefer):
    prefer(responder, by_mail=[NotificationKind.UPDATES], follows_worst=False)
    services = {n: Service.objects.create(name=n, slug=n) for n in ("hit", "other")}
    set_service_impact(incident=incident, service=services["hit"], impact="degraded", by=commander)
    other = declare_incident(by=commander, title="Another", severity=severity(2))
    values = {
        "severity": severity,
        "service": services.get,
        "incident": {"this": incident, "other": other}.get,
        "is_active": bool,
    }
    subscribed(responder, **{name: values[name](value) for name, value in filters.items()})
    post(incident, "stakeholders")
    assert addresses(tell(incident)) == ([responder.email] if hears else [])


def test_executives_words_go_to_executives_only(incident, responder, stakeholder, post, tell, addresses):
    subscribed(responder, audience="executives")
    post(incident, "executives")
    tell(incident)
    assert Notice.objects.get().person == responder


def test_the_public_reads_public_words_only(incident, commander, outside, channel, post, tell):
    outside("kim@elsewhere.test", audience="public")
    channel("Hook", kind="webhook", audience="public")
    post(incident, "public", "stakeholders", "responders")
    found = tell(incident)
    mail = next(d for d in found if d.address == "kim@elsewhere.test")
    hook = next(d for d in found if d.kind == "webhook")
    for content in (json.dumps(mail.content), json.dumps(hook.content)):
        assert "Words for public." in content
        assert "Payments are slow" in content
        for inside in (
            "stakeholders.",
            "responders.",
            "team's",
            incident.title,
            incident.reference,
            "SEV2",
            "INC-",
        ):
            assert inside not in content, inside


def test_without_public_words_the_public_hears_nothing(incident, outside, commander, tell, severity):
    outside("kim@elsewhere.test", audience="public")
    update = incident.status_updates.create(
        audiences=["public"], known="Inside.", status=incident.status, severity=incident.severity,
        author=commander, posted_at=incident.declared_at,
    )  # fmt: skip
    message = OutboxMessage.objects.create(
        topic="status_update.posted",
        subject=incident.chain,
        payload={"incident": incident.pk, "update": update.pk},
        due_at=incident.declared_at,
    )
    consume(message)
    assert not message.deliveries.exists()


def test_an_address_outside_hears_of_updates_only(incident, commander, outside, tell):
    outside("kim@elsewhere.test", audience="stakeholders")
    mitigate_incident(incident=incident, by=commander)
    resolve_incident(
        incident=incident, by=commander, waive_reason="not checked in this test", unsent=NOT_SENT
    )
    assert tell(incident, "incident.resolved") == []


def test_a_channel_of_the_team_hears_everything(incident, commander, channel, post, tell):
    place = channel("#incidents")
    [chat] = tell(incident, "incident.declared")
    assert chat.key == f"{chat.message_id}:channel:{place.pk}"
    assert chat.content["url"].endswith(incident.get_absolute_url())
    post(incident, "stakeholders")
    [chat] = tell(incident)
    assert "Words for stakeholders." in chat.content["body"]
    assert "Next update by" in chat.content["body"]


@pytest.mark.parametrize("state", ["awaiting", "returned", "withdrawn"])
def test_what_is_not_posted_leaves_to_nobody(incident, stakeholder, post, tell, state):
    update = post(incident, "stakeholders")
    update.state = state
    update.save()
    assert tell(incident) == []
    assert not Notice.objects.exists()


def test_a_recorded_day_tells_nobody(incident, stakeholder, post, tell):
    Incident.objects.update(source="replay")
    incident.refresh_from_db()
    post(incident, "stakeholders")
    assert tell(incident) == []
    assert not Notice.objects.exists()


def test_the_deactivated_hear_nothing(incident, stakeholder, outside, post, tell):
    outside(stakeholder.email, audience="stakeholders")
    stakeholder.is_active = False
    stakeholder.save()
    post(incident, "stakeholders", "public")
    assert tell(incident) == []
    assert not Notice.objects.exists()


def test_a_drill_says_so(commander, responder, severity, tell):
    drill = declare_incident(by=commander, title="Exercise", severity=severity(1), is_drill=True)
    [mail] = tell(drill, "incident.declared")
    assert mail.content["subject"].startswith("[drill] [")
    assert Notice.objects.get(person=responder).title.startswith("[drill] [")


def test_a_role_given_is_told_to_its_holder_alone(incident, commander, responder, outsider, tell):
    join_incident(incident=incident, by=outsider)
    assign_role(incident=incident, role=Role.objects.get(slug="scribe"), user=responder, by=commander)
    [mail] = tell(incident, "role.assigned")
    assert mail.address == responder.email
    assert "you are scribe" in mail.content["subject"]
    assert Notice.objects.get().person == responder


def test_a_role_one_takes_is_no_news_to_oneself(incident, responder, tell):
    assign_role(incident=incident, role=Role.objects.get(slug="scribe"), user=responder, by=responder)
    assert tell(incident, "role.assigned") == []


def test_who_reported_it_hears_how_it_ends(incident, commander, stakeholder, tell):
    Incident.objects.filter(pk=incident.pk).update(reported_by=stakeholder)
    mitigate_incident(incident=incident, by=commander)
    resolve_incident(
        incident=incident, by=commander, waive_reason="not checked in this test", unsent=NOT_SENT
    )
    tell(incident, "incident.resolved")
    assert Notice.objects.get(person=stakeholder).title.endswith("resolved")


# -- private incidents ---------------------------------------------------------------------------------------


def test_a_private_incident_is_told_only_to_those_in_reach(
    private_incident, commander, responder, stakeholder, outsider, admin, outside, channel, post, tell
):
    add_person(incident=private_incident, user=responder, by=commander)
    for person in (stakeholder, outsider, admin):
        subscribed(person)
        subscribed(person, incident=private_incident)
    outside("kim@elsewhere.test", audience="stakeholders")
    channel("#incidents")
    channel("Hook", kind="webhook", audience="stakeholders", incident=private_incident)
    post(private_incident, "stakeholders", "responders")
    for message in OutboxMessage.objects.all():
        consume(message)
    heard = {n.person for n in Notice.objects.all()}
    assert heard == {responder}
    leaving = [d for m in OutboxMessage.objects.all() for d in m.deliveries.all()]
    assert {d.address for d in leaving} == {responder.email}
    assert "Zephyrquartz" in json.dumps([d.content for d in leaving])


def test_what_waits_is_called_back_when_the_incident_becomes_private(
    incident, stakeholder, commander, channel, post, tell, announce
):
    channel("#incidents")
    post(incident, "stakeholders")
    waiting = tell(incident)
    assert {d.state for d in waiting} == {"waiting"}
    Delivery.objects.filter(pk=waiting[0].pk).update(state="dead")  # given up; somebody may send it once more
    incident.is_private = True
    incident.save()
    consume(announce(incident, "visibility.changed", private=True))
    for delivery in waiting:
        delivery.refresh_from_db()
    assert {d.state for d in waiting} == {"withdrawn"}
    assert not Notice.objects.of(stakeholder).exists()


def test_access_from_both_sides_is_one_rule(
    incident, private_incident, commander, responder, stakeholder, outsider, admin
):
    outsider.sees_private_incidents = True
    outsider.save()
    add_person(incident=private_incident, user=responder, by=commander)
    stakeholder.is_active = False
    stakeholder.save()
    for about in (incident, private_incident):
        reaching = set(people_reaching(about))
        for person in (commander, responder, stakeholder, outsider, admin):
            assert (person in reaching) == Incident.objects.visible_to(person).filter(pk=about.pk).exists()


def test_following_is_one_subscription_and_can_be_repeated(incident, stakeholder, responder):
    assert follow(incident=incident, by=stakeholder) == follow(incident=incident, by=stakeholder)
    assert follow(incident=incident, by=stakeholder).audience == "stakeholders"
    assert follow(incident=incident, by=responder).audience == "responders"


@pytest.mark.parametrize("topic", ["incident.mitigated", "incident.resolved", "incident.reopened"])
def test_places_outside_that_received_updates_are_notified_of_each_step(
    incident, commander, outside, post, tell, addresses, topic
):
    outside("kim@elsewhere.test", audience="stakeholders")
    outside("lou@elsewhere.test", audience="public")
    outside("ria@elsewhere.test", audience="executives")
    post(incident, "stakeholders", "public")
    mitigated = mitigate_incident(incident=incident, by=commander)
    resolved = resolve_incident(incident=mitigated, by=commander, waive_reason="x", unsent=NOT_SENT)
    reopen_incident(incident=resolved, by=commander, reason="x")
    found = tell(incident, topic)
    assert addresses(found) == ["kim@elsewhere.test"]  # the public reads only what was written for it
    mail = found[0].content
    assert topic.removeprefix("incident.") in mail["subject"]
    assert incident.get_absolute_url() not in mail["text"]


def test_who_gets_the_update_gets_no_second_message(
    incident, commander, stakeholder, outside, post, tell, addresses, prefer
):
    prefer(stakeholder, by_mail=[NotificationKind.UPDATES, NotificationKind.PROGRESS])
    outside("kim@elsewhere.test", audience="stakeholders")
    follow(incident=incident, by=stakeholder)
    post(incident, "stakeholders")
    mitigate_incident(
        incident=incident, by=commander, updates={"stakeholders": "It works again."},
        next_update_at=timezone.now() + timedelta(minutes=30),
    )  # fmt: skip
    assert addresses(tell(incident, "incident.mitigated")) == []
    assert addresses(tell(incident, "status_update.posted")) == ["kim@elsewhere.test", stakeholder.email]


def test_a_task_given_when_it_is_added_is_told_to_its_owner(incident, commander, responder, tell):
    add_task(incident=incident, by=commander, title="Free the disk", owner=responder)
    assert [
        (mail.address, "a task for you" in mail.content["subject"]) for mail in tell(incident, "task.")
    ] == [(responder.email, True)]
    add_task(incident=incident, by=commander, title="My own", owner=commander)
    assert tell(incident, "task.") == [], "who takes it needs no message"
