"""Does the picture of promised against published show what there is?"""

from datetime import timedelta

import pytest
from django.utils import timezone

from figures.cadence import Part, Strip, cadence


def ago(minutes):
    return timezone.now() - timedelta(minutes=minutes)


def strip(**more):
    facts = {
        "name": "Public", "says": "1 of 2 on time, overdue 10% of 1 h 00 min, longest silence 40 min",
        "began": ago(60), "until": ago(0), "words": [ago(50), ago(10)], "next_due": ago(-20),
        "is_over": False,
        "parts": [Part(ago(60), ago(45), ago(50), False), Part(ago(50), ago(20), ago(10), True)],
    }  # fmt: skip
    return Strip(**facts | more)


@pytest.mark.parametrize("size", ["wide", "narrow"])
def test_words_are_bubbles_and_late_parts_are_hatched(size):
    picture = cadence("Updates", [strip()])[size]
    assert picture.count('class="m-word"') == 3  # two, and the key
    assert "10 min overdue" in picture
    assert picture.count("url(#cadence-late-") == 1
    assert "next due" in picture
    assert "style=" not in picture


def test_what_is_over_says_when(settings):
    assert "resolved" in cadence("Updates", [strip(is_over=True, next_due=None)])["wide"]


def test_names_are_escaped():
    assert "<b>" not in cadence("<b>", [strip(name="<b>", says="<b>")])["narrow"]


def test_an_incident_of_no_length_is_drawn():
    now = timezone.now()
    assert (
        "<svg"
        in cadence("Updates", [strip(began=now, until=now, parts=[], words=[now], next_due=None)])["wide"]
    )


def test_everything_stays_within_the_picture():
    import re

    picture = cadence("Updates", [strip(next_due=ago(30))])["narrow"]
    assert all(float(x) <= 316 for x in re.findall(r' x="([\d.]+)"', picture))
