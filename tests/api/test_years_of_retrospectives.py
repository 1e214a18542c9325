"""Is a day that nobody can mean refused by its field, instead of breaking pages and mails later?"""

import pytest

from retros.workflow import start_retrospective


@pytest.mark.parametrize(
    ("method", "path", "said", "pointer"),
    [
        ("PUT", "session", {"scheduled_at": "9999-12-31T23:59:59Z"}, "/scheduled_at"),
        ("POST", "timeline", {"text": "x", "occurred_at": "0001-01-01T00:00:00Z"}, "/occurred_at"),
        ("POST", "timeline", {"text": "x", "occurred_at": "9999-12-31T00:00:00Z"}, "/occurred_at"),
        ("PATCH", "", {"due_on": "9999-12-31"}, "/due_on"),
        ("PATCH", "", {"period_from": "0001-01-01"}, "/period_from"),
    ],
)
def test_an_unlikely_year_is_refused(method, path, said, pointer, calls, incident, commander):
    made = start_retrospective(incident=incident, by=commander, owner=commander)
    refused = calls.ask(method, f"retrospectives/{made.pk}/{path}".rstrip("/"), said)
    assert (calls.status, refused["errors"][0]["pointer"]) == (422, pointer)
