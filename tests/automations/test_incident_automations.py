"""What do the pages and the API of an incident show of automations, to whom?"""

from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from automations.models import AutomationRun
from automations.workflow import confirm_run, run_automation
from incidents.workflow import change_visibility
from subscribers.models import Notice
from tests.automations.conftest import work


@pytest.fixture
def answered(automation, hit, commander, target):
    target.status, target.body = 403, b"<script>alert(1)</script> Zephyr"
    run = run_automation(automation=automation, incident=hit, by=commander)
    work()
    run.refresh_from_db()
    return run


def seen(client, person, address) -> str:
    client.force_login(person)
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_responders_see_the_answer_as_text(client, answered, responder, stakeholder, hit):
    page = reverse("incident_automations", args=[hit.reference])
    for address in (page, answered.get_absolute_url()):
        shown = seen(client, responder, address)
        assert "&lt;script&gt;alert(1)&lt;/script&gt; Zephyr" in shown
        assert "Rejected" in shown
        assert "Run again" in shown
        hidden = seen(client, stakeholder, address)
        assert "Rejected" in hidden
        assert "Zephyr" not in hidden
        assert "Run again" not in hidden


def test_the_incident_offers_what_somebody_may_run(client, add, hit, commander, responder, stakeholder):
    add(name="For all")
    add(name="In charge only", may_run="commander")
    rail = reverse("rail", args=[hit.reference])
    assert "In charge only" in seen(client, commander, rail)
    shown = seen(client, responder, rail)
    assert "For all" in shown
    assert "In charge only" not in shown
    assert "For all" not in seen(client, stakeholder, rail)


def test_the_whole_address_is_for_administrators(client, add, hit, responder, admin):
    automation = add(url="https://hooks.example/s3cret-path")
    start = reverse("automation_start", args=[hit.reference, automation.pk])
    assert "s3cret-path" not in seen(client, responder, start)
    run_automation(automation=automation, incident=hit, by=responder)
    assert "s3cret-path" not in seen(client, responder, AutomationRun.objects.get().get_absolute_url())
    assert "s3cret-path" in seen(client, admin, automation.get_absolute_url())


def test_a_private_incident_is_there_for_those_on_it(client, answered, hit, commander, outsider):
    change_visibility(incident=hit, by=commander, is_private=True)
    client.force_login(outsider)
    start = reverse("automation_start", args=[hit.reference, answered.automation_id])
    repeat = reverse("run_repetition", args=[hit.reference, answered.pk])
    for address in (
        answered.get_absolute_url(),
        start,
        reverse("incident_automations", args=[hit.reference]),
    ):
        assert client.get(address).status_code == 404
    assert client.post(start).status_code == client.post(repeat).status_code == 404
    assert "Zephyr" in seen(client, commander, answered.get_absolute_url())


def test_a_form_sent_twice_runs_once(client, add, hit, commander):
    automation = add(inputs="region | Region | eu-1, us-1")
    client.force_login(commander)
    start = reverse("automation_start", args=[hit.reference, automation.pk])
    said = {"form_token": str(uuid4()), "input.region": "us-1"}
    assert (
        "There is no “other” to choose"
        in client.post(start, {**said, "input.region": "other"}).content.decode()
    )
    assert client.post(start, said).status_code == 302
    assert client.post(start, said).status_code == 302
    run = AutomationRun.objects.get()
    assert run.values["input.region"] == "us-1"
    again = client.post(start, said | {"form_token": str(uuid4())})
    assert "was started by Commander Example already" in again.content.decode()


def test_automations_of_other_services_are_not_there(client, automation, incident, commander):
    client.force_login(commander)
    start = reverse("automation_start", args=[incident.reference, automation.pk])
    assert client.get(start).status_code == 404


def test_who_may_confirm_is_notified(add, hit, commander, responder, outsider):
    hit.participations.create(user=responder, joined_at=timezone.now(), last_active_at=timezone.now())
    automation = add(needs_confirmation=True)
    run_automation(automation=automation, incident=hit, by=commander)
    work()
    waiting = Notice.objects.filter(title__contains="waits for your confirmation")
    assert [notice.person for notice in waiting] == [responder]
    assert waiting.get().url == reverse("incident_automations", args=[hit.reference])


@pytest.mark.parametrize("is_private", [False, True])
def test_the_queries_of_the_pages_do_not_grow(
    client, add, hit, commander, django_assert_max_num_queries, is_private
):
    if is_private:
        change_visibility(incident=hit, by=commander, is_private=True)
    client.force_login(commander)
    addresses = [
        reverse("incident_automations", args=[hit.reference]),
        reverse("rail", args=[hit.reference]),
    ]

    def counts() -> list[int]:
        found = []
        for address in addresses:
            client.get(address)
            with django_assert_max_num_queries(60) as asked:
                client.get(address)
            found.append(len(asked))
        return found

    def press(n: int) -> None:
        said = {"needs_confirmation": True} if n % 2 else {"may_run": "named", "people": [commander]}
        run_automation(automation=add(name=f"A{n}", **said), incident=hit, by=commander)

    press(1)
    press(2)
    few = counts()
    for n in range(3, 9):
        press(n)
    assert counts() == few


def test_who_confirms_sees_what_was_typed(client, add, hit, commander, responder, stakeholder):
    automation = add(
        needs_confirmation=True, inputs="ref | Git ref | /[a-z0-9.]+/", template='{"ref": "{{ input.ref }}"}'
    )
    run_automation(automation=automation, incident=hit, by=commander, inputs={"ref": "v1.2.3"})
    for path in (hit.get_absolute_url(), reverse("incident_automations", args=[hit.reference])):
        client.force_login(responder)
        page = client.get(path).content.decode()
        assert "Confirm run" in page
        assert "v1.2.3" in page
        client.force_login(stakeholder)
        assert "v1.2.3" not in client.get(path).content.decode()


def test_a_run_says_who_confirmed_it(client, add, hit, commander, responder):
    run = run_automation(automation=add(needs_confirmation=True), incident=hit, by=commander)
    confirm_run(run=run, by=responder)
    client.force_login(commander)
    page = client.get(reverse("incident_automations", args=[hit.reference])).content.decode()
    assert f"confirmed by {responder}" in page
