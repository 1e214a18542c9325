"""Does the browser report no violation of the content security policy, and would these tests notice one?"""

import pytest

from tests.browser.waiting import until, until_settled

pytestmark = pytest.mark.browser


def test_a_resized_field_in_a_part_that_is_replaced(open_as, commander, incident):
    """htmx used to copy the style that the browser had set on the field to the new one, as an attribute."""
    page = open_as(commander)
    page.goto(incident.get_absolute_url())
    page.evaluate("document.querySelector('#composer textarea').style.height = '180px'")
    page.locator("#composer textarea").fill("All of them in one region")
    page.keyboard.press("Control+Enter")
    page.locator(".tl").get_by_text("All of them in one region").wait_for()
    until_settled(page)
    assert not page.complaints


@pytest.mark.expects_violations
def test_a_violation_is_collected_and_fails_the_test(open_as, commander):
    page = open_as(commander)
    page.goto("/")
    page.evaluate("document.querySelector('main').setAttribute('style', 'color: red')")
    until(page, lambda: any("Content Security Policy" in text for text in page.violations))
