"""Is an audience with nobody in it owed anything, reminded of or counted?"""

from datetime import timedelta

import pytest

from audit import context
from incidents.models import DueTime, Service
from incidents.workflow import create_brief_link, declare_incident, post_status_update, snooze_update
from incidents.workflow.reminding import remind_of_updates
from incidents.workflow.schedules import reschedule
from notifications.models import OutboxMessage
from statuspages.models import StatusPage
from statuspages.workflow import keep_page
from subscribers.workflow import pause_subscription, subscribe, unsubscribe


def declare(by, severity, **more):
    return declare_incident(by=by, title="Payments fail", severity=severity, **more)


def owed(incident) -> set[str]:
    return set(incident.update_schedules.exclude(due_at=None).values_list("audience", flat=True))


def test_without_a_page_and_without_subscribers_only_stakeholders_wait(commander, severity):
    assert owed(declare(commander, severity(1))) == {"stakeholders"}


def test_a_public_page_has_readers(commander, severity):
    page = StatusPage.objects.create(name="Shop", slug="shop", is_default=True)
    assert owed(declare(commander, severity(1))) == {"stakeholders"}
    StatusPage.objects.filter(pk=page.pk).update(is_published=True)
    assert owed(declare(commander, severity(1))) == {"stakeholders", "public"}
    drill = declare(commander, severity(1), is_drill=True)
    assert owed(drill) == {"stakeholders"}


def test_executives_who_follow_the_incident_are_readers(commander, severity, admin, outsider):
    first = declare(commander, severity(1))
    subscribe(owner=outsider, by=admin, audience="executives", incident=first)
    first.refresh_from_db()
    assert owed(first) == {"stakeholders", "executives"}
    outsider.is_active = False
    outsider.save()
    reschedule(first)
    assert owed(first) == {"stakeholders"}


def test_publishing_a_page_starts_the_clock_and_a_draft_stops_it(commander, admin, severity):
    page = StatusPage.objects.create(name="Shop", slug="shop", is_default=True)
    incident = declare(commander, severity(1))
    for is_published, wanted in ((True, {"stakeholders", "public"}), (False, {"stakeholders"})):
        page.is_published = is_published
        page = keep_page(by=admin, page=page)
        assert owed(incident) == wanted


def test_the_last_executive_to_leave_stops_the_clock(commander, severity, admin, outsider):
    incident = declare(commander, severity(1))
    subscription = subscribe(owner=outsider, by=admin, audience="executives", incident=incident)
    pause_subscription(subscription=subscription, by=outsider, paused=True)
    assert owed(incident) == {"stakeholders"}
    pause_subscription(subscription=subscription, by=outsider, paused=False)
    assert owed(incident) == {"stakeholders", "executives"}
    unsubscribe(subscription=subscription, by=outsider)
    assert owed(incident) == {"stakeholders"}


def test_a_link_to_the_brief_has_readers(commander, severity):
    incident = declare(commander, severity(1))
    create_brief_link(incident=incident, by=commander, audience="executives")
    assert owed(incident) == {"stakeholders", "executives"}


def test_an_update_to_nobody_starts_no_clock(commander, severity):
    incident = declare(commander, severity(1))
    post_status_update(
        incident=incident, by=commander, audiences=["stakeholders", "executives"], known="x", unknown="y",
        next_update_at=context.now() + timedelta(minutes=5),
    )  # fmt: skip
    assert owed(incident) == {"stakeholders"}
    assert set(DueTime.objects.values_list("audience", flat=True)) == {"stakeholders"}


@pytest.mark.parametrize("rank", [1, 2])
def test_no_reminder_comes_in_the_minute_of_the_declaration(commander, severity, rank, readers):
    incident = declare(commander, severity(rank), services=[])
    assert not remind_of_updates()
    first = incident.update_schedules.order_by("next_step_at")[0]
    assert first.next_step_at >= incident.declared_at + timedelta(minutes=1)


def test_a_promise_of_five_minutes_is_not_reminded_of_at_once(incident, commander):
    post_status_update(
        incident=incident, by=commander, audiences=["stakeholders"], known="x", unknown="y",
        next_update_at=context.now() + timedelta(minutes=5),
    )  # fmt: skip
    row = incident.update_schedules.get(audience="stakeholders")
    assert row.next_step_at == row.due_at
    assert not remind_of_updates()
    with context.at(row.due_at):
        assert remind_of_updates()
    assert OutboxMessage.objects.filter(topic="reminder.due").count() == 1
    snooze_update(
        incident=incident, audience="stakeholders", until=row.due_at + timedelta(minutes=3), reason="x",
        by=commander,
    )  # fmt: skip
    assert Service.objects.count() == 0
