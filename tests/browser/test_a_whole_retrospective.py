"""From nothing to published: by keyboard alone, and without JavaScript; of a project, so without an incident."""

import re

import pytest
from playwright.sync_api import expect

from retros.models import LearningKind, Retrospective, RetrospectiveStatus

pytestmark = pytest.mark.browser


class Hands:
    """How somebody gets to a part of the page and uses it: a mouse without scripts, or the keyboard alone."""

    def __init__(self, page, *, by_keyboard: bool):
        self.page, self.by_keyboard = page, by_keyboard

    def _reach(self, part) -> None:
        part.wait_for()
        self.page.wait_for_timeout(150)
        for _ in range(250):
            if part.evaluate("e => e === document.activeElement"):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"Tab never comes to {part}")

    def press(self, name: str, *, role: str = "button", within=None) -> None:
        part = (within or self.page).get_by_role(role, name=re.compile(name)).first
        if not self.by_keyboard:
            part.click()
            return
        self._reach(part)
        self.page.keyboard.press("Enter")

    def write(self, label: str, text: str) -> None:
        part = self.page.get_by_label(re.compile(label)).first
        if not self.by_keyboard:
            part.fill(text)
            return
        self._reach(part)
        self.page.keyboard.type(text)

    def pick(self, label: str) -> None:
        part = self.page.get_by_role("radio", name=label, exact=True)
        if not self.by_keyboard:
            self.page.get_by_text(label, exact=True).first.click()
            return
        self._reach(self.page.locator(f"input[name='{part.get_attribute('name')}']:checked"))
        while not part.is_checked():
            self.page.keyboard.press("ArrowDown")

    def choose(self, label: str, name: str) -> None:
        part = self.page.get_by_label(re.compile(label))
        if not self.by_keyboard:
            part.select_option(label=name)
            return
        self._reach(part)
        self.page.keyboard.type(name)

    @property
    def dialog(self):
        return self.page.locator("dialog[open]") if self.by_keyboard else self.page.locator("main")

    def go(self, address: str) -> None:
        self.page.goto(address)


@pytest.fixture(params=["keyboard", "no scripts"])
def hands(request, open_as, commander):
    by_keyboard = request.param == "keyboard"
    page = open_as(commander, java_script_enabled=by_keyboard)
    return Hands(page, by_keyboard=by_keyboard)


def test_of_a_project_from_nothing_to_published(hands, commander):
    page = hands.page
    hands.go("/retrospectives/")
    hands.press("New retrospective", role="link")
    page.wait_for_url("**/retrospectives/new/")
    hands.press("^Project", role="link")
    page.wait_for_url("**/retrospectives/new/?subject=project")
    hands.write("^Title", "Moving the search index")
    hands.press("^Start")
    page.wait_for_url(re.compile(r"/retrospectives/\d+/"))
    own = Retrospective.objects.get()
    base = own.get_absolute_url()

    hands.go(f"{base}frame/")
    hands.write("^Objectives", "What made the move slow?")
    with page.expect_navigation():
        hands.press("Save frame")
    assert Retrospective.objects.get().objectives == "What made the move slow?"

    hands.go(f"{base}narrative/")
    if hands.by_keyboard:
        hands._reach(page.locator("[contenteditable=true]").first)
        page.keyboard.type("The copy ran on one core.")
        page.get_by_text("Saved", exact=True).first.wait_for()
    else:
        page.locator("textarea[name=text]").first.fill("The copy ran on one core.")
        with page.expect_navigation():
            page.get_by_role("button", name=re.compile("^Save")).first.click()

    hands.go(f"{base}timeline/")
    hands.press("^Add", role="link")
    hands.write("^What happened", "The copy began")
    hands.press("^Add", within=hands.dialog)
    page.get_by_text("The copy began").filter(visible=True).first.wait_for()

    for text in ("One core copies", "Nobody had tried it at full size"):
        hands.go(f"{base}causes/")
        hands.write("^Add a factor", text)
        hands.press("^Add$")
        page.get_by_text(text).filter(visible=True).first.wait_for()
        expect(page.locator(".is-pending")).to_have_count(0)

    hands.go(f"{base}learnings/")
    hands.write("^What is it", "The dry run helped")
    hands.press("^Save .hidden")
    page.get_by_text("The dry run helped").filter(visible=True).first.wait_for()
    hands.press("^Reveal")
    page.get_by_role("link", name="New group").wait_for()
    assert Retrospective.objects.get().learnings_revealed_at

    hands.go(f"{base}review/start/")
    hands.write("^Why the review starts now", "A small one")
    form = page.locator("main form").filter(has=page.get_by_label("Why the review starts now"))
    with page.expect_navigation():
        hands.press("^Start review", within=form)
    assert Retrospective.objects.get().status == RetrospectiveStatus.IN_REVIEW
    hands.go(f"{base}review/")
    while open_checks := page.get_by_role("link", name=re.compile("^Waive")).count():
        hands.press("^Waive", role="link")
        hands.write("^(Reason|Why)", f"A small one, {open_checks} more")
        waived = own.waivers.count()
        with page.expect_navigation():
            hands.press("^Waive check")
        assert own.waivers.count() == waived + 1
        hands.go(f"{base}review/")
    hands.press("^Publish")
    page.wait_for_url(f"**{base}")
    assert Retrospective.objects.get().is_published
    hands.go(base)
    page.get_by_text("The copy ran on one core.").first.wait_for()
    own.refresh_from_db()
    assert own.is_published
    assert own.factors.count() == 2
    assert own.learnings.get().kind == LearningKind.HELPED
    assert own.entries.get().text == "The copy began"
    assert not page.complaints
