"""Causes and learnings in a real browser: by keyboard alone, by drag, on a phone, clean in both themes."""

import pytest
from django.db.models import F
from django.utils import timezone
from playwright.sync_api import expect

from retros.models import Category, ContributingFactor, Learning, Level
from retros.workflow import (
    add_contributing_factor,
    add_entry,
    add_learning,
    add_learning_group,
    give_dot,
    reveal_learnings,
    start_retrospective,
)
from tests.browser.conftest import NARROW, WIDE
from tests.browser.test_pages_are_clean import TOO_WIDE, too_wide_at_320
from tests.browser.waiting import place_of, until, until_equal

pytestmark = pytest.mark.browser
WORDS = "A condition with averyveryverylongwordthatdoesnotfitinanyline and a few words more, number"


@pytest.fixture
def retro(incident, commander):
    return start_retrospective(incident=incident, by=commander, owner=commander)


def _grow(retro, by, count: int) -> list[ContributingFactor]:
    nodes: list = [None]
    for number in range(count):
        nodes.append(
            add_contributing_factor(
                retrospective=retro, by=by, text=f"{WORDS} {number}", parent=nodes[number // 3],
                category=Category.values[number % 5], level=Level.values[number % 2],
                question="Why was that reasonable at the time?" if number % 2 else "",
            )
        )  # fmt: skip
    return nodes[1:]


def _tree(retro) -> list[tuple[str, str]]:
    """(factor, what it hangs on), in the order of the page."""
    rows = retro.factors.select_related("parent").order_by(
        F("parent__order").asc(nulls_first=True), "order", "pk"
    )
    return [(row.text, row.parent.text if row.parent else "") for row in rows]


def _focus(page, words: str) -> None:
    """The focus comes there and stays there when the live change has drawn the board a second time, at a person's pace."""
    expect(page.locator(":focus")).to_have_text(words)
    page.wait_for_timeout(900)
    expect(page.locator(":focus")).to_have_text(words)


STORED = "count => document.querySelectorAll('[data-node]').length === count && !document.querySelector('.is-pending')"
FACTORS = [  # each with the key after it, and what it hangs on
    ("Every connection was in use", "Tab", ""),
    ("A retry keeps its connection", "Tab", "Every connection was in use"),
    ("Slow answers are never tested", "Shift+Tab", "A retry keeps its connection"),
    ("The bank answered slowly", "Shift+Tab", "Every connection was in use"),
    ("Finding it took long", "Tab", ""),
    ("The alert was muted", "Tab", "Finding it took long"),
    ("A mute has no end", "Shift+Tab", "The alert was muted"),
    ("The pool is on no dashboard", "Enter", "Finding it took long"),
]


def _type_factors(page) -> None:
    page.locator("#line-text").focus()
    for text, key, _ in FACTORS:
        page.keyboard.type(text)
        if key == "Shift+Tab":  # written as the next one, and then one out
            page.keyboard.press("Enter")
        page.keyboard.press(key)


def test_eight_factors_as_fast_as_one_types_and_no_dialog(open_as, retro, commander):
    page = open_as(commander)
    page.goto(f"/retrospectives/{retro.pk}/causes/")
    page.evaluate(
        "() => document.addEventListener('toggle', e => { if (e.target.open) window.opened = true; }, true)"
    )
    _type_factors(page)
    page.wait_for_function(STORED, arg=8)
    assert dict(_tree(retro)) == {text: under for text, _, under in FACTORS}
    expect(page.locator("#line-text")).to_be_focused()
    expect(page.locator("dialog[open]")).to_have_count(0)
    assert not page.evaluate("window.opened")
    assert not page.complaints


def test_every_letter_stays_while_the_server_is_slow_and_others_write(
    open_as, listening, retro, commander, responder
):
    page = open_as(commander)
    waiting = []
    page.route("**/causes/line/", lambda route: waiting.append(route))
    page.goto(f"/retrospectives/{retro.pk}/causes/")
    listening(page)
    _type_factors(page)
    page.keyboard.type("not yet sent")
    expect(page.locator(".is-pending")).to_have_count(8)
    add_contributing_factor(retrospective=retro, by=responder, text="By somebody else")
    page.locator("[data-node-link]", has_text="By somebody else").wait_for()
    expect(page.locator(".is-pending")).to_have_count(8)
    expect(page.locator("#line-text")).to_have_value("not yet sent")
    for _ in FACTORS:
        until(page, lambda: waiting)
        waiting.pop(0).continue_()
    page.wait_for_function(STORED, arg=9)
    assert {text: under for text, under in _tree(retro) if text != "By somebody else"} == {
        text: under for text, _, under in FACTORS
    }
    expect(page.locator("#line-text")).to_have_value("not yet sent")
    expect(page.locator("#line-text")).to_be_focused()


def test_what_could_not_be_saved_stays_to_be_seen_and_tried_again(open_as, retro, commander):
    page = open_as(commander)
    page.goto(f"/retrospectives/{retro.pk}/causes/")
    page.route("**/causes/line/", lambda route: route.abort())
    page.locator("#line-text").fill("Every connection was in use")
    page.keyboard.press("Enter")
    page.locator(".is-unsaved", has_text="Every connection was in use").wait_for()
    page.keyboard.type("A second one")
    page.keyboard.press("Enter")
    page.unroute("**/causes/line/")
    page.get_by_role("button", name="Try again").click()
    page.wait_for_function(STORED, arg=2)
    assert [text for text, _ in _tree(retro)] == ["Every connection was in use", "A second one"]


def test_what_was_refused_goes_back_into_the_line(open_as, retro, commander):
    page = open_as(commander)
    page.goto(f"/retrospectives/{retro.pk}/causes/")
    page.locator("#line-text").fill("?!")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Edit").click()
    expect(page.locator("#line-text")).to_have_value("?!")
    assert not retro.factors.exists()


def test_tab_leaves_where_there_is_nothing_to_go_under(open_as, retro, commander):
    page = open_as(commander)
    page.goto(f"/retrospectives/{retro.pk}/causes/")
    page.locator("#line-text").focus()
    page.keyboard.press("Tab")
    expect(page.locator("#line-text")).not_to_be_focused()


def test_escape_leaves_the_line(open_as, retro, commander):
    add_contributing_factor(retrospective=retro, by=commander, text="First")
    page = open_as(commander)
    page.goto(f"/retrospectives/{retro.pk}/causes/")
    page.locator("#line-text").focus()
    page.keyboard.press("Escape")
    expect(page.locator(":focus")).to_have_text("First")


def test_a_row_is_edited_in_place(open_as, retro, commander):
    one = add_contributing_factor(retrospective=retro, by=commander, text="First")
    add_entry(retrospective=retro, by=commander, text="The pager rang", occurred_at=timezone.now())
    page = open_as(commander)
    page.goto(f"/retrospectives/{retro.pk}/causes/")
    page.locator("[data-node-link]").focus()
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.activeElement.matches('[data-row-text]')")
    page.keyboard.type(" of all")
    page.get_by_role("button", name="Process").click()
    page.get_by_role("button", name="Process", pressed=True).wait_for()
    page.wait_for_function("() => document.activeElement.getAttribute('aria-label') === 'Process'")
    expect(page.locator("[data-row-text]")).to_have_value("First of all")  # not saved yet, and not lost
    page.get_by_role("button", name="Systemic").click()
    page.get_by_role("button", name="Systemic", pressed=True).wait_for()
    page.get_by_role("button", name="Add evidence").click()
    page.get_by_label("The pager rang").check()
    page.get_by_role("button", name="Save evidence").click()
    page.get_by_label("The pager rang").wait_for(state="detached")
    page.locator("[data-row-text]").focus()
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.activeElement.id === 'line-text'")
    stored = retro.factors.values_list("text", "category", "level")
    until_equal(page, lambda: list(stored.all()), [("First of all", "Process", "systemic")])
    assert [entry.text for entry in one.entries.all()] == ["The pager rang"]
    assert not page.complaints


def test_a_tree_by_keyboard_alone(open_as, retro, commander):
    page = open_as(commander)
    page.goto(f"/retrospectives/{retro.pk}/causes/")
    page.locator("#line-text").focus()
    for text in ("Every core was busy", "A pattern backtracked"):
        page.keyboard.type(text)
        page.keyboard.press("Tab")
    page.keyboard.type("No limit was set")
    page.keyboard.press("Enter")
    page.wait_for_function(STORED, arg=3)
    page.keyboard.press("Escape")
    _focus(page, "No limit was set")
    page.keyboard.press("Alt+ArrowLeft")
    deepest = "[data-branch] [data-branch] [data-branch] > [data-node]"
    page.wait_for_function("path => !document.querySelector(path)", arg=deepest)
    _focus(page, "No limit was set")
    page.keyboard.press("Alt+ArrowUp")
    page.wait_for_function(
        "() => [...document.querySelectorAll('[data-node-link]')].map(n => n.textContent)[1] === 'No limit was set'"
    )
    moved = [
        ("Every core was busy", ""),
        ("No limit was set", "Every core was busy"),
        ("A pattern backtracked", "Every core was busy"),
    ]
    until_equal(page, lambda: _tree(retro), moved)
    _focus(page, "No limit was set")
    page.keyboard.press("h")
    expect(page.locator("#line-text")).to_have_attribute("placeholder", "How did this come about?")
    page.keyboard.type("Nobody asked for one")
    page.keyboard.press("Enter")
    page.wait_for_function(STORED, arg=4)
    assert retro.factors.get(text="Nobody asked for one").question == "How did this come about?"
    page.locator("[data-node-link]", has_text="Every core was busy").focus()
    page.keyboard.press("Delete")
    page.get_by_text("Removed “Every core was busy”.").wait_for()
    assert all(parent != "Every core was busy" for _, parent in _tree(retro))
    page.keyboard.press("Control+z")
    _focus(page, "Every core was busy")
    assert retro.factors.filter(parent__text="Every core was busy").count() == 2
    assert not page.complaints


def test_a_factor_is_dragged(open_as, retro, commander):
    for text in ("First", "Second", "Third"):
        add_contributing_factor(retrospective=retro, by=commander, text=text)
    page = open_as(commander)
    page.goto(f"/retrospectives/{retro.pk}/causes/")
    third = place_of(page.locator("[data-node-link]", has_text="Third"))
    first = place_of(page.locator("[data-node-link]", has_text="First"))
    page.mouse.move(third["x"] + 12, third["y"] + 8)
    page.mouse.down()
    page.mouse.move(third["x"] + 12, third["y"] - 20, steps=5)
    page.mouse.move(first["x"] + 12, first["y"] - 2, steps=10)
    page.wait_for_timeout(100)
    with page.expect_response("**/place/"):
        page.mouse.up()
    page.locator("[data-undo]").wait_for()
    moved = retro.factors.get(text="Third")
    assert (moved.order, moved.parent) != (2, None)
    assert not page.complaints


def test_the_toast_undoes(open_as, retro, commander):
    add_contributing_factor(retrospective=retro, by=commander, text="First")
    page = open_as(commander, viewport=NARROW)
    page.goto(f"/retrospectives/{retro.pk}/causes/")
    page.get_by_label("Move or remove “First”").click()
    page.get_by_role("button", name="Remove").click()
    expect(page.locator("[data-node-link]")).to_have_count(0)
    page.locator("#toasts").get_by_role("button", name="Undo").click()
    page.locator("[data-node-link]", has_text="First").wait_for()
    assert retro.factors.count() == 1


def test_others_see_a_change_at_once(open_as, listening, retro, commander, responder):
    add_contributing_factor(retrospective=retro, by=commander, text="First")
    page = open_as(responder)
    page.goto(f"/retrospectives/{retro.pk}/causes/")
    listening(page)
    add_contributing_factor(retrospective=retro, by=commander, text="Second")
    page.locator("[data-node-link]", has_text="Second").wait_for()


def test_learnings_from_silence_to_dots(open_as, retro, commander, responder):
    theirs = open_as(responder)
    theirs.goto(f"/retrospectives/{retro.pk}/learnings/")
    theirs.get_by_label("What is it?").fill("The runbook was wrong")
    theirs.keyboard.press("Control+Enter")
    theirs.get_by_text("Yours, 1").wait_for()
    page = open_as(commander)
    page.goto(f"/retrospectives/{retro.pk}/learnings/")
    expect(page.get_by_role("button", name="Reveal all 1")).to_be_visible()
    expect(page.get_by_text("The runbook was wrong")).to_have_count(0)
    page.get_by_role("button", name="Reveal all 1").click()
    page.get_by_text("The runbook was wrong").wait_for()
    page.get_by_label("Give a dot").click()
    page.get_by_label("1 dot, 1 yours").wait_for()
    assert Learning.objects.get().votes.get().dots == 1
    assert not page.complaints
    assert not theirs.complaints


def test_a_card_dropped_on_another_makes_a_group(open_as, retro, commander):
    for text in ("The checkout runbook was wrong", "Nobody found the checkout runbook", "It was a Tuesday"):
        add_learning(retrospective=retro, by=commander, kind="hindered", text=text)
    reveal_learnings(retrospective=retro, by=commander)
    page = open_as(commander)
    page.goto(f"/retrospectives/{retro.pk}/learnings/")
    second = place_of(page.get_by_text("Nobody found the checkout runbook", exact=True))
    first = place_of(page.get_by_text("The checkout runbook was wrong", exact=True))
    page.mouse.move(second["x"] + 12, second["y"] + 8)
    page.mouse.down()
    page.mouse.move(second["x"] + 20, second["y"] + 12, steps=5)
    page.mouse.move(first["x"] + 60, first["y"] + 8, steps=10)
    with page.expect_response("**/pair/"):
        page.mouse.up()
    page.get_by_role("region", name="Group: Checkout, runbook").wait_for()
    assert retro.learning_groups.get().learnings.count() == 2
    assert not page.complaints


def test_a_reveal_reaches_those_who_are_typing(open_as, listening, retro, commander, responder):
    """Their text and their caret stay, and what others have written is there."""
    page = f"/retrospectives/{retro.pk}/learnings/"
    add_learning(retrospective=retro, by=commander, kind="helped", text="The runbook was up to date.")
    theirs = open_as(responder)
    theirs.goto(page)
    listening(theirs)
    box = theirs.locator("textarea[name=text]").first
    box.click()
    box.type("We were lucky that")
    theirs.keyboard.press("Home")
    add_learning(retrospective=retro, by=commander, kind="lucky", text="It was a Tuesday.")
    theirs.get_by_text("2 by 1 person").wait_for()
    reveal_learnings(retrospective=retro, by=commander)
    theirs.get_by_text("The runbook was up to date.").wait_for()
    theirs.keyboard.type("Indeed: ")
    expect(theirs.locator("textarea[name=text]").first).to_have_value("Indeed: We were lucky that")
    assert not theirs.complaints


def test_a_change_that_came_while_hints_were_asked_for_is_shown(
    open_as, listening, retro, commander, responder
):
    """Another request of the section was under way when the answer came, and the caret never leaves the box."""
    page = f"/retrospectives/{retro.pk}/learnings/"
    theirs = open_as(responder)
    asked = []
    theirs.route("**/hints/", lambda route: asked.append(route))
    theirs.goto(page)
    listening(theirs)
    theirs.locator("textarea[name=text]").first.click()
    with theirs.expect_request("**/hints/"):
        theirs.keyboard.type("It was human error")
    with theirs.expect_response("**/head/**"):  # heard, and this section was busy
        add_learning(retrospective=retro, by=commander, kind="lucky", text="It was a Tuesday.")
    until(theirs, lambda: asked)
    asked[0].continue_()
    theirs.get_by_text("1 by 1 person").wait_for()
    expect(theirs.locator("textarea[name=text]").first).to_have_value("It was human error")


def test_a_learning_is_linked_to_rows_that_come_when_asked_for(open_as, retro, commander):
    row = add_entry(retrospective=retro, by=commander, text="The pager rang", occurred_at=timezone.now())
    page = open_as(commander)
    page.goto(f"/retrospectives/{retro.pk}/learnings/")
    page.get_by_label("What is it?").fill("It rang where nobody was")
    page.get_by_text("Link it to the timeline").click()
    page.get_by_label("From the timeline").select_option(str(row.pk))
    expect(page.get_by_label("What is it?")).to_have_value("It rang where nobody was")
    page.get_by_role("button", name="Save (hidden until reveal)").click()
    page.locator(".learn", has_text="The pager rang").wait_for()
    assert not page.complaints


def test_rows_of_the_timeline_stand_below_each_other(open_as, retro, commander):
    [factor] = _grow(retro, commander, 1)
    for text in ("The pager rang", "The pool was empty"):
        add_entry(retrospective=retro, by=commander, text=text, occurred_at=timezone.now())
    page = open_as(commander)
    page.goto(f"{retro.get_absolute_url()}causes/{factor.pk}/")
    rows = page.locator("select[name=entries] option")
    first, second = (place_of(rows.nth(n)) for n in (0, 1))
    assert second["y"] >= first["y"] + first["height"]
    assert second["x"] == first["x"]


@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["1440", "360 and 320"])
def test_sixty_factors_are_clean(open_as, axe, retro, commander, responder, viewport):
    nodes = _grow(retro, commander, 60)
    here = f"/retrospectives/{retro.pk}"
    for number, kind in enumerate(["helped", "hindered", "surprised", "invalidated", "lucky"]):
        add_learning(retrospective=retro, by=responder, kind=kind, text=f"{WORDS} {number}")
    paths = [
        f"{here}/causes/",
        f"{here}/causes/?all=1",
        f"{here}/causes/?view=fishbone",
        f"{here}/causes/?edited={nodes[0].pk}",
        f"{here}/causes/new/?parent={nodes[0].pk}&ask=how",
        f"{here}/causes/{nodes[3].pk}/",
        f"{here}/learnings/",
    ]
    page = open_as(commander, viewport=viewport)
    faults = [_faults(page, axe, path) for path in paths]
    reveal_learnings(retrospective=retro, by=commander)
    group = add_learning_group(
        retrospective=retro, by=commander, name=f"{WORDS} in a group", learnings=retro.learnings.all()[:2]
    )
    give_dot(learning=retro.learnings.first(), by=commander)
    for path in ("", "?order=votes", f"groups/{group.pk}/", f"{retro.learnings.first().pk}/"):
        faults.append(_faults(page, axe, f"{here}/learnings/{path}"))
    assert not list(filter(None, faults))


