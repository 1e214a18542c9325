"""Action items in a browser: by keys alone, by dragging, on a phone, with a reader's forms only."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from action_items.models import ActionItem
from action_items.workflow import add_action_item
from tests.browser.conftest import NARROW

pytestmark = pytest.mark.browser


@pytest.fixture
def items(commander, transactional_db):
    day = timezone.localdate()
    return [
        add_action_item(by=commander, title=f"Item {n}", owner=commander, due_on=day + timedelta(days=n - 1))
        for n in range(3)
    ]


def states() -> dict[str, str]:
    return dict(ActionItem.objects.values_list("title", "state"))


def test_selected_and_changed_by_keys_alone(open_as, commander, responder, items):
    page = open_as(commander)
    page.goto("/")
    page.keyboard.press("g")
    page.keyboard.press("a")
    page.wait_for_url("**/actions/")
    for key in "jxjx":
        page.keyboard.press(key)
    page.get_by_text("2 selected").wait_for()
    page.get_by_role("button", name="Owner").focus()
    page.keyboard.press("Enter")
    page.locator("#dialog[open]").get_by_label("Owner").select_option(str(responder.pk))
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")
    owners = dict(ActionItem.objects.values_list("title", "owner"))
    assert owners == {"Item 0": responder.pk, "Item 1": responder.pk, "Item 2": commander.pk}

    page.keyboard.press("j")
    page.keyboard.press("e")
    title = page.locator("#dialog[open]").get_by_label("What will be different?")
    title.fill("Another name")
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")
    assert ActionItem.objects.get(pk=items[0].pk).title == "Another name"

    page.keyboard.press("j")
    page.keyboard.press("x")
    page.get_by_text("1 selected").wait_for()
    page.keyboard.press("Escape")
    page.locator("[data-selected]").wait_for(state="hidden")
    page.keyboard.press("o")
    page.wait_for_url(f"**/actions/{items[0].pk}/")
    assert not page.complaints


def test_dragged_to_another_column_or_by_the_button_beside(open_as, commander, items):
    page = open_as(commander)
    page.goto("/actions/board/")
    card = page.locator("[data-card]", has_text="Item 0")
    with page.expect_navigation():
        card.drag_to(page.locator("[data-column=in_progress]"))
    assert states()["Item 0"] == "in_progress"

    page.locator("[data-card]", has_text="Item 1").drag_to(page.locator("[data-column=wont_do]"))
    reason = page.locator("#dialog[open]").get_by_label("Why will it not be done?")
    expect(reason).to_be_visible()
    expect(page.locator("[data-column=open] [data-card]")).to_have_count(2)  # it waits where it was
    assert states()["Item 1"] == "open"
    reason.fill("Replaced by another")
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")
    assert states()["Item 1"] == "wont_do"

    page.locator("[data-card]", has_text="Item 2").drag_to(page.locator("[data-column=verified]"))
    page.locator("#dialog[open]").get_by_label("What was seen?").fill("Nothing yet")
    page.keyboard.press("Control+Enter")
    page.locator("#dialog").get_by_text("is open.").wait_for()
    page.keyboard.press("Escape")
    page.get_by_label("Move Item 2").click()
    with page.expect_navigation():
        page.get_by_role("button", name="Done").click()
    assert states()["Item 2"] == "done"
    assert [c for c in page.complaints if "422" not in c] == []


def test_on_a_phone(open_as, commander, items, axe):
    page = open_as(commander, viewport=NARROW)
    page.goto("/actions/")
    page.get_by_label("Select Item 1").check()
    bar = page.get_by_role("region", name="Change what is selected")
    bar.get_by_text("Change", exact=True).tap()
    bar.get_by_role("button", name="Done").tap()
    dialog = page.locator("#dialog[open]")
    dialog.wait_for()
    assert axe(page) == []
    with page.expect_navigation():
        dialog.get_by_role("button", name="Change").tap()
    assert states()["Item 1"] == "done"
    small = page.evaluate(
        """[...document.querySelectorAll("#main button, #main a.btn, #main label:has(input[name=item])")]
        .filter(e => e.offsetParent && Math.min(e.getBoundingClientRect().height, e.getBoundingClientRect().width) < 36)
        .map(e => e.outerHTML.slice(0, 120))"""
    )
    assert small == []


def test_without_javascript(open_as, commander, responder, items):
    page = open_as(commander, java_script_enabled=False)
    page.goto("/actions/?owner=me")
    page.get_by_label("Select Item 0").check()
    page.get_by_label("Select Item 2").check()
    page.get_by_role("button", name="Won’t do …").click()
    page.get_by_label("Why will they not be done?").fill("Replaced")
    page.get_by_role("button", name="Change").click()
    expect(page).to_have_url("/actions/?owner=me")
    assert states() == {"Item 0": "wont_do", "Item 1": "open", "Item 2": "wont_do"}

    page.goto("/actions/board/")
    page.get_by_label("Move Item 1").click()
    with page.expect_navigation():
        page.get_by_role("button", name="Start").click()
    expect(page).to_have_url("/actions/board/")
    assert states()["Item 1"] == "in_progress"

    page.goto(items[1].get_absolute_url())
    with page.expect_navigation():
        page.get_by_role("button", name="Done").click()
    page.get_by_role("link", name="Verified …").click()
    page.get_by_label("What was seen?").fill("It rings")
    with page.expect_navigation():
        page.get_by_role("button", name="Verified").click()
    page.get_by_role("link", name="Answer").click()
    page.get_by_label("Too early to say").check()
    with page.expect_navigation():
        page.get_by_role("button", name="Save").click()
    item = ActionItem.objects.get(pk=items[1].pk)
    assert (item.state, item.helped, item.is_self_verified) == ("verified", "too_early", True)
