"""Can Jira and Linear be added with the page alone?"""

import pytest
from django.test import Client
from django.urls import reverse

from trackers.models import Tracker


@pytest.fixture
def browser_of_admin(client_of_web, admin):
    client_of_web.force_login(admin)
    return client_of_web


@pytest.fixture
def client_of_web():
    return Client()


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("jira", ["https://YOUR.atlassian.net", "E-mail address (Cloud only)", "Personal Access Tokens"]),
        ("linear", ["https://api.linear.app", "API key", "Personal API keys"]),
    ],
)
def test_the_page_says_what_to_enter(browser_of_admin, kind, words):
    page = browser_of_admin.get(reverse("tracker_new"), {"kind": kind}).content.decode()
    for word in words:
        assert word in page


def test_each_is_added_and_tested(there, browser_of_admin, work):
    said = {"name": "Backlog"} | there.access
    assert browser_of_admin.post(reverse("tracker_new"), said).status_code == 302
    work()
    tracker = Tracker.objects.get()
    assert (tracker.problem, tracker.found["account"][1]) == ("", "Allclear Bot")


def test_jira_needs_its_address(browser_of_admin):
    page = browser_of_admin.post(
        reverse("tracker_new"), {"kind": "jira", "name": "Jira", "secret": "token-1"}
    )
    assert page.status_code == 200
    assert not Tracker.objects.exists()


def test_linear_needs_only_its_key(browser_of_admin):
    browser_of_admin.post(reverse("tracker_new"), {"kind": "linear", "name": "Linear", "secret": "token-1"})
    assert Tracker.objects.get().url == "https://api.linear.app"
