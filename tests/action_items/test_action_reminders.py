"""Is everybody reminded of what they owe, once, in the morning where they are, and of nothing that is over?"""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine

from accounts.models import Installation, Team
from action_items.models import ActionDigest, ActionItem, ActionReminder
from action_items.tasks import send_due_action_reminders, send_weekly_digests
from action_items.workflow import (
    add_action_item,
    answer_helped,
    change_action_item,
    complete_action_item,
    reopen_action_item,
    wont_do_action_item,
)
from incidents.models import Incident
from incidents.workflow import declare_incident
from notifications.models import Delivery, OutboxMessage
from retros.workflow import start_retrospective
from subscribers.announcements.action_items import consume
from subscribers.models import Notice, NotificationPreference

ADDED = datetime(2026, 3, 2, 12, tzinfo=UTC)  # a Monday
DUE = date(2026, 3, 20)


@pytest.fixture
def item(incident, commander, responder, admin):
    Installation.objects.update_or_create(pk=1, defaults={"duty_person": admin})
    Incident.objects.filter(pk=incident.pk).update(declared_at=ADDED, created_at=ADDED)
    with time_machine.travel(ADDED, tick=False):
        retrospective = start_retrospective(incident=incident, by=commander, owner=commander)
        return add_action_item(
            by=commander,
            title="Alert on saturation",
            retrospective=retrospective,
            owner=responder,
            due_on=DUE,
        )


def sweep(year: int, month: int, day: int, hour: int = 12, minute: int = 0) -> list[tuple[str, str]]:
    """(address, subject) of the mails that one sweep at that time (UTC) leads to."""
    before = set(Delivery.objects.values_list("pk", flat=True))
    with time_machine.travel(datetime(year, month, day, hour, minute, tzinfo=UTC), tick=False):
        send_due_action_reminders()
        send_weekly_digests()
        _tell()
    new = Delivery.objects.exclude(pk__in=before).order_by("address")
    return [(d.address, d.content["subject"]) for d in new]


def _tell() -> None:
    for message in OutboxMessage.objects.filter(topic__in=("action_item.reminder", "action_items.digest")):
        consume(message)


def test_three_days_before_on_the_day_and_after_each_once(item, commander, responder, admin):
    r, c, a = (person.email for person in (responder, commander, admin))
    digest = "Your week: 1 open action item"
    told = {}
    day = datetime(2026, 3, 9)
    while day < datetime(2026, 4, 5):
        for hour in (8, 9, 10, 20):
            if found := sweep(day.year, day.month, day.day, hour):
                told[f"{day:%d.%m.} {hour}"] = [(who, what.split(": ", 1)[-1]) for who, what in found]
        day += timedelta(days=1)
    week, late = digest.split(": ")[1], f"{digest.split(': ')[1]}, 1 overdue"
    assert told == {
        "09.03. 8": [(r, week)],
        "16.03. 8": [(r, week)],
        "17.03. 9": [(r, "due in 3 days")],
        "20.03. 9": [(r, "due today")],
        "23.03. 8": [(r, late)],
        "23.03. 9": [(c, "3 days overdue"), (r, "3 days overdue")],
        "27.03. 9": [(a, "7 days overdue"), (c, "7 days overdue"), (r, "7 days overdue")],
        "30.03. 8": [(r, late)],
    }
    assert ActionReminder.objects.count() == 4
    assert ActionDigest.objects.count() == 4


def test_without_a_retrospective_whoever_is_on_duty(item, commander, admin, responder):
    ActionItem.objects.update(retrospective=None)
    sweep(2026, 3, 24)
    told = dict(sweep(2026, 3, 28))
    assert set(told) == {admin.email, responder.email}


def test_an_item_without_owner_reaches_who_can_give_it_one(item, commander, responder):
    ActionItem.objects.update(owner=None)
    told = sweep(2026, 3, 17)
    assert [who for who, _ in told] == [commander.email]
    assert "It has no owner." in Delivery.objects.get().content["text"]


def test_the_team_hears_after_a_week(item, outsider, admin):
    team = Team.objects.create(name="Payments", slug="payments")
    outsider.teams.add(team)
    ActionItem.objects.update(team=team)
    assert outsider.email not in dict(sweep(2026, 3, 24))
    told = dict(sweep(2026, 3, 28))
    assert outsider.email in told
    assert admin.email not in told, "who is on duty hears only where there is nobody nearer"


