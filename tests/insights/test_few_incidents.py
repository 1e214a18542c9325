"""Does Insights say plainly what a handful of incidents can tell, and what each figure needs?"""

import re

import pytest


@pytest.fixture
def told(client, responder):
    client.force_login(responder)
    return lambda: " ".join(re.sub("<[^>]+>", " ", _main(client)).split())


def _main(client) -> str:
    return client.get("/insights/").content.decode().split("<main")[1]


def test_one_incident_is_shown_with_its_times(told, past):
    past(detected=4, mitigated=30, resolved=60, title="Checkout is slow")
    found = told()
    assert "1 incident so far" in found
    assert "A median is shown from 5 incidents on, a trend from 20 in each of two periods." in found
    row = found.split("Checkout is slow")[1]
    assert "4 min 30 min 1 h" in row[:120], row[:120]


def test_a_missing_time_is_called_not_known(told, past):
    past(title="Runs on")
    assert "not known not known not known" in told().split("Runs on")[1][:120]


def test_none_says_what_to_do(told, db):
    assert "No incident in this period Choose a longer period or other filters." in told()


@pytest.mark.parametrize(
    "words",
    [
        "Median Half of the incidents took less time than this, half took more. Needs 5",
        "Trend (faster or slower)",
        "Needs 20 incidents in each of the two periods.",
        "Kaplan–Meier A way to find the median",
        "95% interval",
    ],
)
def test_terms_are_explained(told, past, words):
    past()
    assert words in told()


def test_between_the_two_numbers_only_the_trend_is_missing(told, past):
    for n in range(6):
        past(days_ago=n + 1, mitigated=30, resolved=60)
    found = told()
    assert "so far" not in found
    assert "There are 6 incidents. A trend needs 20 in this period" in found
