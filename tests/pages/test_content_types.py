"""Does what a request says of its body make a fault? Everything here is read as UTF-8."""

import io
from wsgiref.util import setup_testing_defaults

import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections

from config.wsgi import application
from tests.api.client import ApiClient

CHARSETS = ("hex", "zlib", "rot13", "undefined", "idna", "utf-7", "unicode_escape", "utf-8", "latin-1")
FORM = b'--x\r\nContent-Disposition: form-data; name="login"\r\n\r\n\xff\r\n--x--\r\n'
MANY = "&".join(["a=1"] * 1500)


@pytest.fixture(autouse=True)
def one_connection(db):
    """Requests here are part of the test's transaction, as those of Django's own client."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def answered(
    path: str, content_type: str, *, query: str = "", body: bytes = b"", token: str = ""
) -> tuple[int, str]:
    environ = {
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "CONTENT_TYPE": content_type,
        "CONTENT_LENGTH": str(len(body)),
        "REQUEST_METHOD": "POST" if body else "GET",
        "HTTP_HOST": "localhost",
        "HTTP_AUTHORIZATION": f"Bearer {token}" if token else "",
        "wsgi.input": io.BytesIO(body),
    }
    setup_testing_defaults(environ)
    status: list[int] = []
    response = application(environ, lambda line, _headers: status.append(int(line.split()[0])))
    return status[0], b"".join(response).decode()


@pytest.mark.parametrize("charset", CHARSETS)
@pytest.mark.parametrize("path", ["/accounts/login/", "/status/nothing/", "/api/v1/incidents", "/"])
def test_an_address_is_read_as_ever(path, charset):
    status, _text = answered(path, f"text/plain; charset={charset}", query="q=%FF")
    assert status < 500


@pytest.mark.parametrize(
    "content_type",
    [
        "text/plain; charset*=nothing''x",
        "text/plain; charset*=undefined''x",
        "text/plain; a=" + "x" * 20_000,
        "text/plain; charset=utf-8; =; ;",
        '; charset="',
    ],
)
def test_one_that_nobody_can_read(content_type):
    status, _text = answered("/accounts/login/", content_type)
    assert status == 200


def test_too_many_parameters_are_refused_whatever_the_character_set():
    status, _text = answered("/accounts/login/", "text/plain; charset=utf-8", query=MANY)
    assert status == 400


@pytest.mark.parametrize("charset", CHARSETS)
def test_a_form_with_a_file_is_still_read(charset):
    status, _text = answered(
        "/accounts/login/", f'multipart/form-data; boundary="x"; charset={charset}', body=FORM
    )
    assert status < 500


@pytest.mark.parametrize("charset", ["latin-1", "utf-7", "zlib"])
def test_json_is_utf_8_whatever_it_says(commander, charset):
    token = ApiClient.of(commander).token
    body = '{"title": "Café +2D0- is down"}'.encode()
    status, text = answered(
        "/api/v1/incidents", f"application/json; charset={charset}", body=body, token=token
    )
    assert status == 201
    assert "Café +2D0- is down" in text
