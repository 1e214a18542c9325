"""Does the badge say in a word what state the page is in, and can it be embedded and cached?"""

from xml.etree import ElementTree

import pytest

from figures.badge import COLOURS, badge
from statuspages.static_copies import find, write
from statuspages.workflow import keep_page

BADGE = "/status/shop/badge.svg"


def words(response) -> str:
    return ElementTree.fromstring(response.content).get("aria-label")


def test_it_follows_the_page(client, shop, broken, tell):
    response = client.get(BADGE)
    assert response["Content-Type"] == "image/svg+xml"
    assert words(response) == "status: operational"
    tell(broken, "Some cards fail.")
    assert words(client.get(BADGE)) == "status: partial outage"


def test_it_is_cached_and_compared(client, shop):
    response = client.get(BADGE)
    assert "public" in response["Cache-Control"]
    assert client.get(BADGE, headers={"If-None-Match": response["ETag"]}).status_code == 304
    assert response["Access-Control-Allow-Origin"] == "*"


def test_a_page_without_components_claims_nothing(client, make_page):
    make_page("empty")
    assert words(client.get("/status/empty/badge.svg")) == "status: no components"


def test_a_draft_has_none(client, shop, admin):
    shop.is_published = False
    keep_page(by=admin, page=shop)
    assert client.get(BADGE).status_code == 404


def test_it_is_in_the_copy(client, shop):
    write(shop)
    assert find("shop", "badge.svg").type == "image/svg+xml"


@pytest.mark.parametrize("colour", COLOURS.values())
def test_white_words_are_readable_on_every_colour(colour):
    """WCAG 2.2, 1.4.3: relative luminance and contrast as defined there."""
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    assert 1.05 / (luminance + 0.05) >= 4.5


def test_words_are_escaped():
    assert "<b>" not in badge("status", "<b>x", "operational")
