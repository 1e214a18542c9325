"""When the next update is owed, per audience."""

from datetime import timedelta

import pytest

from audit import context
from incidents.models import Incident, Status, StatusUpdate
from incidents.workflow import (
    accept_report,
    change_severity,
    change_status,
    change_visibility,
    declare_incident,
    mitigate_incident,
    post_status_update,
    reopen_incident,
    resolve_incident,
    set_service_impact,
    withdraw_status_update,
)
from incidents.workflow.schedules import reschedule
from tests.conftest import NOT_SENT

pytestmark = pytest.mark.usefixtures("readers")


def due(incident: Incident) -> dict[str, object]:
    return {s.audience: s.due_at for s in incident.update_schedules.all()}


def after(moment, minutes):
    return moment + timedelta(minutes=minutes)


def say(incident, by, minutes, *audiences):
    return post_status_update(
        incident=incident,
        by=by,
        audiences=audiences or ("public",),
        known="x",
        wordings={"public": {"known": "x"}},
        public_title="Checkout",
        unknown="y",
        next_update_at=after(context.now(), minutes),
    )


def test_the_first_is_due_after_the_declaration(incident):
    declared = incident.declared_at
    assert due(incident) == {
        "public": after(declared, 15),
        "stakeholders": after(declared, 15),
        "executives": after(declared, 30),
    }


def test_the_promise_counts_where_it_is_earlier(incident, commander):
    update = say(incident, commander, 10, "public", "executives")
    assert due(incident)["public"] == due(incident)["executives"] == update.next_update_at
    assert due(incident)["stakeholders"] == after(incident.declared_at, 15)


def test_the_policy_counts_where_it_is_earlier(incident, commander):
    update = say(incident, commander, 500)
    assert due(incident)["public"] == after(update.posted_at, 30)


def test_raising_the_severity_brings_it_forward(incident, commander, severity):
    update = say(incident, commander, 25)
    change_severity(incident=incident, severity=severity(1), by=commander)
    assert due(incident)["public"] == after(update.posted_at, 20)
    assert due(incident)["stakeholders"] == after(incident.declared_at, 10)


def test_lowering_it_keeps_the_promise(incident, commander, severity):
    update = say(incident, commander, 25)
    change_severity(incident=incident, severity=severity(3), by=commander)
    assert due(incident)["public"] == update.next_update_at
    assert due(incident)["executives"] is None  # on change only


def test_an_audience_without_cadence_is_owed_nothing(incident, commander, severity):
    change_severity(incident=incident, severity=severity(5), by=commander)
    assert due(incident) == {
        "public": None,
        "executives": None,
        "stakeholders": after(incident.declared_at, 240),
    }


def test_each_status_has_its_own_pace(incident, commander):
    update = say(incident, commander, 500, "executives")
    change_status(incident=incident, status=Status.FIXING, by=commander)
    assert due(incident)["executives"] == after(update.posted_at, 60)
    mitigate_incident(incident=incident, by=commander)
    assert due(incident)["executives"] == after(update.posted_at, 120)


def test_it_stops_at_resolved(mitigated, commander):
    say(mitigated, commander, 10)
    resolve_incident(incident=mitigated, by=commander, waive_reason="x", unsent=NOT_SENT)
    assert set(due(mitigated).values()) == {None}


def test_reopening_starts_the_clocks_anew(mitigated, commander):
    say(mitigated, commander, 10)
    resolve_incident(incident=mitigated, by=commander, waive_reason="x", unsent=NOT_SENT)
    with context.at(after(context.now(), 60 * 24)):
        reopen_incident(incident=mitigated, by=commander, reason="back")
        assert due(mitigated)["public"] == after(context.now(), 15)


def test_a_report_is_owed_nothing_until_accepted(suspected, responder):
    assert due(suspected) == {}
    with context.at(after(context.now(), 45)):
        accepted = accept_report(incident=suspected, by=responder)
    assert due(suspected)["public"] == after(accepted.declared_at, 15)


@pytest.mark.parametrize("audience", ["public", "stakeholders", "executives"])
def test_one_schedule_each(incident, commander, severity, audience):
    for rank in (1, 3, 2):
        change_severity(incident=incident, severity=severity(rank), by=commander)
    assert incident.update_schedules.filter(audience=audience).count() == 1


def test_a_private_incident_owes_the_public_nothing(incident, commander):
    change_visibility(incident=incident, is_private=True, by=commander)
    assert due(incident)["public"] is None
    assert due(incident)["stakeholders"] is not None
    change_visibility(incident=incident, is_private=False, by=commander)
    assert due(incident)["public"] == after(incident.declared_at, 15)


def test_a_public_update_is_owed_on_a_sev3_once_customers_notice(commander, severity, service):
    quiet = declare_incident(by=commander, title="Export is slow", severity=severity(3))
    assert due(quiet)["public"] is None
    assert due(quiet)["stakeholders"] == after(quiet.declared_at, 30)
    set_service_impact(incident=quiet, service=service, impact="degraded", by=commander)
    assert due(quiet)["public"] == after(quiet.declared_at, 30)
    set_service_impact(incident=quiet, service=service, impact=None, by=commander)
    assert due(quiet)["public"] is None