@pytest.mark.parametrize(
    "end",
    [
        lambda item, by: complete_action_item(item=item, by=by),
        lambda item, by: wont_do_action_item(item=item, by=by, reason="Replaced"),
        lambda item, by: change_action_item(item=item, by=by, due_on=None),
        lambda item, by: change_action_item(item=item, by=by, due_on=date(2026, 9, 1)),
    ],
    ids=["done", "won't do", "no date", "later"],
)
def test_nothing_once_it_is_over(item, commander, end):
    with time_machine.travel(ADDED, tick=False):
        end(item, commander)
    assert [s for _, s in sweep(2026, 3, 28) if "ACT" in s] == []
    assert not ActionReminder.objects.exists()


def test_written_but_not_told_when_it_is_done_is_not_told(item, commander):
    with time_machine.travel(datetime(2026, 3, 20, 10, tzinfo=UTC), tick=False):
        send_due_action_reminders()
        complete_action_item(item=item, by=commander)
        _tell()
    assert not Delivery.objects.exists()
    assert not Notice.objects.exists()


def test_told_but_not_sent_when_it_is_done_is_called_back(item, commander, responder):
    sweep(2026, 3, 20)
    with time_machine.travel(datetime(2026, 3, 20, 13, tzinfo=UTC), tick=False):
        complete_action_item(item=item, by=commander)
    assert Delivery.objects.get(address=responder.email).state == "withdrawn"


def test_another_due_day_calls_back_the_reminder_and_not_whose_it_is(item, commander, responder):
    told = sweep(2026, 3, 20)
    for message in OutboxMessage.objects.filter(topic="action_item.assigned"):
        consume(message)
    with time_machine.travel(datetime(2026, 3, 20, 13, tzinfo=UTC), tick=False):
        change_action_item(item=item, by=commander, due_on=date(2026, 4, 1))
    assert _states() == {told[0][1]: "withdrawn", _said(item, "it is yours"): "waiting"}


def test_a_new_owner_calls_back_what_the_old_one_was_told(item, commander, outsider):
    sweep(2026, 3, 20)
    for message in OutboxMessage.objects.filter(topic="action_item.assigned"):
        consume(message)
    with time_machine.travel(datetime(2026, 3, 20, 13, tzinfo=UTC), tick=False):
        change_action_item(item=item, by=commander, owner=outsider)
    assert set(_states().values()) == {"withdrawn"}


@pytest.mark.parametrize(
    "after",
    [
        lambda item, by: answer_helped(item=item, by=by, answer="yes"),
        lambda item, by: reopen_action_item(item=item, by=by, reason="It came back"),
    ],
    ids=["answered", "reopened"],
)
def test_a_question_that_is_answered_is_called_back(item, responder, commander, after):
    with time_machine.travel(datetime(2026, 3, 10, 12, tzinfo=UTC), tick=False):
        complete_action_item(item=item, by=responder)
    sweep(2026, 6, 8)
    assert _states() == {_said(item, "did it help?"): "waiting"}
    with time_machine.travel(datetime(2026, 6, 8, 13, tzinfo=UTC), tick=False):
        after(item, responder)
    assert _states() == {_said(item, "did it help?"): "withdrawn"}


def _said(item, words: str) -> str:
    return f"ACT-{item.pk} Alert on saturation: {words}"


def _states() -> dict[str, str]:
    return {d.content["subject"]: d.state for d in Delivery.objects.all()}


def test_reopened_the_steps_that_were_told_are_not_told_again(item, commander):
    sweep(2026, 3, 20)
    with time_machine.travel(datetime(2026, 3, 20, 13, tzinfo=UTC), tick=False):
        complete_action_item(item=item, by=commander)
        reopen_action_item(item=item, by=commander)
    assert sweep(2026, 3, 20, 14) == []
    assert len(sweep(2026, 3, 24, 12)) >= 2


def test_whatever_became_of_the_incident(item):
    Incident.objects.update(status="closed")
    assert len(sweep(2026, 3, 20)) == 1


def test_missed_steps_are_recorded_and_told_in_one(item):
    told = [s for _, s in sweep(2026, 4, 10) if "ACT" in s]
    assert {s.split(": ")[1] for s in told} == {"21 days overdue"}
    assert ActionReminder.objects.count() == 4


def test_what_lay_behind_when_the_day_was_set_is_not_reminded_of(item, commander):
    with time_machine.travel(datetime(2026, 3, 18, 12, tzinfo=UTC), tick=False):
        change_action_item(item=item, by=commander, due_on=date(2026, 3, 19))
    assert sweep(2026, 3, 18, 13) == []
    assert [s.split(": ")[1] for _, s in sweep(2026, 3, 19)] == ["due today"]


def test_in_the_morning_where_the_owner_is_also_when_clocks_change(item, responder, commander):
    responder.time_zone = "America/New_York"
    responder.save()
    berlin_night = datetime(2026, 3, 29, tzinfo=ZoneInfo("Europe/Berlin")).date()
    with time_machine.travel(ADDED, tick=False):
        change_action_item(item=item, by=commander, due_on=berlin_night)
    sweep(2026, 3, 28)
    assert sweep(2026, 3, 29, 12, 59) == []
    assert [who for who, _ in sweep(2026, 3, 29, 13, 0)] == [responder.email]


