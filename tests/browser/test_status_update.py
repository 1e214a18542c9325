"""Writing an update in a browser: quickly, by keyboard, with what is needed shown and nothing typed lost."""

import re
import time

import pytest
from playwright.sync_api import expect

from tests.browser.waiting import place_of

pytestmark = pytest.mark.browser


@pytest.fixture
def readers():
    """Nobody: only the stakeholders' update is due, so only they are ticked."""


def _typed_into(page, name: str, text: str) -> None:
    page.locator(f"#update [name={name}]").fill(text)


def test_posted_by_keyboard_within_a_minute_and_taken_back(open_as, commander, incident):
    page = open_as(commander)
    page.goto(incident.get_absolute_url())
    began = time.monotonic()
    page.keyboard.press("u")
    page.wait_for_url("**/status-updates/new/")
    page.locator("#update [name=known]").focus()
    page.keyboard.press("Control+a")
    page.keyboard.type("About 4 in 10 card payments fail.")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(f"**{incident.get_absolute_url()}")
    banner = page.get_by_text(re.compile("Your update will be sent in [0-9]+ s"))
    banner.wait_for()
    assert time.monotonic() - began < 60
    assert incident.status_updates.posted().get().known == "About 4 in 10 card payments fail."

    page.get_by_role("button", name="Undo").click()
    page.wait_for_url("**/status-updates/new/?again=*")
    expect(page.locator("#update [name=known]")).to_have_value("About 4 in 10 card payments fail.")
    assert not incident.status_updates.posted().exists()
    assert not page.complaints


def test_the_banner_goes_when_it_has_left(open_as, commander, incident):
    page = open_as(commander)
    page.goto(incident.get_absolute_url() + "status-updates/new/")
    expect(page.locator("#update :focus")).to_have_count(1)
    page.keyboard.press("Control+Enter")
    page.get_by_text("Your update will be sent in").wait_for()
    expect(page.get_by_text("Your update will be sent in")).to_have_count(0)


def test_what_only_some_read_shows_when_they_are_chosen(open_as, commander, incident):
    page = open_as(commander)
    page.goto(incident.get_absolute_url() + "status-updates/new/")
    expect(page.locator("[name=public_known]")).to_be_hidden()
    page.get_by_role("checkbox", name=re.compile("^Public")).check()
    expect(page.locator("[name=public_known]")).to_be_visible()
    expect(page.get_by_role("button", name="Post to 2 audiences")).to_be_visible()
    _typed_into(page, "known", "Zephyrquartz is slow")
    _typed_into(page, "public_known", "Checkout is slow")
    article = page.locator("[data-preview=public]")
    expect(article).to_contain_text("Checkout is slow")
    expect(article).not_to_contain_text("Zephyrquartz")
    page.locator("#previews").get_by_text("Stakeholders", exact=True).first.click()
    expect(page.locator("[data-preview=stakeholders]")).to_contain_text("Zephyrquartz is slow")
    expect(article).to_be_hidden()
    _typed_into(page, "known", "Zephyrquartz is very slow")
    expect(page.locator("[data-preview=stakeholders]")).to_contain_text("very slow")
    assert not page.complaints


def test_a_hint_is_used_or_dismissed(open_as, commander, incident):
    page = open_as(commander)
    page.goto(incident.get_absolute_url() + "status-updates/new/")
    _typed_into(page, "known", "There is an outage of search.")
    page.get_by_role("button", name="Use that").click()
    expect(page.locator("#update [name=known]")).to_have_value("There is an issue of search.")
    _typed_into(page, "doing", "It will never happen again.")
    page.get_by_role("button", name="Dismiss the hint about “never").click()
    expect(page.locator("#hints .hint")).to_have_count(0)
    with page.expect_response("**/status-updates/preview/"):
        _typed_into(page, "doing", "It will never happen again!")
    expect(page.locator("#hints .hint")).to_have_count(0)
    assert not page.complaints


def test_a_draft_comes_back_and_goes_when_sent(open_as, commander, incident):
    page = open_as(commander)
    address = incident.get_absolute_url() + "status-updates/new/"
    page.goto(address)
    known = page.locator("#update [name=known]")
    known.press_sequentially(" And wallets work.")
    page.reload()
    expect(known).to_have_value(re.compile("And wallets work"))
    page.get_by_role("button", name=re.compile("Post to")).click()
    page.get_by_text("Your update will be sent in").wait_for()
    page.goto(address)  # starts from what was sent; nothing is kept beside it
    expect(known).to_have_value(re.compile("And wallets work"))
    expect(page.locator("[data-draft-discard]")).to_be_hidden()


def test_on_a_phone_preview_and_post_are_at_the_thumb(open_as, commander, incident):
    page = open_as(commander, viewport={"width": 360, "height": 640})
    page.goto(incident.get_absolute_url() + "status-updates/new/")
    post = place_of(page.get_by_role("button", name=re.compile("Post to")))
    assert post["y"] + post["height"] <= 640
    assert post["height"] >= 44
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("heading", name="Exactly what they get")).to_be_in_viewport()
    assert incident.status_updates.count() == 0


def test_a_draft_is_its_writers_and_goes_on_request_or_after_a_week(open_as, commander, incident):
    page = open_as(commander)
    address = incident.get_absolute_url() + "status-updates/new/"
    page.goto(address)
    known = page.locator("#update [name=known]")
    before = known.input_value()
    expect(page.get_by_role("button", name="Discard the draft")).to_be_hidden()
    known.press_sequentially(" Zephyrquartz.")
    page.reload()
    expect(known).to_have_value(re.compile("Zephyrquartz"))
    page.get_by_role("button", name="Discard the draft").click()
    expect(known).to_have_value(before)
    page.reload()
    expect(known).to_have_value(before)

    known.press_sequentially(" Zephyrquartz.")
    page.wait_for_function("() => Object.keys(localStorage).length === 1")
    (key,) = page.evaluate("Object.keys(localStorage)")
    assert key.startswith(f"draft:{commander.pk}:")
    page.evaluate("key => localStorage.setItem(key.replace(/:[0-9]+:/, ':0:'), localStorage[key])", key)
    page.evaluate("key => localStorage.removeItem(key)", key)
    page.reload()
    expect(known).to_have_value(before)  # another person's

    known.press_sequentially(" Zephyrquartz.")
    page.evaluate(
        'key => localStorage.setItem(key, localStorage[key].replace(/"at":[0-9]+/, \'"at":1\'))', key
    )
    page.reload()
    expect(known).to_have_value(before)
    page.wait_for_function("key => localStorage[key] === undefined", arg=key)
    assert not page.complaints


def test_escape_leaves_the_field_then_the_composer(open_as, commander, incident):
    page = open_as(commander)
    page.goto(incident.get_absolute_url() + "status-updates/new/")
    page.locator("#update [name=known]").focus()
    page.keyboard.press("Escape")
    expect(page.locator("#update [name=known]")).not_to_be_focused()
    page.keyboard.press("Escape")
    page.wait_for_url(f"**{incident.get_absolute_url()}")
