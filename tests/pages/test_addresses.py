"""Is an address that is only filled in the one that Django finds?"""

import pytest
from django.urls import NoReverseMatch, get_script_prefix, reverse, set_script_prefix

from core.addresses import address


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("home", ()),
        ("incident_detail", ("INC-7",)),
        ("star", ("INC-7", 3)),
        ("star", ("INC-3", 7)),
        ("star", ("INC-12", 123456789012)),
        ("hypothesis", ("INC-7", 3)),
        ("shown_page", ("a-page",)),
    ],
)
def test_the_one_that_django_finds(name, args):
    for _ in range(2):
        assert address(name, *args) == reverse(name, args=args)


def test_what_has_none_has_none_here():
    with pytest.raises(NoReverseMatch):
        address("star", "INC-7")


def test_below_another_prefix():
    before, old = get_script_prefix(), address("star", "INC-7", 3)
    try:
        set_script_prefix("/below/")
        assert address("star", "INC-7", 3) == f"/below{old}"
    finally:
        set_script_prefix(before)