def test_a_second_scheduler_and_a_second_reading_tell_nothing_twice(item, responder):
    assert len(sweep(2026, 3, 20)) == 1
    assert sweep(2026, 3, 20) == []
    assert (Delivery.objects.count(), Notice.objects.count()) == (1, 1)


def test_a_replayed_day_reminds_nobody(item):
    Incident.objects.update(source="replay")
    assert sweep(2026, 3, 28) == []
    assert not ActionReminder.objects.exists()


def test_private_only_to_whom_it_is_in_reach(item, commander, outsider, responder, admin):
    team = Team.objects.create(name="Payments", slug="payments")
    outsider.teams.add(team)
    ActionItem.objects.update(team=team)
    item.retrospective.is_private = True
    item.retrospective.save()
    told = {who for who, _ in sweep(2026, 3, 28)}
    assert told == {commander.email, responder.email}, "neither the team nor the duty contact"
    assert not Notice.objects.filter(person__in=(outsider, admin)).exists()


def test_a_notice_leaves_the_inbox_with_the_reach(item, commander, responder):
    sweep(2026, 3, 24)
    assert Notice.objects.of(commander).count() == 1
    item.retrospective.is_private = True
    item.retrospective.owner = responder
    item.retrospective.save()
    assert Notice.objects.of(commander).count() == 0
    assert Notice.objects.of(responder).count() >= 1


def test_the_digest_says_numbers_in_the_inbox_and_titles_in_the_mail(item, responder):
    sweep(2026, 3, 23)
    notice = Notice.objects.get(person=responder, kind="actions")
    assert (notice.title, notice.text) == ("Your week: 1 open action item, 1 overdue", "")
    assert "Alert on saturation" in Delivery.objects.get(message=notice.message).content["text"]


def test_the_digest_lists_nothing_of_a_replayed_day(item, responder, commander, severity):
    with time_machine.travel(ADDED, tick=False):
        day = declare_incident(by=commander, title="A day of last year", severity=severity(2))
        add_action_item(by=commander, title="Of a day long past", incident=day, owner=responder)
    Incident.objects.filter(pk=day.pk).update(source="replay")
    sweep(2026, 3, 23)
    assert Notice.objects.get(person=responder, kind="actions").title.startswith(
        "Your week: 1 open action item,"
    )
    assert not [
        d for d in Delivery.objects.filter(person=responder) if "Of a day long past" in str(d.content)
    ]


def test_who_does_not_want_the_digest_gets_none_and_is_reminded_all_the_same(item, responder):
    NotificationPreference.objects.create(person=responder)
    assert [s for _, s in sweep(2026, 3, 16)] == []
    assert len(sweep(2026, 3, 20)) == 1


def test_no_digest_without_open_items_nor_late_in_the_week(item, commander):
    assert not ActionDigest.objects.exists()
    assert sweep(2026, 3, 11) == [], "a Wednesday"
    with time_machine.travel(datetime(2026, 3, 12, tzinfo=UTC), tick=False):
        complete_action_item(item=item, by=commander)
    assert sweep(2026, 3, 16) == []
    assert not ActionDigest.objects.exists()


def test_asked_whether_it_helped_after_ninety_days_and_again_if_too_early(item, responder, commander):
    with time_machine.travel(datetime(2026, 3, 10, 12, tzinfo=UTC), tick=False):
        complete_action_item(item=item, by=responder)
    assert sweep(2026, 6, 7) == []
    [(who, subject)] = sweep(2026, 6, 8)
    assert (who, subject) == (responder.email, f"ACT-{item.pk} Alert on saturation: did it help?")
    assert sweep(2026, 6, 9) == []
    with time_machine.travel(datetime(2026, 6, 10, 12, tzinfo=UTC), tick=False):
        answer_helped(item=item, by=responder, answer="too_early")
    assert sweep(2026, 7, 9) == []
    assert len(sweep(2026, 7, 10)) == 1
    with time_machine.travel(datetime(2026, 7, 11, 12, tzinfo=UTC), tick=False):
        answer_helped(item=item, by=responder, answer="no", note="It still happens")
    assert sweep(2026, 12, 1) == []


def test_asked_of_somebody_else_where_the_owner_is_gone(item, responder, commander):
    with time_machine.travel(datetime(2026, 3, 10, 12, tzinfo=UTC), tick=False):
        complete_action_item(item=item, by=responder)
    responder.is_active = False
    responder.save()
    assert [who for who, _ in sweep(2026, 6, 8)] == [commander.email]
