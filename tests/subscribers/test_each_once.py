"""Whatever the paths that lead to somebody: does each address get one event exactly once, and in the richest words?"""

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from incidents.models import Role, Service
from incidents.workflow import assign_role, join_incident, set_service_impact
from notifications.models import Delivery, OutboxMessage
from subscribers.announcements.routing import consume
from subscribers.models import Notice, NotificationKind, NotificationPreference, OutsideAddress, Subscription

AUDIENCES = ["public", "stakeholders", "executives", "responders"]
RICHEST_FIRST = ["responders", "executives", "stakeholders", "public"]
FILTERS = [(), ("service",), ("incident",), ("severity",), ("service", "severity"), ("incident", "service")]
PATHS = st.fixed_dictionaries(
    {
        "joined": st.booleans(),
        "roles": st.sets(st.sampled_from(["scribe", "deputy", "operations_lead"])),
        "subscriptions": st.sets(st.tuples(st.sampled_from(AUDIENCES), st.sampled_from(FILTERS)), max_size=6),
        "outside": st.sets(st.sampled_from(["public", "stakeholders", "executives"])),
        "follows_worst": st.booleans(),
        "is_responder": st.booleans(),
    }
)


def lay(person, incident, service, paths) -> set[str]:
    """Make the paths; the audiences whose words they open."""
    opened: set[str] = set()
    person.installation_role = "responder" if paths["is_responder"] else "stakeholder"
    person.save()
    NotificationPreference.objects.create(
        person=person,
        by_mail=list(NotificationKind),
        in_inbox=list(NotificationKind),
        follows_worst=paths["follows_worst"],
    )
    team = {"responders", "stakeholders"}
    if paths["is_responder"]:
        if paths["joined"]:
            join_incident(incident=incident, by=person)
        for slug in paths["roles"]:
            assign_role(incident=incident, role=Role.objects.get(slug=slug), user=person, by=person)
        opened |= team if paths["joined"] or paths["roles"] else set()
    elif paths["follows_worst"]:
        opened.add("stakeholders")
    values = {"service": service, "incident": incident, "severity": incident.severity}
    for audience, filters in paths["subscriptions"]:
        Subscription.objects.create(person=person, audience=audience, **{f: values[f] for f in filters})
        if audience != "responders":
            opened.add(audience)
        else:
            opened |= team if paths["is_responder"] else {"stakeholders"}
    return opened


def lay_outside(email, audiences) -> None:
    address = OutsideAddress.objects.create(email=email, confirmed_at="2026-01-01T00:00Z")
    for audience in audiences:
        Subscription.objects.create(outside=address, audience=audience)


@settings(
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    everybody=st.lists(PATHS, min_size=2, max_size=2),
    audiences=st.sets(st.sampled_from(AUDIENCES), min_size=1),
)
def test_one_delivery_an_address_and_event(
    everybody, audiences, incident, commander, responder, outsider, post
):
    with transaction.atomic():
        service = Service.objects.create(name="Hit", slug="hit")
        set_service_impact(incident=incident, service=service, impact="degraded", by=commander)
        wanted = {}
        for person, paths in zip((responder, outsider), everybody, strict=True):
            opened = lay(person, incident, service, paths)
            if paths["outside"]:
                lay_outside(person.email.upper(), paths["outside"])
                opened |= paths["outside"]
            read = next((a for a in RICHEST_FIRST if a in opened and a in audiences), None)
            if read:
                wanted[person.email] = f"Words for {read}."
        post(incident, *audiences)
        message = OutboxMessage.objects.filter(topic="status_update.posted").get()
        for _again in range(2):
            consume(message)
            mails = list(Delivery.objects.filter(message=message, kind="mail"))
            assert sorted(m.address.lower() for m in mails) == sorted(wanted)
            for mail in mails:
                assert wanted[mail.address.lower()] in mail.content["text"]
                others = {f"Words for {a}." for a in AUDIENCES} - {wanted[mail.address.lower()]}
                assert not any(other in mail.content["text"] + mail.content["html"] for other in others)
            notices = Notice.objects.filter(message=message)
            assert notices.count() == notices.values("person").distinct().count()
        transaction.set_rollback(True)


def test_a_channel_of_many_subscriptions_hears_once(incident, channel, post, tell):
    place = channel("#incidents", audience="public")
    for audience in ("stakeholders", "responders"):
        Subscription.objects.create(channel=place, audience=audience)
    post(incident, "public", "stakeholders", "responders")
    [chat] = tell(incident)
    assert "Words for responders." in chat.content["body"]


@pytest.mark.parametrize("topic", ["incident.declared", "role.assigned"])
def test_consuming_again_adds_nothing(incident, responder, commander, channel, tell, topic):
    channel("#incidents")
    assign_role(incident=incident, role=Role.objects.get(slug="scribe"), user=responder, by=commander)
    first = tell(incident, topic)
    count = Notice.objects.count()
    assert first
    assert tell(incident, topic) == first
    assert Notice.objects.count() == count
