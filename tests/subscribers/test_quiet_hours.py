"""When do quiet hours hold a mail back, until when, and when do they not?"""

import zoneinfo
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from audit import context
from incidents.models import Role
from incidents.tasks import send_due_update_reminders
from incidents.workflow import assign_role, change_severity, join_incident
from notifications.models import OutboxMessage
from subscribers.announcements.routing import consume
from subscribers.models import Notice, NotificationKind
from subscribers.quiet_hours import quiet_until

BERLIN = ZoneInfo("Europe/Berlin")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")
NIGHT = {"start": time(22), "end": time(7)}


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "until"),
    [
        ("2026-06-10T20:30", "2026-06-11T05:00"),  # 22:30 in Berlin
        ("2026-06-10T04:59", "2026-06-10T05:00"),
        ("2026-06-10T05:00", None),
        ("2026-06-10T19:59", None),
        ("2026-12-10T21:30", "2026-12-11T06:00"),  # winter
        ("2026-03-28T23:30", "2026-03-29T05:00"),  # the clock goes forward in this night
        ("2026-10-24T23:30", "2026-10-25T06:00"),  # and back in this one
    ],
)
def test_over_midnight(now, until):
    assert quiet_until(**NIGHT, zone=BERLIN, now=at(now)) == (at(until) if until else None)


@pytest.mark.parametrize(
    ("zone", "start", "end", "now", "until"),
    [
        # 02:00–03:00 happens twice: quiet until its second end
        (BERLIN, time(1), time(2, 30), "2026-10-25T00:45", "2026-10-25T01:30"),
        (BERLIN, time(1), time(2, 30), "2026-10-25T01:15", "2026-10-25T01:30"),
        # 02:30 does not exist: quiet until what the clock shows instead, 03:30
        (BERLIN, time(1), time(2, 30), "2026-03-29T00:30", "2026-03-29T01:30"),
        # half an hour back, from 02:00 to 01:30
        (LORD_HOWE, time(1), time(1, 45), "2026-04-04T15:00", "2026-04-04T15:15"),
        # half an hour forward: 02:15 is left out
        (LORD_HOWE, time(1), time(2, 15), "2026-10-03T15:00", "2026-10-03T15:45"),
    ],
)
def test_when_clocks_change(zone, start, end, now, until):
    assert quiet_until(start=start, end=end, zone=zone, now=at(now)) == at(until)


@pytest.mark.parametrize(("start", "end"), [(None, None), (time(7), None), (time(7), time(7))])
def test_without_hours_it_is_never_quiet(start, end):
    assert quiet_until(start=start, end=end, zone=BERLIN, now=at("2026-06-10T05:00")) is None


CLOCKS = st.times().map(lambda t: t.replace(second=0, microsecond=0))
ZONES = st.sampled_from(["UTC", "Europe/Berlin", "Australia/Lord_Howe", "America/New_York", "Asia/Kathmandu"])


@given(
    start=CLOCKS,
    end=CLOCKS,
    zone=ZONES.map(zoneinfo.ZoneInfo),
    now=st.datetimes(datetime(2025, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC)),
)
def test_it_always_ends_within_a_day_and_is_over_then(start, end, zone, now):
    until = quiet_until(start=start, end=end, zone=zone, now=now)
    if until is None:
        return
    assert now < until <= now + timedelta(hours=25)
    assert quiet_until(start=start, end=end, zone=zone, now=until) is None
    shown = until.astimezone(zone)
    if shown.utcoffset() == (shown - timedelta(hours=2)).utcoffset():
        assert shown.time() == end


# -- what they do to mails -----------------------------------------------------------------------------------


@pytest.fixture
def asleep(prefer):
    """`asleep(person)`: wants everything by mail, and is within quiet hours for another hour."""

    def run(person):
        now = timezone.now().astimezone(UTC)
        hours = {
            "quiet_from": (now - timedelta(hours=1)).time(),
            "quiet_to": (now + timedelta(hours=1)).time(),
        }
        prefer(person, by_mail=list(NotificationKind), in_browser=list(NotificationKind), **hours)
        return now + timedelta(hours=1)

    return run


def test_a_mail_waits_and_the_inbox_does_not(incident, stakeholder, asleep, post, tell):
    until = asleep(stakeholder)
    post(incident, "stakeholders")
    [mail] = tell(incident)
    assert abs(mail.due_at - until) < timedelta(seconds=5)
    notice = Notice.objects.get(person=stakeholder)
    assert not notice.pops


def test_the_awake_hear_at_once(incident, stakeholder, prefer, post, tell):
    prefer(stakeholder, in_browser=[NotificationKind.UPDATES])
    post(incident, "stakeholders")
    [mail] = tell(incident)
    assert mail.due_at <= timezone.now()
    assert Notice.objects.get(person=stakeholder).pops


def test_a_role_given_wakes(incident, commander, responder, asleep, tell):
    asleep(responder)
    assign_role(incident=incident, role=Role.objects.get(slug="deputy"), user=responder, by=commander)
    [mail] = tell(incident, "role.assigned")
    assert mail.due_at <= timezone.now()


def test_a_reminder_wakes(incident, commander, asleep):
    asleep(commander)
    with context.at(incident.declared_at + timedelta(minutes=40)):
        send_due_update_reminders()
    message = OutboxMessage.objects.filter(topic="reminder.due").latest("created_at")
    consume(message)
    [mail] = message.deliveries.all()
    assert mail.due_at <= timezone.now()


@pytest.mark.parametrize(
    ("rank", "role", "waits"),
    [
        (1, "deputy", False),
        (1, "communications_lead", False),
        (1, "scribe", True),
        (1, "", True),
        (2, "deputy", True),
    ],
)
def test_a_sev1_wakes_those_in_charge_of_it(
    incident, commander, responder, severity, asleep, tell, rank, role, waits
):
    join_incident(incident=incident, by=responder)
    if role:
        assign_role(incident=incident, role=Role.objects.get(slug=role), user=responder, by=commander)
    change_severity(incident=incident, severity=severity(3), by=commander, reason="first")
    change_severity(incident=incident, severity=severity(rank), by=commander, reason="then")
    asleep(responder)
    mails = tell(incident, "severity.changed")
    assert [m.due_at > timezone.now() for m in mails] == [waits]


def test_places_have_no_quiet_hours(incident, channel, outside, stakeholder, asleep, post):
    asleep(stakeholder)
    channel("#incidents")
    outside("kim@elsewhere.test", audience="stakeholders")
    post(incident, "stakeholders")
    message = OutboxMessage.objects.get(topic="status_update.posted")
    consume(message)
    at_once = message.deliveries.filter(due_at__lte=timezone.now())
    assert {d.address or d.channel.name for d in at_once} == {"kim@elsewhere.test", "#incidents"}
    assert message.deliveries.count() == 3
