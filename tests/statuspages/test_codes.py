"""Is a code read back at once, whatever number it stands for, and does it tell nothing?"""

from itertools import pairwise

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from statuspages.codes import LETTERS, code_of, number_of

numbers = st.integers(0, (1 << 60) - 1)


@given(number=numbers, seed=st.text(), kind=st.text())
def test_read_back(number, seed, kind):
    code = code_of(seed, kind, number)
    assert len(code) == 12
    assert set(code) <= set(LETTERS)
    assert number_of(seed, kind, code) == number


@given(number=numbers)
def test_of_another_page_or_kind_it_is_another(number):
    codes = {code_of(seed, kind, number) for seed in "ab" for kind in ("incident", "update")}
    assert len(codes) == 4


def test_neighbours_are_not_alike():
    codes = [code_of("seed", "incident", number) for number in range(1000)]
    assert len(set(codes)) == 1000
    alike = [sum(x == y for x, y in zip(a, b, strict=True)) for a, b in pairwise(codes)]
    assert sum(alike) / len(alike) < 0.6  # of 12 letters, 12/32 by chance


@pytest.mark.parametrize("code", ["aaaaaaaaaaaa", "777777777777", "j6jgxouhctzm"])
def test_one_that_was_never_given_compares_nothing(client, shop, broken, code):
    with CaptureQueriesContext(connection) as asked:
        assert client.get(f"/status/shop/incidents/{code}").status_code == 404
    assert len(asked) <= 11
    number = str(number_of(shop.seed, "incident", code))
    assert any(number in query["sql"] for query in asked), "it is looked up by its number"
