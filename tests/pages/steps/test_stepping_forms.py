"""Do the forms of an incident's steps ask for what readers outside depend on?"""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.utils import timezone

from incidents.models import Incident, Service, Status
from incidents.workflow import (
    mitigate_incident,
    post_status_update,
    record_mitigation,
    report_problem,
    set_service_impact,
)
from incidents.workflow.communicating import TIME_TO_UNDO


@pytest.fixture
def told(updated, commander, service):
    """Payments has a partial outage."""
    set_service_impact(incident=updated, service=service, impact="partial_outage", by=commander)
    return updated


def page(client, incident, name):
    return client.get(f"{incident.get_absolute_url()}{name}/")


def send(client, incident, name, **typed):
    """What a browser sends: the form as it was opened, with `typed` over it."""
    context = page(client, incident, name).context
    form = context.get("resolve_form") or context["form"]
    opened = {f.name: f.value() for f in form if f.value() not in (None, False)}
    data = {name: value for name, value in (opened | typed).items() if value is not None}
    return client.post(f"{incident.get_absolute_url()}{name}/", data)


def declare(client, severity, service, **more):
    return client.post(
        "/declare",
        {"title": "Payments fail", "severity": severity.pk, "services": [service.pk], "form_token": uuid4()}
        | more,
    )


@pytest.mark.parametrize("rank", [1, 2])
def test_declaring_a_bad_one_asks_how_badly_services_are_affected(client, severity, service, rank):
    answer = declare(client, severity(rank), service)
    assert "Choose how badly the services are affected." in answer.text
    assert not Incident.objects.exists()
    declare(client, severity(rank), service, service_impact="major_outage")
    assert Incident.objects.get().affected_services.get().impact == "major_outage"


def test_a_lesser_one_is_degraded_unless_said(client, severity, service):
    declare(client, severity(3), service)
    assert Incident.objects.get().affected_services.get().impact == "degraded"


def test_a_report_that_becomes_a_bad_one_asks_too(client, stakeholder, severity, service):
    report = report_problem(by=stakeholder, title="Payments fail", services=[service])
    typed = {"severity": severity(1).pk, "takes_command": "on"}
    shown = client.get(f"{report.get_absolute_url()}acceptance/").text
    assert "Required for SEV1 and SEV2." in shown
    assert ">optional<" not in shown
    answer = client.post(f"{report.get_absolute_url()}acceptance/", typed)
    assert "Choose how badly the services are affected." in answer.text
    client.post(f"{report.get_absolute_url()}acceptance/", typed | {"service_impact": "major_outage"})
    assert report.affected_services.running().get().impact == "major_outage"


def test_an_update_starts_from_the_last_and_sets_states(client, told, service):
    form = page(client, told, "status-updates/new").context["form"]
    assert form["known"].value() == "Inside."
    assert form["public_known"].value() == "Outside."
    assert form[f"service_{service.pk}"].value() == "partial_outage"
    other = Service.objects.create(name="Search", slug="search", tier=2)
    answer = send(
        client, told, "status-updates/new", next_minutes="30", other_service=other.pk, other_state="degraded",
        **{f"service_{service.pk}": "operational"},
    )  # fmt: skip
    assert answer.status_code == 302, answer.context["form"].errors
    assert [a.service for a in told.affected_services.running()] == [other]
    assert told.status_updates.count() == 2


def test_a_template_is_still_there(client, told):
    answer = client.get(f"{told.get_absolute_url()}status-updates/new/?stage=scope")
    assert answer.context["form"]["public_known"].value() != "Outside."


def test_the_audience_whose_update_is_due_first_is_ticked(client, incident):
    chosen = page(client, incident, "status-updates/new").context["form"].chosen
    assert {"public", "stakeholders"} <= set(chosen)  # both after 15 min, executives after 30


