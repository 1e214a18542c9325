"""Is one of several who add the same at the same moment told so, and nobody 500?"""

import threading

import pytest
from django.db import connection

from accounts.models import User
from accounts.workflow import add_service_account
from insights.models import Annotation
from statuspages.models import StatusPage
from tests.api.client import ApiClient


def statuses(token: str, path: str, body: dict) -> list[int]:
    """Of eight who ask at once."""
    ApiClient(token).get("me")  # the description, which every answer is compared with, is written here
    gate, found = threading.Barrier(8), []

    def add(_place: int) -> None:
        calls = ApiClient(token)
        calls.client.raise_request_exception = False
        gate.wait(30)
        calls.post(path, body)
        found.append(calls.status)
        connection.close()

    at_once(add)
    assert len(found) == 8  # the client takes no answer that the description does not tell of, such as 500
    return sorted(found)


def at_once(do) -> None:
    threads = [threading.Thread(target=do, args=(place,)) for place in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


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
        ("retrospective-formats", {"name": "Payments", "columns": [{"name": "Good"}, {"name": "Bad"}]}),
        ("hint-words", {"words": "payments", "ask": "Which?"}),
        ("status-pages/shop/groups", {"name": "Payments"}),
        ("status-pages/shop/components", {"name": "Payments"}),
    ],
)
def test_one_is_first(admin, path, body):
    StatusPage.objects.create(name="Shop", slug="shop")
    found = statuses(ApiClient.of(admin).token, path, body)
    assert found[0] == 201
    assert set(found[1:]) <= {409, 422}


@pytest.mark.django_db(transaction=True)
def test_two_service_accounts_never_get_one_name(admin):
    """Each of eight is renamed to it at once, in letters of another case."""
    token = ApiClient.of(admin).token
    ApiClient(token).get("me")
    accounts = [add_service_account(by=admin, name=f"Pipeline {number}") for number in range(8)]
    name, found, gate = "reports", [], threading.Barrier(8)

    def rename(place: int) -> None:
        calls = ApiClient(token)
        gate.wait(30)
        written = name[:place].upper() + name[place:]
        calls.put(
            f"service-accounts/{accounts[place].pk}", {"name": written, "installation_role": "responder"}
        )
        found.append(calls.status)
        connection.close()

    at_once(rename)
    assert sorted(found)[0] == 200
    assert set(sorted(found)[1:]) <= {409, 422}
    assert User.objects.service_accounts().filter(name__iexact=name).count() == 1


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
