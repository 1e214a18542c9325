"""Does a body reach its view whole where the sender sends it in chunks and names no length?"""

import http.client

import pytest

from integrations.models import LARGEST, Payload
from integrations.workflow import create_integration


def post_in_chunks(port: int, path: str, pieces: list[bytes]) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("POST", path, iter(pieces), {"Transfer-Encoding": "chunked"}, encode_chunked=True)
    return connection.getresponse().status


@pytest.fixture
def path(webs, admin) -> str:
    _, key = create_integration(by=admin, kind="generic", name="Monitoring")
    return f"/hooks/{key}/"


def test_all_of_it_is_stored(webs, path):
    assert post_in_chunks(webs.ports[0], path, [b'{"title":', b' "Disk is full"}']) == 202
    assert Payload.objects.get().text == '{"title": "Disk is full"}'


def test_one_that_is_too_large_is_refused_and_noted(webs, path):
    assert post_in_chunks(webs.ports[0], path, [b"x" * 65536] * 9) == 413
    assert Payload.objects.values_list("state", "size").get() == ("rejected", 9 * 65536)
    assert LARGEST < 9 * 65536


def test_an_empty_one_is_empty(webs, path):
    assert post_in_chunks(webs.ports[0], path, []) == 202
    assert Payload.objects.get().size == 0
