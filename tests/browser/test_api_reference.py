"""Can the API be read, searched and tried on its pages, on a desk and on a phone?"""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from accounts.models import SCOPES
from accounts.workflow import add_service_account, create_token
from incidents.models import Incident
from tests.browser.conftest import NARROW, WIDE
from tests.browser.test_settings_are_clean import faults_of

pytestmark = pytest.mark.browser
PAGE = "/api/v1/docs/incidents/"


def test_a_request_is_sent_as_the_person_signed_in(open_as, commander, incident):
    page = open_as(commander)
    page.goto(f"{PAGE}#get_incident")
    one = page.locator("#get_incident")
    one.get_by_label("incident required").fill(incident.reference)
    one.get_by_role("button", name="Send GET request").click()
    answer = one.locator("[data-answer]")
    expect(answer).to_contain_text("200 OK")
    expect(answer.get_by_role("region", name="Body of the answer")).to_contain_text(incident.title)
    answer.get_by_text("Headers").click()
    expect(answer.get_by_role("region", name="Headers of the answer")).to_contain_text("etag")


def test_writing_works_and_refusals_are_shown(open_as, commander, severity):
    page = open_as(commander)
    page.goto(f"{PAGE}#declare_incident")
    one = page.locator("#declare_incident")
    body = one.get_by_label("Body", exact=True)
    body.fill("{")
    one.get_by_role("button", name="Send POST request").click()
    expect(one.locator("[data-answer]")).to_contain_text("not valid JSON")
    body.fill('{"title": ""}')
    one.get_by_role("button", name="Send POST request").click()
    expect(one.locator("[data-answer]")).to_contain_text('"pointer": "/title"')
    body.fill('{"title": "Tried on the page"}')
    one.get_by_role("button", name="Send POST request").click()
    expect(one.locator("[data-answer]")).to_contain_text("201 Created")
    assert Incident.objects.get().title == "Tried on the page"


def test_the_list_narrows_while_somebody_types(open_as, commander):
    page = open_as(commander)
    page.goto(PAGE)
    box = page.get_by_role("searchbox", name="Search operations")
    box.fill("recovery-checks post")
    expect(page.locator("details.op:visible").first).to_contain_text("recovery-checks")
    expect(page.locator("summary", has_text="/declination")).to_be_hidden()
    box.fill("zebra")
    expect(page.get_by_text("No operation here has these words.")).to_be_visible()
    box.press("Enter")
    expect(page.get_by_role("heading", name="Operations with “zebra”")).to_be_visible()


@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["1440", "360"])
def test_the_pages_are_clean(open_as, axe, admin, viewport):
    token, _text = create_token(by=admin, name="Laptop", scopes=["incidents:read"])
    account = add_service_account(by=admin, name="A-deploy-pipeline-with-a-name-that-goes-on")
    create_token(by=admin, owner=account, name="ci", scopes=SCOPES[:-1])
    page = open_as(admin, viewport=viewport)
    paths = [
        reverse("service_account", args=[account.pk]),
        *map(reverse, ("api_docs", "api_errors", "tokens", "service_account_new")),
        f"{reverse('api_docs')}?q=incident",
        f"{PAGE}#declare_incident",
        f"{PAGE}?again#shape-IncidentShape",  # another address, or the browser would only scroll
        *(reverse(name, args=[token.pk]) for name in ("token_rotation", "token_revocation")),
    ]
    assert faults_of(page, axe, paths) == []
