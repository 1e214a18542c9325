"""Route × role × method, generated from the URL resolver: nobody has access that the table does not give them."""

from http.cookies import SimpleCookie
from types import SimpleNamespace

import pytest
from django.contrib.auth.hashers import make_password
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from tests.access_table import ANONYMOUS, COMMANDER, EVERYBODY, ROLES, TABLE, Row

CANARY = b"Zephyrquartz"
ALLAUTH = "allauth."
PASSWORD = make_password("correct horse battery")


def walk(patterns) -> list[URLPattern]:
    return [
        found
        for pattern in patterns
        for found in ([pattern] if isinstance(pattern, URLPattern) else walk(pattern.url_patterns))
    ]


ALL = walk(get_resolver().url_patterns)
ROUTES = {p.name: p for p in ALL if p.name is None or not p.name.startswith("api ")}
"""Without the operations of the API, which tests/api/test_access_table.py walks."""
HAS_OTHER_METHODS = {
    "account_login",
    "api_nowhere",
    *(f"{name}_{route}" for name in ("opsgenie", "jsm") for route in ("alert", "action")),
}
CALLS = [(role, method) for role in ROLES for method in ("get", "post")]
INCIDENT_ROUTES = {name for name, pattern in ROUTES.items() if "reference" in str(pattern.pattern)}


@pytest.fixture
def world(commander, responder, stakeholder, outsider, admin, incident, private_incident, settings, tmp_path):
    cache.clear()
    settings.MEDIA_ROOT = tmp_path
    for person in (commander, responder, stakeholder, outsider, admin):
        person.password = PASSWORD
        person.save(update_fields=["password"])
    return SimpleNamespace(
        commander=commander,
        responder=responder,
        stakeholder=stakeholder,
        outsider=outsider,
        admin=admin,
        incident=incident,
        private_incident=private_incident,
    )


@pytest.fixture
def sign_ins(world):
    """The cookies of each role: a sign-in for each of thousands of requests took a fifth of the time."""
    cookies = {ANONYMOUS: {}}
    for role in set(ROLES) - {ANONYMOUS}:
        client = Client()
        client.force_login(getattr(world, role))
        cookies[role] = {name: one.value for name, one in client.cookies.items()}
    return cookies


def each(world, names):
    """(name, world) of every route, each in the world as it was made: it takes longer than its pages do."""
    for name in sorted(names):
        with transaction.atomic():
            yield (
                name,
                SimpleNamespace(
                    **{key: type(one).objects.get(pk=one.pk) for key, one in vars(world).items()}
                ),
            )
            transaction.set_rollback(True)


BROWSER = Client()
"""One for all: the first request of a client puts the middleware together, a tenth of the time."""


def ask(cookies: dict[str, str], method: str, url: str):
    """The answer, with whatever it changed taken back."""
    BROWSER.cookies = SimpleCookie(cookies)
    with transaction.atomic():
        response = getattr(BROWSER, method)(url)
        # Read before the rollback: a streamed answer may still need its rows.
        content = b"".join(response.streaming_content) if response.streaming else response.content
        transaction.set_rollback(True)
    return response, content


def outcome(response) -> str:
    if response.status_code == 302 and response.url.startswith(reverse("account_login") + "?"):
        return "sign in"
    return {403: "forbidden", 404: "missing", 405: "no such method"}.get(response.status_code, "through")


def expected(row: Row, role: str, method: str) -> set[str]:
    allowed = getattr(row, method)
    if role == ANONYMOUS and not (row.get == EVERYBODY or row.post == EVERYBODY):
        return {"sign in"}
    if allowed is None:
        return {"no such method"}
    if role in allowed:
        return {"missing"} if role in row.may_miss else {"through"}
    return {"forbidden"}


def address(world, name: str, incident=None) -> str:
    row = TABLE[name]
    kwargs = row.kwargs(world, incident) | ({"reference": incident.reference} if incident else {})
    return reverse(name, kwargs=kwargs) + row.query


def test_every_route_is_in_the_table():
    assert None not in ROUTES, "every route has a name"
    assert set(ROUTES) == set(TABLE)
    assert len(ALL) == len({pattern.name for pattern in ALL}), "every name is given once"


def test_who_gets_through(world, sign_ins):
    found = []
    for name, here in each(world, TABLE):
        url = address(here, name, here.incident if name in INCIDENT_ROUTES else None)
        for role, method in CALLS:
            response, content = ask(sign_ins[role], method, url)
            is_kept_secret = CANARY not in content or role == COMMANDER
            if outcome(response) not in expected(TABLE[name], role, method) or not is_kept_secret:
                found.append(f"{method} {url} as {role}: {outcome(response)}")
    assert found == []


def test_a_private_incident_exists_only_for_those_on_it(world, sign_ins):
    found = []
    for name, here in each(world, INCIDENT_ROUTES):
        url = address(here, name, here.private_incident)
        for role, method in CALLS:
            response, content = ask(sign_ins[role], method, url)
            wanted = expected(TABLE[name], role, method)
            if role not in (ANONYMOUS, COMMANDER) and wanted != {"no such method"}:
                wanted = {"missing"}
            is_kept_secret = CANARY not in content or role == COMMANDER
            if outcome(response) not in wanted or not is_kept_secret:
                found.append(f"{method} {url} as {role}: {outcome(response)}")
    assert found == []


def test_other_methods_do_not_exist(world, sign_ins):
    found = []
    ours = [
        name for name, p in ROUTES.items() if ALLAUTH not in p.lookup_str and name not in HAS_OTHER_METHODS
    ]
    for name, here in each(world, ours):
        url = address(here, name, here.incident if name in INCIDENT_ROUTES else None)
        for method in ("put", "patch", "delete"):
            response, _content = ask(sign_ins[COMMANDER], method, url)
            if response.status_code not in (403, 405):
                found.append(f"{method} {url}: {response.status_code}")
    assert found == []
