"""Is a list of all time zones the list that Django writes, without a template for each of them?"""

from cProfile import Profile
from pstats import Stats

import pytest
from django import forms
from django.test.html import parse_html

from accounts.time_zones import time_zone_choices
from core.forms import LongSelect

ODD = [("", "None"), ("a&b", '<b> "quoted"'), ("Group <1>", [(1, "One"), ("2", "Two & more")])]


@pytest.mark.parametrize("choices", [time_zone_choices(), ODD], ids=["zones", "odd"])
@pytest.mark.parametrize("value", ["", None, "Europe/Berlin", 1, "2", "a&b"])
def test_as_django_writes_it(choices, value):
    facts = {"attrs": {"id": "id_zone", "required": True}}
    ours = LongSelect(attrs={"class": "select"}, choices=choices).render("zone", value, **facts)
    theirs = forms.Select(attrs={"class": "select"}, choices=choices).render("zone", value, **facts)
    assert parse_html(ours) == parse_html(theirs)


@pytest.mark.parametrize(
    "address", ["/settings/profile/", "/settings/organisation/", "/settings/imports/new/"]
)
def test_no_template_for_each_zone(client, admin, address):
    """In calls of functions, which are the same on every machine: 220,000 with a template for each."""
    client.force_login(admin)
    client.get(address)  # the zones are read, the templates parsed
    profile = Profile()
    response = profile.runcall(client.get, address)
    assert response.content.decode().count("<option") > 400
    assert Stats(profile).total_calls < 100_000  # type: ignore[attr-defined]
