"""Does a "Copy" button copy what stands beside it, and is there none where the browser offers no clipboard?"""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from statuspages.models import StatusPage

pytestmark = pytest.mark.browser
NO_CLIPBOARD = "Object.defineProperty(navigator, 'clipboard', {value: undefined})"


def invited(page):
    page.goto(reverse("invitation_new"))
    page.get_by_label("E-mail addresses").fill("kim@example.test")
    page.locator("main form button.btn-primary").click()
    return page.locator("input[readonly]")


def test_it_copies_the_link_beside_it(open_as, admin):
    page = open_as(admin, permissions=["clipboard-read", "clipboard-write"])
    link = invited(page)
    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    expect(link).to_have_value(page.evaluate("navigator.clipboard.readText()"))


def test_without_a_clipboard_there_is_none(open_as, admin):
    page = open_as(admin)
    page.add_init_script(NO_CLIPBOARD)
    expect(invited(page)).to_be_visible()
    button = page.locator("[data-copy-field]")
    expect(button).to_be_attached()
    expect(button).to_be_hidden()


def test_nor_beside_the_address_of_a_status_page(open_as, admin):
    StatusPage.objects.create(name="Fernhill Status", slug="fern", is_published=True)
    page = open_as(admin)
    page.add_init_script(NO_CLIPBOARD)
    page.goto(reverse("status_page", args=["fern"]))
    button = page.locator("[data-copy-text]").first
    expect(button).to_be_attached()
    expect(button).to_be_hidden()
