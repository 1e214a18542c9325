"""What is answered where the session ended while a page stood open."""

import pytest
from django.test import Client
from django.urls import reverse


@pytest.fixture
def timeline(incident):
    return reverse("timeline", args=[incident.reference])


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_part_of_a_page_is_not_replaced_by_the_sign_in_page(client, timeline, method):
    answer = getattr(client, method)(timeline, headers={"HX-Request": "true"})
    assert (answer.status_code, answer.content) == (401, b"")


def test_a_page_is_come_back_to(client, incident):
    answer = client.get(incident.get_absolute_url() + "?show=key")
    assert answer.url == f"{reverse('account_login')}?next={incident.get_absolute_url()}%3Fshow%3Dkey"


@pytest.mark.parametrize(
    ("referer", "back"),
    [
        ("http://testserver/incidents/INC-1/?show=key", "/incidents/INC-1/%3Fshow%3Dkey"),
        ("https://evil.example/incidents/", "/"),
        ("", "/"),
    ],
)
def test_after_a_form_its_page_is_come_back_to(client, incident, referer, back):
    closure = reverse("closure", args=[incident.reference])
    answer = client.post(closure, headers={"Referer": referer})
    assert answer.url == f"{reverse('account_login')}?next={back}"


def test_a_form_older_than_the_last_sign_in(commander, timeline):
    client = Client(enforce_csrf_checks=True)
    client.force_login(commander)
    assert client.post(timeline, {"kind": "note", "text": "x"}).status_code == 403
    assert client.post(timeline, {"kind": "note"}, headers={"HX-Request": "true"}).status_code == 401


def test_signing_out_clears_what_the_browser_keeps_of_it(client, commander):
    """Drafts must not wait for whoever uses this computer next."""
    client.force_login(commander)
    assert "Clear-Site-Data" not in client.get("/", secure=True)
    assert client.post("/accounts/logout/", secure=True)["Clear-Site-Data"] == '"storage"'
    assert "Clear-Site-Data" not in client.get("/accounts/login/", secure=True)
