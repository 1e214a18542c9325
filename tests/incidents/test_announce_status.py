"""What do those who received updates get when the impact stops and when it is resolved?"""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from audit import context
from incidents.models import Status
from incidents.workflow import (
    mitigate_incident,
    move_mitigation,
    post_status_update,
    record_mitigation,
    request_update,
    resolve_incident,
    set_service_impact,
)
from incidents.workflow.announcing import audiences_informed

TEXTS = {"public": "Works again.", "stakeholders": "Verified.", "executives": "Over."}


def say(incident, by, audiences, **more):
    facts = {
        "known": "inside", "unknown": "the cause", "public_title": "Payments fail",
        "wordings": {"public": {"known": "outside"}, "executives": {"known": "costs"}},
        "next_update_at": context.now() + timedelta(minutes=20),
    }  # fmt: skip
    return post_status_update(incident=incident, by=by, audiences=audiences, **facts | more)


@pytest.fixture
def told(incident, commander):
    say(incident, commander, ["public", "stakeholders"])
    return incident


def mitigate(incident, by, **more):
    return mitigate_incident(incident=incident, by=by, **more)


def test_resolving_needs_a_final_update_for_everybody_who_received_one(told, commander):
    mitigated = mitigate(told, commander)
    with pytest.raises(ValidationError, match="public and stakeholders received updates"):
        resolve_incident(incident=mitigated, by=commander, waive_reason="x")
    with pytest.raises(ValidationError, match="stakeholders received updates"):
        resolve_incident(incident=mitigated, by=commander, waive_reason="x", updates={"public": "Works."})
    resolve_incident(
        incident=mitigated, by=commander, waive_reason="x", updates={"public": "Works again."},
        unsent={"stakeholders": "they met in person"},
    )  # fmt: skip
    final = told.status_updates.newest_first()[0]
    assert (final.audiences, final.status, final.public_title) == (["public"], "resolved", "Payments fail")
    assert final.text_for("public").known == "Works again."
    assert "Stakeholders: they met in person" in told.timeline.get(text="Resolved").detail


def test_who_never_received_one_gets_none(told, commander):
    assert audiences_informed(told) == ["public", "stakeholders"]
    say(told, commander, ["executives"])
    assert audiences_informed(told) == ["public", "stakeholders", "executives"]


def test_who_asked_for_an_update_gets_a_final_one(incident, commander, stakeholder):
    request = request_update(incident=incident, by=stakeholder)
    mitigated = mitigate(incident, commander)
    resolve_incident(incident=mitigated, by=commander, waive_reason="x", updates={"stakeholders": "Done."})
    request.refresh_from_db()
    assert request.answer.text_for("stakeholders").known == "Done."


def test_each_audience_reads_its_own_words(told, commander):
    say(told, commander, ["executives"])
    mitigated = mitigate(told, commander)
    resolve_incident(incident=mitigated, by=commander, waive_reason="x", updates=TEXTS)
    final = told.status_updates.newest_first()[0]
    assert {a: final.text_for(a).known for a in TEXTS} == TEXTS


def test_a_text_that_is_refused_leaves_the_incident_as_it_was(told, commander, traces):
    mitigated = mitigate(told, commander)
    seen = traces(told)
    with pytest.raises(ValidationError):
        resolve_incident(incident=mitigated, by=commander, waive_reason="x", updates={"nobody": "x"})
    told.refresh_from_db()
    assert seen.none
    assert told.status == Status.MITIGATED


def test_mitigating_settles_what_is_applying_and_sets_the_services(told, commander, service):
    set_service_impact(incident=told, service=service, impact="major_outage", by=commander)
    fix = record_mitigation(incident=told, by=commander, text="Roll back", state="applying")
    other = record_mitigation(incident=told, by=commander, text="Scale", state="applying")
    mitigate(
        told, commander, impacts={service: "degraded"}, outcomes={fix: "worked", other: "applying"},
        updates={"public": "Works."}, next_update_at=context.now() + timedelta(minutes=30),
    )  # fmt: skip
    fix.refresh_from_db()
    other.refresh_from_db()
    assert (fix.state, other.state) == ("worked", "applying")
    assert told.affected_services.running().get().impact == "degraded"
    update = told.status_updates.newest_first()[0]
    assert (update.status, update.audiences) == ("mitigated", ["public"])


def test_stakeholders_are_not_told_what_only_responders_were(told, commander):
    say(told, commander, ["responders"], unknown="whether Lee's change did it")
    mitigate(
        told, commander, updates={"stakeholders": "It stopped."},
        next_update_at=context.now() + timedelta(minutes=30),
    )  # fmt: skip
    update = told.status_updates.newest_first()[0]
    assert update.text_for("stakeholders").unknown == "the cause"


def test_an_update_sets_how_services_are_affected(told, commander, service, responder):
    set_service_impact(incident=told, service=service, impact="degraded", by=commander)
    say(told, commander, ["stakeholders"], impacts={service: "major_outage"})
    assert told.affected_services.running().get().impact == "major_outage"
    say(told, commander, ["stakeholders"], impacts={service: None})
    assert not told.affected_services.running().exists()


def test_a_mitigation_that_failed_does_not_stay_applying(told, commander):
    fix = record_mitigation(incident=told, by=commander, text="Roll back", state="applying")
    move_mitigation(mitigation=fix, state="worked", by=commander)
    mitigate(told, commander, outcomes={fix: "worked"})
    fix.refresh_from_db()
    assert fix.state == "worked"
