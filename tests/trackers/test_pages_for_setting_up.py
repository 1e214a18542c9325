"""Do the pages of a tracker say what somebody new to it has to know, and refuse what cannot work?"""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from tests.api.client import ApiClient
from trackers.addresses import Reach, reach_of
from trackers.models import Tracker, TrackerPerson
from trackers.workflow import add_tracker, remove_tracker
from trackers.workflow import test_tracker as ask_again
from trackers.workflow.looking import claim_looks

CLOUD = "https://fernhill.atlassian.net"


@pytest.mark.parametrize(
    ("url", "reach"),
    [
        ("http://localhost:8000", Reach.MACHINE),
        ("http://127.0.0.1:8000", Reach.MACHINE),
        ("http://[::1]:8000", Reach.MACHINE),
        ("http://allclear", Reach.NETWORK),
        ("https://allclear.corp.internal", Reach.NETWORK),
        ("https://10.1.2.3", Reach.NETWORK),
        ("https://192.168.1.7", Reach.NETWORK),
        ("https://[fd00::7]", Reach.NETWORK),
        ("https://incidents.example.org", Reach.ANYWHERE),
        ("https://1.1.1.1", Reach.ANYWHERE),
    ],
)
def test_from_where_an_address_is_reached(url, reach):
    assert reach_of(url) == reach


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://localhost:8000", "GitHub cannot reach this address: it is known on this machine only."),
        ("https://10.1.2.3", "GitHub cannot reach this address from outside your network."),
        ("https://incidents.example.org", ""),
    ],
)
def test_the_page_says_whether_the_webhook_can_come(client, admin, settings, url, words):
    settings.PUBLIC_URL = url
    tracker = add_tracker(by=admin, kind="github", name="GitHub", secret="t")
    client.force_login(admin)
    page = " ".join(client.get(tracker.get_absolute_url()).text.split())
    assert f'data-copy-text="{url}/hooks/trackers/{tracker.pk}/"' in page
    assert words in page
    assert ("cannot reach this address" in page) == bool(words)


def test_the_page_says_who_changes_what(client, admin, tracker):
    client.force_login(admin)
    page = " ".join(client.get(tracker.get_absolute_url()).text.split())
    assert "Allclear is Allclear Bot there" in page
    assert "What Allclear changes there carries that name." in page
    assert "changed in Imaginary carries the name of the account here." in page


def test_the_page_is_fetched_again_while_a_worker_tests(client, admin, tracker, project):
    client.force_login(admin)
    assert client.get(tracker.get_absolute_url()).context["again_at"] is None
    ask_again(by=admin, tracker=tracker)
    assert claim_looks([], timezone.now())
    page = client.get(tracker.get_absolute_url())
    assert "It is being tested." in page.text
    assert page.context["again_at"]


def test_jira_cloud_needs_an_address_of_the_account(client, admin):
    client.force_login(admin)
    said = {"kind": "jira", "name": "Jira", "url": CLOUD, "secret": "t", "user_name": ""}
    page = client.post(reverse("tracker_new"), said)
    assert page.context["form"].errors == {
        "user_name": ["Enter the e-mail address of the account. Jira Cloud needs it besides the token."]
    }
    api = ApiClient.of(admin)
    refusal = api.post("trackers", {"kind": "jira", "name": "Jira", "url": CLOUD, "secret": "t"})
    assert api.status == 422
    assert [error["pointer"] for error in refusal["errors"]] == ["/user_name"]
    assert not Tracker.objects.exists()
    client.post(reverse("tracker_new"), said | {"user_name": "bot@example.test"})
    tracker = Tracker.objects.get()
    client.post(reverse("tracker_edit", args=[tracker.pk]), said | {"user_name": ""})
    tracker.refresh_from_db()
    assert tracker.user_name == "bot@example.test"


@pytest.mark.parametrize(("kind", "words"), [("gitlab", "the access token"), ("linear", "the API key")])
def test_a_token_that_is_missing_is_named(admin, kind, words):
    with pytest.raises(ValidationError, match=f"Enter {words}."):
        add_tracker(by=admin, kind=kind, name="Tracker", url="https://tracker.example.org")


def test_jira_data_center_does_not(admin):
    assert add_tracker(by=admin, kind="jira", name="Jira", url="https://jira.example.org", secret="t").pk


