"""Is one of several who send the same form at the same moment told so on the page, and nobody 500?"""

import threading

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts.models import Team, User
from incidents.models import IncidentType, Role, Service
from notifications.models import Channel
from retros.models import HintWord, RetrospectiveFormat
from statuspages.models import Component, ComponentGroup, StatusPage

SENDERS = 8
REFUSED = ("at this moment", "already", "of this name")
NAME = "Payments"
PAGE = {"name": NAME, "slug": "payments", "audience": "internal", "time_zone": "UTC", "language": "en"}
FORMAT = {"name": NAME, "column_1": "Good", "column_2": "Bad"}


def sent_at_once(admin, path: str, data: dict) -> list:
    """The answers to eight who send the form at once."""
    cache.clear()
    client = Client()
    client.force_login(admin)
    cookies = {name: one.value for name, one in client.cookies.items()}
    client.get(path)  # what the first request of a process makes is there
    gate, found = threading.Barrier(SENDERS), []

    def send() -> None:
        own = Client(raise_request_exception=False)
        own.cookies.load(cookies)
        gate.wait(30)
        found.append(own.post(path, data))
        connection.close()

    threads = [threading.Thread(target=send) for _ in range(SENDERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("route", "data", "rows"),
    [
        ("teams", {"name": NAME}, Team.objects.filter(name=NAME)),
        (
            "service_account_new",
            {"name": NAME, "installation_role": "responder"},
            User.objects.filter(name=NAME),
        ),
        (("catalogue_add", "services"), {"name": NAME, "tier": 2}, Service.objects.filter(name=NAME)),
        (("catalogue_add", "roles"), {"name": NAME, "order": 100}, Role.objects.filter(name=NAME)),
        (("catalogue_add", "types"), {"name": NAME}, IncidentType.objects.filter(name=NAME)),
        (
            "channel_new",
            {"name": NAME, "kind": "webhook", "url": "https://hooks.example/x"},
            Channel.objects.filter(name=NAME),
        ),
        ("status_page_new", PAGE, StatusPage.objects.filter(name=NAME)),
        (("component_group_new", "shop"), {"name": NAME}, ComponentGroup.objects.filter(name=NAME)),
        (
            ("component_new", "shop"),
            {"name": NAME, "tracked_since": "2026-01-01"},
            Component.objects.filter(name=NAME),
        ),
        ("hint_words", {"words": NAME, "ask": "Which?"}, HintWord.objects.filter(words=NAME)),
        (
            "retrospective_format_new",
            FORMAT,
            RetrospectiveFormat.objects.filter(name=NAME),
        ),
    ],
    ids=lambda one: str(one) if isinstance(one, str | tuple) else "",
)
def test_one_is_first(admin, route, data, rows):
    StatusPage.objects.create(name="Shop", slug="shop")
    name, *parts = [route] if isinstance(route, str) else route
    answers = sent_at_once(admin, reverse(name, args=parts), data)
    assert len(answers) == SENDERS
    assert {one.status_code for one in answers} <= {200, 302, 422}
    refused = [one for one in answers if any(words in one.content.decode() for words in REFUSED)]
    assert len(refused) == SENDERS - 1
    assert rows.count() == 1
