"""Do two people at the same moment bring a row in once, and overwrite nothing?"""

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier

import pytest
from django.db import connection
from django.utils import timezone

from incidents.workflow import Conflict
from retros.imports.rows import Row
from retros.models import TimelineEntry
from retros.workflow import add_entry, bring_rows, change_entry, seed_timeline, start_retrospective

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*calls):
    """What each call gave, or the Conflict it met; all begin together."""
    barrier = Barrier(len(calls))

    def run(call):
        barrier.wait()
        try:
            return call()
        except Conflict as conflict:
            return conflict
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


@pytest.fixture
def begun(incident, commander):
    return start_retrospective(incident=incident, by=commander, owner=commander, brings_timeline=False)


def test_the_same_rows_and_events_come_in_once(begun, commander, responder):
    rows = [Row(timezone.now(), f"row {n}", "paste", str(n)) for n in range(40)]
    brought = at_once(
        *(
            lambda by=by: bring_rows(retrospective=begun, by=by, rows=rows)
            for by in (commander, responder) * 2
        ),
        *(lambda by=by: seed_timeline(retrospective=begun, by=by) for by in (commander, responder)),
    )
    assert sum(one.added for one in brought[:4]) == 40
    assert TimelineEntry.objects.filter(source="paste").count() == 40
    events = TimelineEntry.objects.exclude(event=None)
    assert events.count() == events.values("event").distinct().count() == brought[4].added + brought[5].added


def test_of_two_changes_one_meets_a_conflict_every_time(begun, commander, responder):
    row = add_entry(retrospective=begun, by=commander, text="start", occurred_at=timezone.now())
    for turn in range(10):
        version = TimelineEntry.objects.get(pk=row.pk).version
        change = partial(change_entry, entry=row, version=version)
        outcome = at_once(
            *(partial(change, by=by, text=f"{by.name}, turn {turn}") for by in (commander, responder))
        )
        (lost,) = [one for one in outcome if isinstance(one, Conflict)]
        (kept,) = [one for one in outcome if isinstance(one, TimelineEntry)]
        assert lost.current.text == kept.text == TimelineEntry.objects.get(pk=row.pk).text
