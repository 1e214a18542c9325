"""Does everything that matters in an incident work with JavaScript off?"""

import pytest

from incidents.models import Incident, Severity, Status

pytestmark = pytest.mark.browser


def test_from_declared_to_closed_without_javascript(open_as, commander):
    page = open_as(commander, java_script_enabled=False)
    page.goto("/declare")
    page.get_by_label("What is wrong?").fill("Search is stale")
    page.locator("label:has([aria-label=SEV2])").click()
    page.get_by_role("button", name="Declare").click()
    incident = Incident.objects.get()
    assert incident.severity == Severity.objects.get(rank=2)
    assert incident.commander == commander

    page.locator("#composer textarea").fill("The index is old")
    page.get_by_role("button", name="Add to the timeline").click()
    page.locator(".tl").get_by_text("The index is old").wait_for()

    page.locator("#composer label:has([value=hypothesis])").click()
    page.locator("#composer textarea").fill("The rebuild died")
    page.get_by_role("button", name="Add to the timeline").click()
    page.locator("#rail").get_by_text("The rebuild died").wait_for()

    page.get_by_role("link", name="Post update").first.click()
    page.get_by_label("What we know").fill("Search shows old products.")
    page.get_by_label("What we do not know").fill("")
    page.get_by_role("button", name="Post update").click()
    page.get_by_text("Say what is still unknown").wait_for()
    assert page.get_by_label("What we know").input_value() == "Search shows old products."
    page.get_by_label("What we do not know").fill("The cause.")
    page.get_by_role("button", name="Post update").click()
    assert incident.status_updates.count() == 1

    page.get_by_role("link", name="Mitigated").first.click()
    page.get_by_role("button", name="Mark mitigated").click()
    page.get_by_role("link", name="Verify").first.click()
    for label in ("Passed", "No, checked", "Confirmed"):
        page.get_by_role("button", name=label).first.click()
    page.get_by_role("link", name="Waive").first.click()
    page.get_by_label("What was seen, or why it is waived").fill("No signal exists yet")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Resolve INC").click()
    page.get_by_label("Who owns the retrospective?").select_option(str(commander.pk))
    page.get_by_role("button", name="Close INC").click()

    incident.refresh_from_db()
    assert incident.status == Status.CLOSED
    assert not incident.recovery_checks.exclude(state__in=("passed", "waived")).exists()


def test_bad_input_keeps_what_was_typed(open_as, commander, db):
    page = open_as(commander, java_script_enabled=False)
    page.goto("/declare")
    page.get_by_label("What is wrong?").fill("Half an answer")
    page.get_by_role("button", name="Declare").click()
    page.get_by_text("Choose one, or “not sure”.").wait_for()
    assert page.get_by_label("What is wrong?").input_value() == "Half an answer"
    assert not Incident.objects.exists()
