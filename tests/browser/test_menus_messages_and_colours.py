"""Does the “⋯” menu work by keys, is a message a toast that moves nothing, and are the load map's steps told apart?"""

import re
from itertools import pairwise

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NARROW, WIDE
from tests.browser.waiting import place_of

pytestmark = pytest.mark.browser

LUMINANCE = """() => {
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  return ['--h0', '--h1', '--h2', '--h3', '--h4'].map((name) => {
    canvas.fillStyle = getComputedStyle(document.documentElement).getPropertyValue(name);
    canvas.fillRect(0, 0, 1, 1);
    const part = [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3).map((value) => {
      const share = value / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * part[0] + 0.7152 * part[1] + 0.0722 * part[2];
  });
}"""
"""Relative luminance as WCAG 2.2 defines it, of the five steps from nothing to most."""


@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["1440", "360"])
def test_the_menu_of_an_incident_by_keys(open_as, commander, incident, viewport):
    page = open_as(commander, viewport=viewport)
    page.goto(incident.get_absolute_url())
    menu = page.get_by_label("More actions").filter(visible=True)
    menu.focus()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("link", name="Edit title, summary, type").filter(visible=True)).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("button", name="Follow this incident").filter(visible=True)).to_be_focused()
    page.keyboard.press("Escape")
    expect(menu).to_be_focused()
    expect(page.get_by_role("button", name="Follow this incident").filter(visible=True)).to_have_count(0)
    assert not page.complaints


def test_a_message_after_saving_moves_nothing(open_as, commander):
    page = open_as(commander)
    page.goto("/settings/profile/")
    top = place_of(page.locator("main h1"))
    page.get_by_role("button", name=re.compile("^Save")).first.click()
    page.locator("#toasts").get_by_text("Saved.").wait_for()
    assert place_of(page.locator("main h1")) == top


def test_a_message_on_a_phone_has_the_width_of_the_screen(open_as, commander):
    page = open_as(commander, viewport=NARROW)
    page.goto("/settings/profile/")
    page.get_by_role("button", name=re.compile("^Save")).first.click()
    page.locator("#toasts").get_by_text("Saved.").wait_for()
    page.locator("#toasts p").evaluate(
        "node => { node.textContent = 'One text of several words. '.repeat(4); }"
    )
    assert place_of(page.locator("#toasts .toast-i"))["width"] > 320


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_five_steps_of_the_load_map_are_told_apart(open_as, commander, scheme):
    page = open_as(commander, color_scheme=scheme)
    page.goto("/insights/")
    steps = page.evaluate(LUMINANCE)
    ordered = steps if scheme == "dark" else steps[::-1]
    lighter = [(b + 0.05) / (a + 0.05) for a, b in pairwise(ordered)]
    assert all(ratio >= 1.15 for ratio in lighter), f"contrast between neighbours: {lighter}"


@pytest.mark.parametrize("viewport", [NARROW, WIDE], ids=["360", "1440"])
def test_a_message_does_not_lie_on_the_next_button(open_as, commander, viewport):
    page = open_as(commander, viewport=viewport)
    page.goto("/declare")
    button = page.get_by_role("button", name=re.compile("^Declare")).last
    button.evaluate(
        """button => {
          button.style.cssText = "position: fixed; left: 50%; translate: -50%; bottom: 90px";
          document.body.dispatchEvent(new CustomEvent("toast", { detail: { text: "It was declared a moment ago." } }));
        }"""
    )
    toast = page.locator("#toasts .toast-i")
    toast.wait_for()
    lies, on = place_of(toast), place_of(button)
    assert lies["y"] + lies["height"] <= on["y"] or on["y"] + on["height"] <= lies["y"]
    button.evaluate("button => { button.style.bottom = '50vh'; }")
    page.evaluate("document.querySelector('#toasts > *').remove()")
    page.evaluate("document.body.dispatchEvent(new CustomEvent('toast', { detail: { text: 'Saved.' } }))")
    assert place_of(toast)["y"] > viewport["height"] / 2
