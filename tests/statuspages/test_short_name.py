"""Does a status page get a short name where nobody typed one, and are its addresses links to copy?"""

import pytest
from django.urls import reverse

from statuspages.models import StatusPage


@pytest.fixture
def client(client, admin):
    client.force_login(admin)
    return client


def add(client, **typed):
    values = {
        "name": "Fernhill Status",
        "slug": "",
        "audience": "public",
        "time_zone": "UTC",
        "language": "en",
    }
    return client.post(reverse("status_page_new"), values | typed)


def test_it_is_made_of_the_name(client):
    add(client)
    assert StatusPage.objects.get(name="Fernhill Status").slug == "fernhill-status"


def test_one_that_was_typed_stays(client):
    add(client, slug="fern")
    assert StatusPage.objects.get(name="Fernhill Status").slug == "fern"


def test_a_name_without_such_letters_asks_for_one(client):
    answer = add(client, name="状態")
    assert "Enter a short name in the letters a to z." in answer.content.decode()


def test_one_that_is_taken_is_refused(client):
    add(client)
    add(client)
    assert StatusPage.objects.filter(name="Fernhill Status").count() == 1


def test_addresses_are_links_with_a_copy_button(client):
    add(client, is_published="on")
    page = StatusPage.objects.get(name="Fernhill Status")
    shown = client.get(reverse("status_page", args=[page.slug])).content.decode()
    for path in ("", "history.atom", "calendar.ics", "api/v2/summary.json"):
        assert f'href="{page.root}/{path}"' in shown
        assert f'data-copy-text="{page.root}/{path}"' in shown
