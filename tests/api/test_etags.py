"""Does nobody overwrite what they have not read?"""

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


@pytest.mark.django_db(transaction=True)
def test_colliding_writes_lose_nothing_silently(api, commander, incident):
    """Each of eight adds its line to the summary it has read, until it is accepted."""
    first = api(commander)
    there = f"incidents/{incident.reference}"

    def add(line: str) -> None:
        mine = type(first)(first.token)
        for _attempt in range(200):
            read = mine.get(there)
            mine.patch(there, {"summary": f"{read['summary']}{line}"}, if_match=mine.last["ETag"])
            if mine.status == 200:
                break
        connection.close()

    threads = [threading.Thread(target=add, args=(letter * 3,)) for letter in "abcdefgh"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    summary = first.get(there)["summary"]
    assert sorted(summary[place : place + 3] for place in range(0, len(summary), 3)) == [
        letter * 3 for letter in "abcdefgh"
    ]
