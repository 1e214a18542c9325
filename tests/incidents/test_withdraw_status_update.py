"""Ten seconds to take an update back: does nothing of it leave?"""

from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from incidents.models import Service, StatusUpdate
from incidents.workflow import post_status_update, set_service_impact, withdraw_status_update


@pytest.fixture
def update(incident, responder):
    return post_status_update(
        incident=incident,
        by=responder,
        audiences=["stakeholders"],
        known="Slow.",
        unknown="why",
        next_update_at=timezone.now() + timedelta(minutes=20),
    )


def test_it_never_leaves(incident, responder, update, traces):
    seen = traces(incident)
    withdraw_status_update(update=update, by=responder)
    with time_machine.travel(update.leaves_at + timedelta(minutes=1)):
        assert not StatusUpdate.objects.out().exists()
    assert not incident.timeline.standing().filter(status_update=update).exists()
    assert (seen.texts, seen.actions) == (
        ["withdrew an update before it was sent"],
        ["status_update.withdrawn"],
    )


def test_the_promise_goes_with_it(incident, responder, update):
    assert incident.update_schedules.get(audience="stakeholders").promised_at
    withdraw_status_update(update=update, by=responder)
    assert incident.update_schedules.get(audience="stakeholders").promised_at is None


def test_not_once_it_has_left(responder, update):
    with time_machine.travel(update.leaves_at), pytest.raises(ValidationError, match="Correct it"):
        withdraw_status_update(update=update, by=responder)


def test_twice_is_once(incident, responder, update, traces):
    withdraw_status_update(update=update, by=responder)
    seen = traces(incident)
    withdraw_status_update(update=update, by=responder)
    assert seen.none


def test_the_commander_may(commander, update):
    assert withdraw_status_update(update=update, by=commander).state == "withdrawn"


def test_others_may_not(outsider, stakeholder, update):
    for person in (outsider, stakeholder):
        with pytest.raises(PermissionDenied):
            withdraw_status_update(update=update, by=person)


def test_what_it_corrected_can_be_corrected_again(incident, responder, update):
    words = {"incident": incident, "by": responder, "audiences": ["stakeholders"], "known": "All slow."}
    words |= {"no_open_unknowns": True, "next_update_at": timezone.now() + timedelta(minutes=9)}
    correction = post_status_update(corrects=update, correction_reason="wrong", **words)
    withdraw_status_update(update=correction, by=responder)
    assert post_status_update(corrects=update, correction_reason="wrong", **words).corrects == update


def test_the_page_leads_back_to_the_words(client, responder, incident, update):
    client.force_login(responder)
    room = client.get(incident.get_absolute_url()).content.decode()
    assert f"status-updates/{update.pk}/withdrawal/" in room
    answer = client.post(f"{incident.get_absolute_url()}status-updates/{update.pk}/withdrawal/")
    assert "Slow." in client.get(answer.url).content.decode()
    assert "withdrawal" not in client.get(incident.get_absolute_url()).content.decode()


@pytest.fixture
def payments(incident, commander) -> Service:
    """Degraded since before the update."""
    service = Service.objects.create(name="Payments", slug="payments", tier=1)
    set_service_impact(incident=incident, service=service, impact="degraded", by=commander)
    return service


def post_states(incident, by, impacts):
    return post_status_update(
        incident=incident, by=by, audiences=["stakeholders"], known="Down.", no_open_unknowns=True,
        next_update_at=timezone.now() + timedelta(minutes=20), impacts=impacts,
    )  # fmt: skip


@pytest.mark.parametrize("state", ["major_outage", None])
def test_component_states_set_with_it_are_taken_back(incident, responder, payments, state):
    search = Service.objects.create(name="Search", slug="search", tier=1)
    before = incident.affected_services.get()
    wrong = post_states(incident, responder, {payments: state, search: "major_outage"})
    withdraw_status_update(update=wrong, by=responder)
    row = incident.affected_services.get()
    assert (row.pk, row.impact, row.ended_at) == (before.pk, "degraded", None), (
        "no interval of the mistake is left"
    )


def test_a_state_that_somebody_changed_since_stays(incident, responder, commander, payments):
    wrong = post_states(incident, responder, {payments: "major_outage"})
    set_service_impact(incident=incident, service=payments, impact="partial_outage", by=commander)
    withdraw_status_update(update=wrong, by=responder)
    assert incident.affected_services.running().get().impact == "partial_outage"


def test_the_form_comes_back_with_the_states_that_were_chosen(client, responder, incident, payments):
    wrong = post_states(incident, responder, {payments: "major_outage"})
    client.force_login(responder)
    answer = client.post(f"{incident.get_absolute_url()}status-updates/{wrong.pk}/withdrawal/")
    form = client.get(answer.url).context["form"]
    assert form[f"service_{payments.pk}"].value() == "major_outage"
    assert form.service_rows[0].now == "degraded"
