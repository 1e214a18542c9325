"""When the next update is owed, per audience."""

from datetime import timedelta

import pytest

from audit import context
from incidents.models import Incident, Status
from incidents.workflow import (
    accept_report,
    change_severity,
    change_status,
    change_visibility,
    mitigate_incident,
    post_status_update,
    reopen_incident,
    resolve_incident,
)


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
    resolve_incident(incident=mitigated, by=commander, waive_reason="x")
    assert set(due(mitigated).values()) == {None}


def test_reopening_starts_the_clocks_anew(mitigated, commander):
    say(mitigated, commander, 10)
    resolve_incident(incident=mitigated, by=commander, waive_reason="x")
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
