"""The narrative's pages: accessible, quiet and within their width in both themes; hints and comments by hand."""

import pytest
from playwright.sync_api import expect

from retros.models import Document, HintDismissal, Retrospective, RetrospectiveStatus, Section
from retros.workflow import (
    add_comment,
    add_hint_word,
    keep_version,
    open_section,
    save_text,
    start_retrospective,
)
from tests.browser.conftest import NARROW, WIDE
from tests.browser.test_pages_are_clean import TOO_WIDE
from tests.browser.waiting import until_equal

pytestmark = pytest.mark.browser

TEXT = """The team failed to notice the pool graph for 35 minutes.

### What we saw

- a list with `code` and **bold** words
- averyveryverylongwordwithoutanyspaceatallthatgoesonandonandonandonandonandon

> said by support

```
a line of code that is much too long for a narrow telephone and has to be scrolled sideways, as ever
```"""


@pytest.fixture
def document(incident, commander, responder, admin) -> Document:
    retrospective = start_retrospective(incident=incident, by=commander, owner=commander)
    document = open_section(retrospective=retrospective, section=Section.WHAT_HAPPENED, by=commander)
    save_text(document=document, text="The first words.", by=responder, version=None)
    keep_version(document=document, by=commander, note="before the session")
    save_text(document=document, text=TEXT, by=commander, version=None)
    comment = add_comment(document=document, by=commander, text="Which `graph`?", quote="the pool graph")
    add_comment(document=document, by=responder, text="Saturation.", parent=comment)
    add_hint_word(by=admin, words="cowboys", ask="Whom do we mean?")
    return document


@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["desk", "phone"])
def test_pages_are_clean(open_as, axe, commander, admin, document, viewport):
    base = f"/retrospectives/{document.retrospective_id}/narrative/"
    for user, path in [
        (commander, base),
        (commander, f"{base}what_happened/?text=1"),
        (commander, f"{base}what_happened/versions/"),
        (commander, f"{base}outlook/"),
        (admin, "/settings/hint-words/"),
    ]:
        page = open_as(user, viewport=viewport)
        page.goto(path)
        if path == base:
            page.locator(".ProseMirror mark").first.click()
            page.locator("[role=note]").wait_for()
        assert axe(page) == [], path
        assert page.evaluate(TOO_WIDE) == [], path
        assert page.complaints == [], path


def test_a_hint_is_left_with_a_reason_by_keyboard(open_as, commander, document):
    page = open_as(commander)
    page.goto(f"/retrospectives/{document.retrospective_id}/narrative/")
    page.get_by_role("button", name="1 hint on wording").press("Enter")
    card = page.get_by_role("note", name="Language hint")
    expect(card).to_contain_text("failed to notice")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.type("Somebody's own words.")
    page.keyboard.press("Enter")
    card.wait_for(state="detached")
    expect(page.locator(".ProseMirror mark")).to_have_count(0)
    left = HintDismissal.objects.values_list("found", "reason")
    until_equal(page, lambda: list(left.all()), [("The team failed to notice", "Somebody's own words.")])


def test_a_hint_is_taken_as_a_start(open_as, commander, document):
    page = open_as(commander)
    page.goto(f"/retrospectives/{document.retrospective_id}/narrative/")
    page.locator(".ProseMirror mark").first.click()
    page.get_by_role("button", name="Use as a start").click()
    page.get_by_text("35 minutes. They did …, and nothing prompted …").wait_for()
    page.locator("#saved[data-state=saved]").wait_for()


def test_of_two_equal_hints_the_one_that_was_opened_is_meant(open_as, commander, document):
    text = "It was human error.\n\nAgain, it was human error."
    save_text(document=document, text=text, by=commander, version=None)
    page = open_as(commander)
    page.goto(f"/retrospectives/{document.retrospective_id}/narrative/")
    marks = page.locator(".ProseMirror mark")
    marks.nth(1).wait_for()
    marks.nth(0).click()
    page.get_by_role("note", name="Language hint").wait_for()
    marks.nth(1).click()
    page.wait_for_function(
        "() => document.querySelector('[role=note]').previousElementSibling.innerText.startsWith('Again')"
    )
    page.get_by_role("button", name="Use as a start").click()
    page.get_by_text("Again, it was human error. They expected").wait_for()


def test_a_hint_that_could_not_be_left_stays_and_says_why(open_as, commander, document):
    page = open_as(commander)
    page.goto(f"/retrospectives/{document.retrospective_id}/narrative/")
    page.locator(".ProseMirror mark").first.click()
    page.get_by_role("button", name="Dismiss hint").click()
    Retrospective.objects.update(status=RetrospectiveStatus.PUBLISHED)
    page.get_by_role("button", name="Save reason").click()
    page.locator("#toasts").get_by_text("It is published. Open it again to change it.").wait_for()
    expect(page.locator(".ProseMirror mark")).to_have_count(1)
    assert not HintDismissal.objects.exists()


def test_formatting_by_keyboard_becomes_markdown(open_as, commander, incident):
    retrospective = start_retrospective(incident=incident, by=commander, owner=commander)
    page = open_as(commander)
    page.goto(f"/retrospectives/{retrospective.pk}/narrative/summary/")
    page.locator(".ProseMirror").click()
    page.keyboard.type("### A heading")
    page.keyboard.press("Enter")
    page.keyboard.type("Some ")
    page.keyboard.press("Control+b")
    page.keyboard.type("bold")
    page.keyboard.press("Control+b")
    page.keyboard.type(" and `code` words")
    page.keyboard.press("Enter")
    page.keyboard.type("- one")
    page.keyboard.press("Enter")
    page.keyboard.type("two")
    page.locator("#saved[data-state=saved]").wait_for()
    document = open_section(retrospective=retrospective, section=Section.SUMMARY, by=commander)
    assert document.text == "### A heading\n\nSome **bold** and `code` words\n\n- one\n- two"


def test_readers_read_along_and_cannot_type(open_as, commander, stakeholder, document):
    type(document.retrospective).objects.update(status=RetrospectiveStatus.PUBLISHED)
    page = open_as(stakeholder)
    page.goto(f"/retrospectives/{document.retrospective_id}/narrative/")
    page.locator(".ProseMirror[contenteditable=false]").wait_for()
    page.get_by_text("failed to notice").wait_for()
    page.get_by_text("Live").wait_for()
    expect(page.locator("#comment_form, #tools")).to_have_count(0)