def _faults(page, axe, path: str) -> tuple:
    response = page.goto(path)
    sideways = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    found = axe(page) if page.viewport_size == WIDE else [*too_wide_at_320(page), *axe(page)]
    wide = page.evaluate(TOO_WIDE) if sideways > 0 else []
    complaints, page.complaints[:] = list(page.complaints), []
    bad = response.status != 200 or sideways > 0 or found or complaints
    return (path, response.status, wide, found, complaints) if bad else ()


def test_a_timeline_row_is_dragged_onto_a_factor(open_as, commander, retro):
    factor = add_contributing_factor(retrospective=retro, by=commander, text="No alert rang")
    row = add_entry(retrospective=retro, by=commander, text="Pool was full", occurred_at=timezone.now())
    page = open_as(commander)
    page.goto(f"{retro.get_absolute_url()}causes/")
    page.get_by_text("Evidence from the timeline").click()
    node = page.locator(f"#row-{factor.pk} > .node")
    node.locator("[data-node-link]").focus()
    page.locator(f"svg .is-here[data-key='{factor.pk}']").first.wait_for(state="attached")
    page.locator("[data-entry]", has_text="Pool was full").drag_to(node)
    node.get_by_text("evidence 1").wait_for()
    assert [one.pk for one in factor.entries.all()] == [row.pk]
    expect(page.locator("[data-entry]", has_text="Pool was full")).to_be_visible()  # the list stays open
    assert not page.complaints
