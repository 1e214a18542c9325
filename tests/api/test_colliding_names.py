"""Is one of several who add the same at the same moment told so, and nobody 500?"""

import threading

import pytest
from django.db import connection

from insights.models import Annotation
from tests.api.client import ApiClient


def statuses(token: str, path: str, body: dict) -> list[int]:
    """Of eight who ask at once."""
    ApiClient(token).get("me")  # the description, which every answer is compared with, is written here
    gate, found = threading.Barrier(8), []

    def add() -> None:
        calls = ApiClient(token)
        calls.client.raise_request_exception = False
        gate.wait(30)
        calls.post(path, body)
        found.append(calls.status)
        connection.close()

    threads = [threading.Thread(target=add) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8  # the client takes no answer that the description does not tell of, such as 500
    return sorted(found)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("teams", {"name": "Payments"}),
        ("services", {"name": "Payments"}),
        ("roles", {"name": "Payments"}),
        ("incident-types", {"name": "Payments"}),
        ("channels", {"name": "Payments", "url": "https://hooks.example/x"}),
        ("status-pages", {"name": "Payments", "audience": "internal"}),
        ("service-accounts", {"name": "Payments"}),
    ],
)
def test_one_is_first(admin, path, body):
    found = statuses(ApiClient.of(admin).token, path, body)
    assert found[0] == 201
    assert set(found[1:]) <= {201, 409, 422}


@pytest.mark.django_db(transaction=True)
def test_the_same_annotation_is_there_once(admin):
    token, body = ApiClient.of(admin).token, {"day": "2026-03-02", "words": "New deployment pipeline"}
    assert statuses(token, "insights/annotations", body) == [201] * 8
    assert Annotation.objects.count() == 1


@pytest.mark.django_db
def test_of_annotations_that_are_there_twice_the_first_is_found(admin):
    twins = [Annotation.objects.create(day="2026-03-02", words="Twin", added_by=admin) for _ in range(2)]
    made = ApiClient.of(admin).post("insights/annotations", {"day": "2026-03-02", "words": "Twin"})
    assert made["id"] == twins[0].pk
