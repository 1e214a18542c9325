"""Does everything that matters in an incident work with JavaScript off?"""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from incidents.models import Incident, Service, Status, StatusUpdate
from notifications.models import Delivery, OutboxMessage
from notifications.tasks import expand_due_events, send_due_deliveries
from statuspages.models import Component, StatusPage

pytestmark = pytest.mark.browser


@pytest.fixture
def shop(admin):
    """A published page with the component Payments, and one subscriber."""
    service = Service.objects.create(name="payments-api", slug="payments", tier=1)
    shop = StatusPage.objects.create(name="Shop", slug="shop", is_default=True, is_published=True)
    Component.objects.create(page=shop, name="Payments", service=service)
    shop.subscribers.create(address="ada@example.test", confirmed_at=timezone.now())
    return shop


@pytest.fixture
def public(client, shop, mailoutbox):
    """`public()`: what customers read once everything that was posted is sent: page, history, feeds, subjects."""

    def read() -> dict[str, str]:
        sent = timezone.now() - timedelta(seconds=1)
        StatusUpdate.objects.filter(leaves_at__gt=sent).update(leaves_at=sent)
        OutboxMessage.objects.filter(done_at=None).update(due_at=sent, try_at=sent)
        expand_due_events()
        Delivery.objects.filter(state="waiting").update(due_at=sent, try_at=sent)
        mailoutbox.clear()
        send_due_deliveries()
        found = {"mails": "\n".join(m.subject for m in mailoutbox if m.to == ["ada@example.test"])}
        for name in ("", "history", "history.atom", "history.rss"):
            html = client.get(f"/status/shop/{name}").content.decode()
            found[name or "page"] = " ".join(
                re.sub("<(style|script).*?</\\1>|<[^>]+>", " ", html, flags=re.S).split()
            )
        return found

    return read


def send(page, button: str) -> None:
    """Press it, and wait for the page that answers."""
    with page.expect_navigation():
        page.get_by_role("button", name=button).first.click()


def test_the_public_story_from_declared_to_reopened_without_javascript(open_as, commander, public):
    page = open_as(commander, java_script_enabled=False)
    page.goto("/declare")
    page.get_by_label("What is wrong?").fill("payments-api drops requests")
    page.locator("label:has([aria-label=SEV1])").click()
    page.locator("label.ev", has_text="payments-api").click()
    page.get_by_role("button", name="Declare").click()
    page.get_by_role("link", name="Choose how badly the services are affected.").wait_for()
    page.locator("label", has_text="Major outage").click()
    send(page, "Declare")
    incident = Incident.objects.get()
    assert (incident.severity.rank, incident.commander) == (1, commander)
    assert incident.affected_services.get().impact == "major_outage"
    assert "All systems are working" in public()["page"]

    page.locator("#composer textarea").fill("The pool is full")
    page.get_by_role("button", name="Add to the timeline").click()
    page.locator(".tl").get_by_text("The pool is full").wait_for()
    page.locator("#composer label:has([value=hypothesis])").click()
    page.locator("#composer textarea").fill("A leak of connections")
    page.get_by_role("button", name="Add to the timeline").click()
    page.locator("#rail").get_by_text("A leak of connections").wait_for()

    page.get_by_role("link", name="Post update").first.click()
    expect(page.get_by_role("checkbox", name="Public")).to_be_checked()  # its clock runs
    page.get_by_label("What we know").fill("Some requests are dropped.")
    page.get_by_label("What we do not know").fill("")
    page.get_by_label("Public title").fill("Card payments fail")
    page.get_by_label("Public message").fill("Some card payments fail.")
    send(page, "Post update")
    page.get_by_text("Say what is still unknown").first.wait_for()
    expect(page.get_by_label("What we know")).to_have_value("Some requests are dropped.")
    page.get_by_label("What we do not know").fill("The cause.")
    send(page, "Post update")
    said = public()
    for name in ("page", "history.atom", "history.rss"):
        assert "Some card payments fail." in said[name]
    assert "Investigating" in said["page"]
    assert "Major outage" in said["page"]
    assert "[Shop] Investigating: Card payments fail" in said["mails"]

    page.get_by_role("link", name="Post update").first.click()
    expect(page.get_by_label("Public message")).to_have_value("Some card payments fail.")
    page.get_by_label("Public message").fill("Every fifth card payment fails.")
    page.get_by_label("State of payments-api").select_option("partial_outage")
    send(page, "Post update")
    said = public()
    assert "Every fifth card payment fails." in said["page"]
    assert "Partial outage" in said["page"]

    page.get_by_role("link", name="Mitigated").first.click()
    page.get_by_label("Update for public").fill("Card payments work again. We are watching.")
    send(page, "Mark mitigated")
    said = public()
    for name in ("page", "history", "history.atom", "history.rss"):
        assert "Monitoring" in said[name], name
    assert "Operational" in said["page"]
    assert said["mails"] == "[Shop] Monitoring: Card payments fail"

    page.get_by_role("link", name="Verify").first.click()
    for label in ("Passed", "No data lost", "Confirmed"):
        send(page, label)
    page.get_by_role("link", name="Waive").first.click()
    page.get_by_label("Why it is waived").fill("No signal exists yet")
    send(page, "Save")
    page.get_by_label("Update for public").fill("Card payments are stable.")
    page.get_by_role("checkbox", name="Stakeholders").uncheck()
    send(page, "Resolve incident")
    page.get_by_text("Give a reason, or send the update.", exact=True).wait_for()
    page.get_by_role("checkbox", name="Stakeholders").check()
    send(page, "Resolve incident")
    page.get_by_role("heading", name="Close incident").wait_for()
    Incident.objects.update(impact_started_at=incident.declared_at - timedelta(minutes=15))
    said = public()
    assert "Card payments are stable." in said["history.atom"]
    assert "All systems are working" in said["page"]
    assert "lasted 15 min" in said["history"]
    assert said["mails"] == "[Shop] Resolved: Card payments fail"

    page.get_by_label("Who owns the retrospective?").select_option(str(commander.pk))
    send(page, "Close INC")
    incident.refresh_from_db()
    assert incident.status == Status.CLOSED
    assert not incident.recovery_checks.exclude(state__in=("passed", "waived")).exists()
    said = public()
    assert "lasted 15 min" in said["history"]
    assert said["mails"] == ""

    page.goto(incident.get_absolute_url())
    page.get_by_role("link", name="Reopen").first.click()
    page.get_by_label("What came back?").fill("The pool is full again")
    send(page, "Reopen incident")
    incident = Incident.objects.get()
    assert incident.commander == commander
    said = public()
    assert "Investigating" in said["page"]
    assert "Next update by" in said["page"]
    assert "Partial outage" in said["page"]
    assert "lasted" not in said["history"]
    assert said["mails"] == "[Shop] Investigating: Card payments fail"
    page.goto(f"{incident.get_absolute_url()}brief/")
    expect(page.locator("main")).to_contain_text("Investigating")


def test_bad_input_keeps_what_was_typed(open_as, commander, db):
    page = open_as(commander, java_script_enabled=False)
    page.goto("/declare")
    page.get_by_label("What is wrong?").fill("Half an answer")
    page.get_by_role("button", name="Declare").click()
    page.get_by_text("Choose one, or “not sure”.", exact=True).wait_for()
    expect(page.get_by_label("What is wrong?")).to_have_value("Half an answer")
    assert not Incident.objects.exists()
