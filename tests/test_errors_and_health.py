"""What is answered when something is wrong, and what is never told then."""

import io
import logging
import re

import pytest
from django.core.exceptions import BadRequest
from django.db import OperationalError
from django.test import Client, override_settings
from django.urls import get_resolver, path, reverse

from accounts.workflow import issue_setup_link
from config.urls import handler400, handler500, urlpatterns  # noqa: F401 - this module is a URL configuration below
from core.logs import MaskingFormatter
from tests.api.client import ApiClient

SECRET = "Zephyrquartz-secret"


def walk(patterns):
    for pattern in patterns:
        yield from walk(pattern.url_patterns) if hasattr(pattern, "url_patterns") else [pattern]


def broken(request):
    raise ZeroDivisionError(SECRET)


def away(request):
    raise OperationalError(f"could not connect: password {SECRET}")


def odd(request):
    raise BadRequest(SECRET)


broken.login_required = away.login_required = odd.login_required = False
urlpatterns = [
    path("broken", broken),
    path("away", away),
    path("odd", odd),
    path("api/v1/broken", broken),
    path("api/v1/away", away),
    *urlpatterns,
]


@pytest.fixture
def failing(db):
    with override_settings(ROOT_URLCONF=__name__):
        yield Client(raise_request_exception=False)


def test_health_is_plain(client, db):
    response = client.get("/healthz")
    assert (response.status_code, response.content) == (200, b"ok")


def test_health_without_the_database(client, db, monkeypatch):
    def refuse(*args):
        raise OperationalError(SECRET)

    with monkeypatch.context() as patch:
        patch.setattr("django.db.backends.postgresql.base.DatabaseWrapper.cursor", refuse)
        response = client.get("/healthz")
    assert response.status_code == 503
    assert SECRET not in response.content.decode()


@pytest.mark.parametrize(("url", "status"), [("/broken", 500), ("/away", 503), ("/odd", 400)])
def test_a_failure_says_what_to_do_and_not_why(failing, url, status):
    response = failing.get(url)
    assert response.status_code == status
    page = response.content.decode()
    assert SECRET not in page
    assert "Traceback" not in page
    assert "<h1" in page


@pytest.mark.parametrize(("url", "status"), [("/api/v1/broken", 500), ("/api/v1/away", 503)])
def test_a_failure_of_the_api_is_a_problem_in_json(failing, url, status):
    answer = failing.get(url)
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    assert answer.json()["status"] == status
    assert SECRET not in answer.content.decode()


def test_too_large_a_body_is_told_in_json(failing, settings, commander):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 2_000_000
    token = {"authorization": f"Bearer {ApiClient.of(commander).token}"}
    answer = failing.post(
        "/api/v1/incidents", "x" * 2_000_001, content_type="application/json", headers=token
    )
    assert answer.status_code == 413
    assert answer.json()["detail"] == "The body is larger than 2 MB."


def test_too_many_parameters_are_told_in_json_without_our_settings(failing, commander):
    token = {"authorization": f"Bearer {ApiClient.of(commander).token}"}
    answer = failing.get("/api/v1/incidents?" + "a=1&" * 2000, headers=token)
    assert answer.status_code == 400
    assert "settings" not in answer.json()["detail"]


def test_the_failure_page_needs_no_database(failing, django_assert_num_queries):
    with django_assert_num_queries(0):
        failing.get("/broken")


def test_a_missing_page(client, admin):
    client.force_login(admin)
    response = client.get("/nothing-here/")
    assert response.status_code == 404
    assert "Page not found" in response.content.decode()


def test_a_form_without_its_token(db):
    response = Client(enforce_csrf_checks=True).post(reverse("account_login"), {})
    assert response.status_code == 403
    assert "has expired" in response.content.decode()


@pytest.mark.parametrize(
    "line",
    [
        "Not Found: /setup/{}/",
        "Forbidden (CSRF token missing.): /invitation/{}/",
        '"GET /accounts/password/reset/key/1-{}/ HTTP/1.1" 200',
        "GET /b/{}/",
        "Not Found: /api/v1/me/alc_{}",
        "Bad Request: Authorization: Bearer alc_{}",
    ],
)
def test_the_log_hides_one_time_links(line):
    token = "WbdsTiy0jq7BAVA6AU4L0r1B4Lve61iRAq0NOXLdLSs"
    record = logging.LogRecord("x", logging.WARNING, "", 0, line.format(token), (), None)
    told = MaskingFormatter("{message}", style="{").format(record)
    assert token not in told
    assert "…" in told


def test_neither_password_nor_token_reaches_the_log(failing, settings):
    """A failure in the middle of the first start: what is logged holds neither."""
    token = issue_setup_link()
    heard = io.StringIO()
    handler = logging.StreamHandler(heard)
    handler.setFormatter(MaskingFormatter("{message}", style="{"))
    logging.getLogger("django").addHandler(handler)
    try:
        Client(enforce_csrf_checks=True).post(reverse("setup", args=[token]), {"password": SECRET})
        failing.post("/broken", {"password": SECRET + "typed"})
    finally:
        logging.getLogger("django").removeHandler(handler)
    assert "/setup/…" in heard.getvalue()
    assert token not in heard.getvalue()
    assert SECRET + "typed" not in heard.getvalue()


def test_a_probe_is_not_sent_to_https(client, db, settings):
    settings.SECURE_SSL_REDIRECT = True
    assert client.get("/healthz").status_code == 200
    assert client.get("/accounts/login/").status_code == 301


def test_the_log_hides_the_secret_of_every_address_that_has_one():
    """Found from the addresses themselves: each <str:token> and <str:signed>."""
    found = [
        str(pattern.pattern)
        for urlconf in ("config.urls", "statuspages.urls_public")
        for pattern in walk(get_resolver(urlconf).url_patterns)
        if re.search(r"<str:(token|signed)>", str(pattern.pattern))
        and not str(pattern.name).startswith("api ")  # there it is the id of a token
    ]
    assert len(found) >= 8
    secret = "WbdsTiy0jq7BAVA6AU4L0r1B4Lve61iRAq0NOXLDLSs"
    for route in found:
        address = "/status/shop/" + re.sub(r"<str:(token|signed)>", secret, route)
        record = logging.LogRecord("x", logging.WARNING, "", 0, f"Not Found: {address}", (), None)
        assert secret not in MaskingFormatter("{message}", style="{").format(record), route
