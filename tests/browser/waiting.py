"""Wait for what is no part of a page, such as a row of the database; for a page there is Playwright's `expect`."""

import time
from collections.abc import Callable

from playwright.sync_api import FloatRect, Locator, Page

from tests.browser.conftest import PATIENCE


def until(page: Page, holds: Callable[[], object]) -> None:
    """Wait until it holds; meanwhile the page goes on, and its requests that a test holds back are seen."""
    deadline = time.monotonic() + PATIENCE / 1000
    while not holds():
        assert time.monotonic() < deadline, "it never came to hold"
        page.wait_for_timeout(50)


def until_equal(page: Page, read: Callable[[], object], right: object) -> None:
    """Wait until what is read is right; at the end of all patience, say what it is instead."""
    deadline = time.monotonic() + PATIENCE / 1000
    while (found := read()) != right and time.monotonic() < deadline:
        page.wait_for_timeout(50)
    assert found == right


def until_settled(page: Page) -> None:
    """Wait until no part of the page is on its way any more, and what has come can be used."""
    page.wait_for_function("() => !document.querySelector('.htmx-settling, .htmx-swapping, .htmx-request')")


def place_of(locator: Locator) -> FloatRect:
    """Where it stands on the screen. A part that is exchanged at this moment stands nowhere: then the next one's."""
    found = []
    until(locator.page, lambda: found.append(locator.bounding_box()) or found[-1])
    return found[-1]