@pytest.fixture
def many(project):
    User.objects.bulk_create(
        User(email=f"person{number}@example.test", name=f"Person {number}", is_active=True)
        for number in range(2000)
    )
    return reverse("tracker_people", args=[project.tracker_id])


def test_the_page_of_people_stays_small(client, admin, many):
    client.force_login(admin)
    page = client.get(many)
    assert len(page.content) < 60_000
    assert "person7@example.test" not in page.text


@pytest.mark.parametrize(
    ("kind", "problem", "words"),
    [
        ("jira", "sign_in", "Jira Cloud also needs the e-mail address of the account that the token is of."),
        ("linear", "sign_in", "Enter a new API key with “Edit”."),
        ("linear", "unreachable", "Check the address, and whether the network lets this server reach it."),
    ],
)
def test_the_page_says_what_to_do(client, admin, kind, problem, words):
    tracker = add_tracker(by=admin, kind=kind, name="Tracker", url="https://tracker.example.org", secret="t")
    Tracker.objects.update(problem=problem, problem_words="does not answer", look_at=None)
    client.force_login(admin)
    assert words in " ".join(client.get(tracker.get_absolute_url()).text.split())


def test_what_is_typed_finds_accounts(client, admin, many, person):
    client.force_login(admin)
    name = f"person_{person('Sam Example').pk}"
    headers = {"HX-Request": "true", "HX-Trigger-Name": name}
    found = client.get(many, {name: "person 199"}, headers=headers).text
    assert found.count("<option") == 10
    assert "person1990@example.test" in found
    assert "<html" not in found
    assert client.get(many, {name: " "}, headers=headers).text.count("<option") == 0
    assert "tracker@" not in client.get(many, {name: "backlog"}, headers=headers).text


def test_who_is_chosen_is_matched(client, admin, many, person):
    client.force_login(admin)
    sam = person("Sam Example")
    names = {f"person_{one.pk}": one.user.email if one.user else "" for one in TrackerPerson.objects.all()}
    answer = client.post(many, names | {f"person_{sam.pk}": "Person7@Example.Test"})
    assert answer.status_code == 302
    sam.refresh_from_db()
    assert sam.user.name == "Person 7"
    wrong = client.post(many, names | {f"person_{sam.pk}": "Person 77777"})
    assert "No account has this name or e-mail address. Choose one of the list." in wrong.text


def test_a_whole_name_is_enough_where_one_account_has_it(client, admin, many, person):
    client.force_login(admin)
    sam = person("Sam Example")
    names = {f"person_{one.pk}": one.user.email if one.user else "" for one in TrackerPerson.objects.all()}
    client.post(many, names | {f"person_{sam.pk}": "person 8"})
    sam.refresh_from_db()
    assert sam.user.name == "Person 8"
    User.objects.create(email="other9@example.test", name="Person 9")
    page = client.post(many, names | {f"person_{sam.pk}": "Person 9"})
    assert "Several accounts have this name. Enter the e-mail address." in page.text


def test_others_find_nobody(client, responder, many):
    client.force_login(responder)
    assert client.get(many, headers={"HX-Request": "true"}).status_code == 403


def test_one_of_the_name_of_a_removed_one_can_be_added(admin, tracker):
    first = tracker.account
    remove_tracker(by=admin, tracker=tracker)
    again = add_tracker(by=admin, kind="imaginary", name="Backlog", secret="token-1")
    assert again.account.name == "Backlog tracker 2"
    assert again.account != first
    assert not User.objects.get(pk=first.pk).is_active


def test_the_page_with_the_secret_of_the_webhook_is_opened_again(client, admin, tracker):
    """Such as from the history of the browser. It makes no other secret, and shows none."""
    client.force_login(admin)
    address = reverse("tracker_hook_secret", args=[tracker.pk])
    made = client.post(address)
    tracker.refresh_from_db()
    assert "no-store" in made["Cache-Control"]
    again = client.get(address, follow=True)
    assert again.redirect_chain == [(tracker.get_absolute_url(), 302)]
    secret = tracker.hook_secret
    tracker.refresh_from_db()
    assert tracker.hook_secret == secret
    assert secret not in again.text
