"""Is the tracker of a ticket found by the address that somebody pastes, and a foreign address refused at once?"""

from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from tests.api.client import ApiClient
from tests.trackers.conftest import URL
from trackers.models import Ticket, Tracker
from trackers.ticket_addresses import tracker_of
from trackers.workflow import add_tracker, link_ticket, pause_tracker

FOREIGN = "https://foreign.example.test/browse/7"
REFUSED = f"No tracker here has this address. Enter one that begins with {URL}/, or the key of the ticket."


@pytest.fixture
def other(tracker, admin):
    """First in every list."""
    return add_tracker(
        by=admin, kind="imaginary", name="Archive", url="https://archive.example.test", secret="token-2"
    )


@pytest.fixture
def post(client, responder, item):
    client.force_login(responder)

    def send(**said):
        data = {"takes_theirs": "theirs", "form_token": uuid4()} | said
        return client.post(reverse("ticket_link", args=[item.pk]), data)

    return send


def test_the_address_says_it(post, project, other, server, work):
    issue = server.add()
    assert post(address=f"{URL}/browse/{issue.pk}").status_code == 302
    work()
    ticket = Ticket.objects.get()
    assert (ticket.tracker, ticket.key, ticket.problem) == (project.tracker, "PAY-1", "")


def test_a_foreign_address_is_refused_at_the_field(post, project):
    page = post(address=FOREIGN)
    form = page.context["form"]
    assert form.errors == {"address": [REFUSED]}
    assert not Ticket.objects.exists()
    assert f'value="{FOREIGN}"' in page.text
    assert 'aria-invalid="true"' in page.text
    assert "autofocus data-errors" in page.text


def test_the_error_names_each_tracker(post, other):
    (words,) = post(address=FOREIGN).context["form"].errors["address"]
    assert "https://archive.example.test/ or https://tracker.example.test/" in words


def test_a_key_of_one_of_several_needs_the_tracker(post, other, tracker):
    """None is chosen beforehand."""
    page = post(address="PAY-1")
    assert list(page.context["form"].errors) == ["tracker"]
    assert '<option value="" selected>As the address says</option>' in page.text
    assert post(address="PAY-1", tracker=tracker.pk).status_code == 302
    assert Ticket.objects.get().tracker == tracker


def test_a_key_of_the_only_one_needs_none(post, client, item, tracker, other, admin):
    pause_tracker(by=admin, tracker=other)
    assert 'name="tracker"' not in client.get(reverse("ticket_link", args=[item.pk])).text
    assert post(address="PAY-1").status_code == 302
    assert Ticket.objects.get().tracker == tracker


def test_one_that_is_paused_says_so(item, responder, admin, tracker, other):
    pause_tracker(by=admin, tracker=other)
    with pytest.raises(ValidationError, match="Archive is paused"):
        link_ticket(by=responder, item=item, address="https://archive.example.test/browse/1")


def test_the_api_names_the_field(project, other, item, responder):
    asked = ApiClient.of(responder)
    at = f"action-items/{item.reference}/tickets/link"
    refused = asked.post(at, {"tracker": project.tracker_id, "address": FOREIGN})
    assert (asked.status, refused["errors"][0]["pointer"]) == (422, "/address")
    refused = asked.post(at, {"address": "PAY-1"})
    assert (asked.status, refused["errors"][0]["pointer"]) == (422, "/tracker")
    made = asked.post(at, {"address": f"{URL}/browse/1"})
    assert (asked.status, made["tracker"]["name"]) == (201, "Backlog")


def made(kind, name, url, responder):
    return Tracker.objects.create(kind=kind, name=name, url=url, secret="token", account=responder)


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("https://github.com/acme/shop/issues/12", "GitHub"),
        ("https://www.GitHub.com/acme/shop/issues/12", "GitHub"),
        ("https://github.example.test/acme/shop/issues/12", "Enterprise"),
        ("https://linear.app/acme/issue/OPS-7/some-title", "Linear"),
        ("https://work.example.test/jira/browse/PAY-1", "Jira"),
        ("https://work.example.test/issues/5", "Redmine"),
        ("https://api.linear.app.example.test/acme/issue/OPS-7", ""),
        ("https://work.example.test:8443/issues/5", ""),
        ("https://github.com.example.test/acme/shop/issues/12", ""),
        ("javascript://github.com.example.test/%0aalert(1)", ""),
        ("https://[github.com/acme/shop/issues/12", ""),
    ],
)
def test_servers_and_places_on_them(db, responder, address, name):
    made("github", "GitHub", "https://api.github.com", responder)
    made("github", "Enterprise", "https://github.example.test/api/v3", responder)
    made("linear", "Linear", "https://api.linear.app", responder)
    made("jira", "Jira", "https://work.example.test/jira", responder)
    made("redmine", "Redmine", "https://work.example.test", responder)
    if name:
        assert tracker_of(address).name == name
        return
    with pytest.raises(ValidationError) as refusal:
        tracker_of(address)
    assert list(refusal.value.message_dict) == ["address"]


def test_two_at_one_address(db, responder):
    """The project decides, else whoever asks."""
    one = made("github", "One", "https://github.com", responder)
    two = made("github", "Two", "https://github.com", responder)
    two.projects.create(remote_id="10", key="acme/pay", name="pay", url="https://github.com/acme/pay")
    assert tracker_of("https://github.com/acme/pay/issues/1") == two
    assert tracker_of("https://github.com/acme/pay/issues/1", one) == one
    with pytest.raises(ValidationError, match="Several trackers have this address: One, Two"):
        tracker_of("https://github.com/acme/payments/issues/1")
