"""Does a code stay what it was, is it read back, and does one that was made up cost little?"""

from base64 import b32encode

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.crypto import salted_hmac
from hypothesis import given
from hypothesis import strategies as st

from statuspages import codes
from statuspages.codes import NEWEST, code_of, number_of


def test_links_in_mails_and_feeds_stay_what_they_were():
    digest = salted_hmac("statuspages", "incident:14", secret="seed", algorithm="sha256").digest()
    assert code_of("seed", "incident", 14) == b32encode(digest).decode().lower()[:12] == "cqt6pun6qy3x"


@given(
    number=st.integers(1, 3 * NEWEST),
    seed=st.sampled_from("ab"),
    kind=st.sampled_from(["incident", "update"]),
)
def test_read_back(number, seed, kind):
    code = code_of(seed, kind, number)
    assert number_of(seed, kind, code, 3 * NEWEST) == number
    assert number_of(seed, kind, code, number) == number
    assert number_of(seed, kind, code, number - 1) is None


def test_what_came_since_is_found_as_well():
    assert number_of("growing", "incident", "aaaaaaaaaaaa", 10) is None
    assert number_of("growing", "incident", code_of("growing", "incident", 5), 2000) == 5


def test_a_made_up_one_computes_each_old_hash_once(monkeypatch):
    computed = []
    monkeypatch.setattr(
        codes, "salted_hmac", lambda *args, **more: computed.append(args) or salted_hmac(*args, **more)
    )
    for _ in range(3):
        assert number_of("once", "incident", "aaaaaaaaaaaa", 4 * NEWEST) is None
    assert len(computed) == 4 * NEWEST + 3 * NEWEST


@pytest.mark.parametrize("code", ["aaaaaaaaaaaa", "777777777777", "j6jgxouhctzm"])
def test_one_that_was_never_given_is_not_there(client, shop, broken, code):
    with CaptureQueriesContext(connection) as asked:
        assert client.get(f"/status/shop/incidents/{code}").status_code == 404
    assert len(asked) <= 12


def test_one_that_was_given_is(client, shop, broken, tell):
    tell(broken, "Some cards fail.")
    assert client.get(f"/status/shop/incidents/{shop.code('incident', broken.pk)}").status_code == 200
