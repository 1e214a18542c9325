"""Are the pages of integrations free of faults: axe, console, CSP, sideways scrolling, small targets?"""

import json

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from integrations.models import Integration, Mailbox
from integrations.tasks import process_waiting_payloads
from integrations.workflow import (
    change_integration,
    create_integration,
    pause_integration,
    receive,
    refuse,
    rotate_key,
    send_test,
    set_mailbox,
)
from tests.browser.conftest import NARROW
from tests.browser.test_settings_are_clean import EVERYWHERE, faults_of

pytestmark = pytest.mark.browser
LONG = "a-name-without-any-space-that-goes-on-and-on-for-a-long-while"


@pytest.fixture
def paths(admin) -> list[str]:
    """The pages of integrations in every state, with payloads of every outcome."""
    kinds = ("generic", "alertmanager", "pagerduty", "opsgenie", "email", "cloudwatch")
    made = {kind: create_integration(by=admin, kind=kind, name=f"{kind} {LONG}"[:80])[0] for kind in kinds}
    generic = made["generic"]
    body = {"title": LONG * 3, "labels": {LONG: LONG}, "severity": LONG}
    for sent in (json.dumps(body).encode(), b"{}", json.dumps({LONG: LONG * 9}).encode()):
        receive(integration=generic, dialect="generic", body=sent, headers={LONG: LONG * 4})
    refuse(integration=generic, dialect="generic", size=700_000, reason="413, 684 KB are more than 512 KB")
    receive(integration=made["email"], dialect="email", body=f"Subject: {LONG * 3}\n\n{LONG * 9}".encode())
    set_mailbox(
        by=admin, integration=made["email"], host=f"{LONG}.example.test", user_name=LONG, password="x"
    )
    Mailbox.objects.update(problem=f"{LONG} cannot be reached.", failing_since=timezone.now())
    change_integration(
        by=admin, integration=made["cloudwatch"], topic_arn=f"arn:aws:sns:eu-west-1:123456789012:{LONG}"
    )
    for kind in ("generic", "alertmanager", "email"):
        send_test(by=admin, integration=made[kind])
    process_waiting_payloads()
    pause_integration(by=admin, integration=made["pagerduty"])
    rotate_key(by=admin, integration=generic)
    Integration.objects.filter(pk=generic.pk).update(mapping={"title": f"{LONG} || title", "key": "id"})
    pages = ("integration_edit", "integration_mapping", "integration_key", "integration_deletion")
    return [
        reverse("integrations"),
        reverse("integrations") + "?q=nothing-like-it",
        reverse("integration_new"),
        *(one.get_absolute_url() for one in made.values()),
        generic.get_absolute_url() + "?outcome=failed",
        *(reverse(page, args=[generic.pk]) for page in pages),
        reverse("integration_edit", args=[made["cloudwatch"].pk]),
        *(reverse(page, args=[made["email"].pk]) for page in ("integration_mapping", "integration_mailbox")),
        reverse("integration_payload", args=[made["email"].pk, made["email"].payloads.last().pk]),
        *(reverse("integration_payload", args=[generic.pk, one.pk]) for one in generic.payloads.all()),
    ]


@EVERYWHERE
@pytest.mark.parametrize("colours", ["light", "dark"])
def test_integrations(open_as, axe, admin, paths, viewport, colours):
    page = open_as(admin, viewport=viewport, color_scheme=colours)
    assert faults_of(page, axe, paths) == []


@EVERYWHERE
def test_the_page_with_the_new_key(open_as, axe, admin, viewport):
    page = open_as(admin, viewport=viewport)
    page.goto(reverse("integrations"))
    page.get_by_role("link", name="Add integration").first.click()
    page.get_by_role("button", name="Add integration").click()
    expect(page.locator("[data-errors]")).to_be_focused()
    assert axe(page) == []  # refused, with the list of errors
    page.get_by_label("Alertmanager").check()
    page.get_by_label("Name").fill("eu-1")
    page.get_by_role("button", name="Add integration").click()
    key = page.get_by_role("textbox", name="Key").input_value()
    assert Integration.objects.of_key(key).get().name == "eu-1"
    assert axe(page) == []
    assert page.complaints == []


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_the_forms_of_the_configuration(open_as, admin, script):
    integration, _ = create_integration(by=admin, kind="alertmanager", name="eu-1")
    page = open_as(admin, viewport=NARROW, java_script_enabled=script)
    page.goto(integration.get_absolute_url())
    forms = page.get_by_role("radiogroup", name="Form of the configuration")
    expect(page.get_by_text("webhook_configs").first).to_be_visible()
    forms.get_by_text("curl").click()
    expect(page.get_by_text("Authorization: Bearer YOUR_KEY")).to_be_visible()
    expect(page.get_by_text("webhook_configs").first).to_be_hidden()


def test_what_became_of_a_test_alert_appears_by_itself(open_as, admin):
    integration, _ = create_integration(by=admin, kind="generic", name="Monitoring")
    page = open_as(admin)
    page.goto(integration.get_absolute_url())
    page.get_by_role("button", name="Send test alert").click()
    page.get_by_text("Waiting for a worker").wait_for()
    process_waiting_payloads()
    page.get_by_text("Recorded only, because it is a test").wait_for()
