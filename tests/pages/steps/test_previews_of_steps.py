"""Does whoever resolves, mitigates or reopens see what each audience will read before it is sent?"""

import pytest

from incidents.workflow import (
    mitigate_incident,
    resolve_incident,
    set_service_impact,
    settle_recovery_check,
)
from tests.conftest import NOT_SENT


@pytest.fixture
def verified(updated, commander, service):
    """Mitigated and verified; Payments is degraded."""
    mitigated = mitigate_incident(incident=updated, by=commander)
    set_service_impact(incident=mitigated, service=service, impact="degraded", by=commander)
    for check in mitigated.recovery_checks.all():
        settle_recovery_check(check=check, state="waived", by=commander, result="fine")
    mitigated.refresh_from_db()
    return mitigated


def address(incident, name="resolution"):
    return f"{incident.get_absolute_url()}{name}/"


def opened(client, incident, name="resolution") -> dict:
    context = client.get(address(incident, name)).context
    form = context.get("resolve_form") or context["form"]
    return {f.name: f.value() for f in form if f.value() not in (None, False)}


def test_the_final_updates_are_previewed(client, verified):
    context = client.get(address(verified)).context
    found = {one.audience: one for one in context["previews"]}
    assert set(found) == {"public", "stakeholders"}
    assert (found["public"].title, found["public"].status) == ("Payments fail", "Resolved")
    assert "This is resolved" in found["public"].parts[0][1]


def test_the_preview_follows_what_is_typed_and_stores_nothing(client, verified, traces):
    seen = traces(verified)
    typed = opened(client, verified) | {"text_public": "Cards work again.", "preview": "1", "shown": "public"}
    del typed["send_stakeholders"]
    answer = client.post(address(verified), typed, headers={"HX-Request": "true"})
    assert "Cards work again." in answer.text
    assert "<html" not in answer.text
    assert [one.audience for one in answer.context["previews"]] == ["public"]
    assert seen.none


def test_without_scripts_the_page_comes_back_with_the_preview(client, verified, traces):
    seen = traces(verified)
    typed = opened(client, verified) | {"text_public": "Cards work again.", "preview": "1"}
    assert client.post(address(verified), typed).text.count("Cards work again.") == 2, "typed and previewed"
    assert seen.none


def test_states_are_chosen_and_operational_unless_said(client, verified, service):
    assert opened(client, verified)[f"service_{service.pk}"] == "operational"
    typed = opened(client, verified) | {f"service_{service.pk}": "degraded"}
    answer = client.post(address(verified), typed)
    assert answer.status_code == 302, answer.context["resolve_form"].errors
    verified.refresh_from_db()
    assert verified.status == "resolved"
    assert verified.affected_services.running().get().impact == "degraded"
    closing = client.get(address(verified)).text
    assert "Closing sets these services to operational." in closing
    assert client.post(address(verified, "closure"), {"waive_reason": "A drill."}).status_code == 302
    assert not verified.affected_services.running().exists()


def test_a_state_set_with_the_resolution_is_on_the_timeline(client, verified, traces):
    seen = traces(verified)
    client.post(address(verified), opened(client, verified))
    assert "marked Payments operational again" in seen.texts


@pytest.mark.parametrize(("name", "status"), [("mitigation", "Mitigated"), ("reopening", "Investigating")])
def test_the_other_steps_have_it_too(client, incident, commander, verified, name, status):
    if name == "reopening":
        resolve_incident(incident=verified, by=commander, unsent=NOT_SENT)
    found = {one.audience: one for one in client.get(address(verified, name)).context["previews"]}
    assert found["stakeholders"].status == status
    typed = opened(client, verified, name) | {"text_public": "It is back.", "preview": "1"}
    answer = client.post(address(verified, name), typed, headers={"HX-Request": "true"})
    assert "It is back." in answer.text
    assert "<form" not in answer.text
