"""Can an engineer with a keyboard alone take an incident from declared to closed?"""

import time

import pytest
from playwright.sync_api import expect

from incidents.models import Incident, Status
from timeline.models import Kind

pytestmark = pytest.mark.browser


def _tab_to(page, description: str, *, limit: int = 120) -> None:
    """Press Tab until the focused element's accessible text begins with `description`."""
    for _ in range(limit):
        text = page.evaluate(
            "(document.activeElement.getAttribute('aria-label') || document.activeElement.labels?.[0]?.innerText"
            " || document.activeElement.innerText || document.activeElement.name || '').trim()"
        )
        if text.startswith(description):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"no way to “{description}” by Tab")


def _declare(page) -> float:
    """Declare by keyboard; how long it took, in seconds."""
    page.goto("/")
    began = time.monotonic()
    page.keyboard.press("c")
    page.wait_for_url("**/declare")
    page.keyboard.type("Card payments fail at checkout")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")  # the severity radios come next
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/incidents/INC-*/")
    return time.monotonic() - began


def _compose(page, key: str, text: str) -> None:
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press(key)
    page.keyboard.type(text)
    page.keyboard.press("Control+Enter")
    page.locator(".tl").get_by_text(text).first.wait_for()


def test_the_whole_way_by_keyboard(open_as, commander):
    page = open_as(commander)
    assert _declare(page) < 60
    incident = Incident.objects.get()
    assert (incident.severity.rank, incident.commander) == (2, commander)

    _compose(page, "n", "All of them in one region")
    _compose(page, "h", "The last deploy leaks connections")
    _compose(page, "m", "Roll back to v230")

    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("e")
    page.locator("#dialog[open]").wait_for()
    _tab_to(page, "What it shows")
    page.keyboard.type("Pool saturation")
    _tab_to(page, "Text")
    page.keyboard.type("pool 40/40")
    page.keyboard.press("Control+Enter")
    page.locator(".tl").get_by_text("Pool saturation").first.wait_for()

    page.keyboard.press("u")
    page.wait_for_url("**/status-updates/new/")
    _tab_to(page, "What we know")
    page.keyboard.type("Some card payments fail.")
    _tab_to(page, "What we do not know")
    page.keyboard.type("The cause.")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(f"**/incidents/{incident.reference}/")

    _tab_to(page, "Mitigated")
    page.keyboard.press("Enter")
    page.locator("#dialog[open]").wait_for()
    page.keyboard.press("Control+Enter")
    page.locator("#head").get_by_role("link", name="Verify").first.wait_for()
    page.goto(incident.get_absolute_url() + "resolution/")
    _tab_to(page, "Skip remaining checks")
    page.keyboard.press("Enter")
    _tab_to(page, "Reason for skipping")
    page.keyboard.type("Watched it by hand")
    page.keyboard.press("Control+Enter")
    page.get_by_role("heading", name="Close incident").wait_for()
    _tab_to(page, "Who owns")  # the commander is proposed
    page.keyboard.press("Control+Enter")
    page.wait_for_url(f"**/incidents/{incident.reference}/")

    incident = Incident.objects.get()
    assert incident.status == Status.CLOSED
    assert incident.retrospective.owner is not None
    assert incident.hypotheses.count() == incident.mitigations.count() == incident.evidence.count() == 1
    assert incident.status_updates.count() == 3  # with those of mitigated and resolved
    assert incident.timeline.filter(kind=Kind.NOTE, text="All of them in one region").exists()
    assert not page.complaints


def test_keys_are_listed_and_a_dialog_gives_the_focus_back(open_as, commander, incident):
    page = open_as(commander)
    page.goto(incident.get_absolute_url())
    page.keyboard.press("?")
    page.locator("#dialog[open]").get_by_text("Declare an incident").wait_for()
    page.keyboard.press("Escape")
    page.locator("#dialog:not([open])").wait_for(state="attached")

    page.locator("#rail").get_by_role("link", name="Add", exact=False).nth(2).focus()
    before = page.evaluate("document.activeElement.outerHTML")
    page.keyboard.press("Enter")
    page.locator("#dialog[open]").wait_for()
    page.keyboard.press("Escape")
    page.locator("#dialog:not([open])").wait_for(state="attached")
    page.wait_for_function("before => document.activeElement.outerHTML === before", arg=before)


def test_keys_are_named_as_on_the_platform(open_as, commander, incident):
    page = open_as(commander)
    page.add_init_script(
        "Object.defineProperty(navigator, 'userAgentData', { get: () => undefined });"
        "Object.defineProperty(navigator, 'platform', { get: () => 'MacIntel' });"
    )
    page.goto(incident.get_absolute_url())
    page.get_by_text("⌘ K").wait_for()
    page.keyboard.press("t")
    page.locator("#dialog[open]").get_by_text("⌘ ↵").wait_for()
    expect(page.locator(".kbd", has_text="Ctrl")).to_have_count(0)


def test_single_keys_can_be_switched_off(open_as, commander, incident):
    commander.keys_enabled = False
    commander.save()
    page = open_as(commander)
    page.goto("/")
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.keyboard.press("c")
    page.evaluate("() => new Promise((next) => requestAnimationFrame(() => setTimeout(next)))")
    assert not [url for url in asked if url.endswith("/declare")]
    expect(page).to_have_url("/")


def test_the_palette_opens_an_incident(open_as, commander, incident):
    page = open_as(commander)
    page.goto("/")
    page.keyboard.press("Control+k")
    page.locator("#palette[open]").wait_for()
    page.keyboard.type(incident.reference)
    page.locator("#palette [role=option]").get_by_text(incident.title).wait_for()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{incident.get_absolute_url()}")
    assert not page.complaints