def test_mitigated_asks_for_services_mitigations_and_updates(client, told, commander, service):
    first = record_mitigation(incident=told, by=commander, text="Roll back", state="applying")
    second = record_mitigation(incident=told, by=commander, text="Scale", state="applying")
    answer = send(client, told, "mitigation")
    assert answer.text.count("Choose what came of it.") == 4, "in the list of errors and at each mitigation"
    outcome = {f"mitigation_{first.pk}": "worked", f"mitigation_{second.pk}": "applying"}
    send(client, told, "mitigation", **outcome)
    told.refresh_from_db()
    assert told.status == Status.MITIGATED
    assert set(told.mitigations.values_list("state", flat=True)) == {"worked", "applying"}
    assert not told.affected_services.running().exists()
    update = told.status_updates.newest_first()[0]
    assert (update.status, set(update.audiences)) == ("mitigated", {"public", "stakeholders"})
    assert "Payments" not in update.text_for("public").known  # no page shows it by a name
    assert "{{" not in update.known


def test_an_update_does_not_start_from_what_only_responders_read(client, told, commander):
    post_status_update(
        incident=told, by=commander, audiences=["responders"], known="The token leaked.", unknown="Who has it.",
        next_update_at=timezone.now() + timedelta(minutes=20),
    )  # fmt: skip
    form = page(client, told, "status-updates/new").context["form"]
    assert (form["known"].value(), form["unknown"].value()) == ("Inside.", "Why.")
    assert "Who has it." not in form.as_p()


def test_resolving_sends_prefilled_final_updates(client, told, commander):
    mitigate_incident(incident=told, by=commander)
    answer = send(client, told, "resolution", waive_reason="x", send_public=None)
    assert "Give a reason, or send the update." in answer.text
    answer = send(client, told, "resolution", waive_reason="x", text_public="")
    assert "Write the update, or untick the audience." in answer.text
    send(client, told, "resolution", waive_reason="x", send_public=None, reason_public="They were called")
    told.refresh_from_db()
    assert told.status == Status.RESOLVED
    final = told.status_updates.newest_first()[0]
    assert (final.audiences, final.status) == (["stakeholders"], "resolved")


def test_reopening_offers_the_last_commander_and_the_services(client, told, commander, service):
    mitigate_incident(incident=told, by=commander, impacts={service: None})
    send(client, told, "resolution", waive_reason="x")
    form = page(client, told, "reopening").context["form"]
    assert form["commander"].value() == commander.pk
    assert form[f"service_{service.pk}"].value() == "partial_outage"
    send(client, told, "reopening", reason="It is back", commander=commander.pk)
    assert told.affected_services.running().get().impact == "partial_outage"


def test_reopening_tells_each_audience_that_was_told_it_is_over(client, told, commander, service):
    mitigate_incident(incident=told, by=commander, impacts={service: None})
    send(client, told, "resolution", waive_reason="x")
    answer = send(client, told, "reopening", reason="It is back", commander=commander.pk, next_minutes="")
    assert "Enter when the next update comes." in answer.text
    send(client, told, "reopening", reason="It is back", commander=commander.pk)
    update = told.status_updates.newest_first()[0]
    assert (update.audiences, update.status) == (["public", "stakeholders"], "investigating")
    assert update.known == "The problem is back. We are looking into it."
    assert update.unknown == "We do not know yet why it is back."
    with time_machine.travel(timezone.now() + TIME_TO_UNDO, tick=False):
        assert "The problem is back" in page(client, told, "brief").text


def test_what_was_never_resolved_is_not_reopened(client, incident, commander):
    answer = send(client, incident, "reopening", reason="x", commander=commander.pk)
    assert "there is nothing to reopen" in answer.text


def test_mitigated_asks_first_what_stopped_it_and_its_time_may_stay_empty(client, told):
    asked = page(client, told, "mitigation").text
    assert 0 < asked.index('name="note"') < asked.index('name="at"')


def test_the_impact_is_said_to_end_when_it_was_mitigated(client, told, commander):
    def impact() -> str:
        room = client.get(told.get_absolute_url()).text
        return room.partition("<h2>Impact</h2>")[2].partition("</span>")[0]

    Incident.objects.filter(pk=told.pk).update(impact_started_at=timezone.now() - timedelta(minutes=20))
    assert "since " in impact()
    mitigate_incident(incident=told, by=commander)
    assert "since " not in impact()
    assert "–" in impact()


def test_without_scripts_an_update_says_at_what_time_it_is_sent(client, told):
    send(client, told, "mitigation")
    assert re.search(r"will be sent <b[^>]*>at \d\d:\d\d:\d\d</b>", client.get(told.get_absolute_url()).text)
