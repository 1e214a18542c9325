"""Does nobody overwrite what they have not read?"""

import os
import sys
import threading

import pytest
from django.db import connection


@pytest.fixture
def there(incident):
    return f"incidents/{incident.reference}"


def test_what_is_unchanged_is_not_sent_again(calls, there):
    calls.get(there)
    calls.get(there, if_none_match=calls.last["ETag"])
    assert calls.status == 304
    assert calls.last.content == b""


def test_a_change_gives_another(calls, there):
    calls.get(there)
    before = calls.last["ETag"]
    calls.patch(there, {"summary": "More is known"}, if_match=before)
    assert calls.status == 200
    assert calls.last["ETag"] != before
    calls.get(there)
    assert calls.last["ETag"] != before


def test_a_compressed_answer_can_be_changed_by_its_etag(calls, there):
    """Compression makes it a weak one, and most clients ask for compression."""
    headers = {"authorization": f"Bearer {calls.token}", "accept-encoding": "gzip"}
    read = calls.client.get(f"/api/v1/{there}", headers=headers)["ETag"]
    assert read.startswith("W/")
    calls.patch(there, {"summary": "One"}, if_match=read)
    assert calls.status == 200
    calls.patch(there, {"summary": "Two"}, if_match=read)
    assert calls.status == 412


def test_a_state_that_was_not_read_is_refused_with_the_present_one(calls, there):
    calls.get(there)
    old = calls.last["ETag"]
    calls.patch(there, {"summary": "One"})
    problem = calls.patch(there, {"summary": "Two"}, if_match=old)
    assert calls.status == 412
    assert problem["current"]["summary"] == "One"
    calls.patch(there, {"summary": "Two"}, if_match=calls.last["ETag"])
    assert calls.status == 200


def test_a_star_matches_anything_there_is(calls, there):
    calls.patch(there, {"summary": "One"}, if_match="*")
    assert calls.status == 200


WRITES = int(os.environ.get("ALLCLEAR_COLLIDING_WRITES", "80"))
WRITERS = 8


@pytest.mark.django_db(transaction=True)
def test_colliding_writes_lose_nothing_silently(api, commander, incident, settings, capsys):
    """Eight add one to the number they have read. As many as were accepted are in the number in the end."""
    settings.API_RATE = "100000 per minute"
    first = api(commander)
    there = f"incidents/{incident.reference}"
    first.patch(there, {"summary": "0"})
    told: list[int] = []

    def count() -> None:
        mine = type(first)(first.token)
        for _ in range(WRITES // WRITERS):
            number = int(mine.get(there)["summary"])
            mine.patch(there, {"summary": str(number + 1)}, if_match=mine.last["ETag"])
            told.append(mine.status)
        connection.close()

    threads = [threading.Thread(target=count) for _ in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    accepted = told.count(200)
    with capsys.disabled():
        sys.stdout.write(
            f"\n  {len(told)} colliding writes: {accepted} accepted, {told.count(412)} refused\n"
        )
    assert len(told) == WRITES // WRITERS * WRITERS
    assert set(told) <= {200, 412}
    assert 0 < accepted < len(told)
    assert first.get(there)["summary"] == str(accepted)