def test_what_the_public_was_told_on_a_sev3_is_followed_up(commander, severity):
    quiet = declare_incident(by=commander, title="Export is slow", severity=severity(3))
    update = say(quiet, commander, 500)
    assert due(quiet)["public"] == after(update.posted_at, 60)


def test_on_change_means_once_what_they_were_told_is_not_true_any_more(commander, severity):
    quiet = declare_incident(by=commander, title="Export is slow", severity=severity(3))
    say(quiet, commander, 6000, "executives")
    promised = due(quiet)["executives"]
    change_status(incident=quiet, status=Status.FIXING, by=commander)
    changed = context.now()
    assert due(quiet)["executives"] < promised
    assert after(changed, 29) < due(quiet)["executives"] <= after(changed, 30)
    change_status(incident=quiet, status=Status.INVESTIGATING, by=commander)
    assert due(quiet)["executives"] == promised


def test_a_change_stays_due_when_the_update_that_told_it_is_taken_back(commander, severity):
    quiet = declare_incident(by=commander, title="Export is slow", severity=severity(3))
    say(quiet, commander, 6000, "executives")
    change_status(incident=quiet, status=Status.FIXING, by=commander)
    before = due(quiet)["executives"]
    with context.at(after(context.now(), 20)):
        update = say(quiet, commander, 6000, "executives")
        assert due(quiet)["executives"] == update.next_update_at
        withdraw_status_update(update=update, by=commander)
    assert due(quiet)["executives"] == before


def test_executives_who_never_heard_of_it_hear_no_changes(commander, severity):
    quiet = declare_incident(by=commander, title="Export is slow", severity=severity(3))
    change_status(incident=quiet, status=Status.FIXING, by=commander)
    assert due(quiet)["executives"] is None


def test_daily_for_the_lesser_ones(commander, severity):
    small = declare_incident(by=commander, title="A typo", severity=severity(4))
    update = say(small, commander, 6000, "stakeholders")
    assert due(small)["stakeholders"] == after(update.posted_at, 1440)


def test_a_promise_counts_where_there_is_no_policy(commander, severity):
    small = declare_incident(by=commander, title="A typo", severity=severity(5))
    update = say(small, commander, 90)
    assert due(small)["public"] == update.next_update_at


def test_the_interval_doubles_after_two_hours_where_the_next_time_is_said(incident, commander):
    with context.at(after(incident.declared_at, 119)):
        early = say(incident, commander, 500)
        assert due(incident)["public"] == after(early.posted_at, 30)
    with context.at(after(incident.declared_at, 120)):
        late = say(incident, commander, 500)
        assert due(incident)["public"] == after(late.posted_at, 60)
    with context.at(after(incident.declared_at, 121)):
        sooner = say(incident, commander, 20)
        assert due(incident)["public"] == sooner.next_update_at


def test_an_update_taken_back_leaves_the_schedule_as_it_was(incident, commander):
    say(incident, commander, 20, "public", "stakeholders")
    before = due(incident)
    with context.at(after(context.now(), 10)):
        update = say(incident, commander, 25)
        assert due(incident) != before
        StatusUpdate.objects.filter(pk=update.pk).update(state="withdrawn")
        reschedule(incident)
    assert due(incident) == before


def test_what_waits_for_approval_does_not_count(incident, commander):
    before = due(incident)
    update = say(incident, commander, 25)
    StatusUpdate.objects.filter(pk=update.pk).update(state="awaiting")
    reschedule(incident)
    assert due(incident) == before


def test_the_short_way_comes_to_the_same_as_the_long_one(incident, commander):
    """`posted` looks at the update's own audiences only."""
    for minute in (5, 40, 130, 190):
        with context.at(after(incident.declared_at, minute)):
            update = published(incident, commander, 45, "public", "executives")
            reschedule(incident, posted=update)
            short = due(incident)
            reschedule(incident)
            assert due(incident) == short


def test_the_short_way_takes_three_statements(incident, commander, django_assert_num_queries):
    first = published(incident, commander, 20, "public", "stakeholders", "executives")
    with django_assert_num_queries(3):
        reschedule(incident, posted=first)
    with context.at(after(context.now(), 10)):
        second = published(incident, commander, 30, "public", "stakeholders", "executives")
        with django_assert_num_queries(3):
            reschedule(incident, posted=second)


def test_an_older_update_that_is_taken_over_later_answers_nothing(incident, commander):
    with context.at(after(incident.declared_at, 20)):
        update = published(incident, commander, 30, "public")
        reschedule(incident, posted=update)
        older = published(incident, commander, 30, "public", posted_at=after(incident.declared_at, 5))
        reschedule(incident, posted=older)
    assert due(incident)["public"] == update.next_update_at


def published(incident, by, minutes, *audiences, posted_at=None):
    """An update's row alone, as `post_status_update` writes it before it asks for the next due time."""
    return StatusUpdate.objects.create(
        incident=incident, audiences=list(audiences), known="x", author=by, status=incident.status,
        severity=incident.severity, posted_at=posted_at or context.now(),
        next_update_at=after(context.now(), minutes),
    )  # fmt: skip
