"""Is a gap that was found kept or dismissed, once?"""

import random
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db.models import OuterRef

from retros.completion import parts_of
from retros.models import Retrospective, TimelineEntry
from retros.timeline import RetrospectiveTimeline, gap_columns
from retros.workflow import add_entry, dismiss_gap, keep_gap, remove_entry, restore_entry, seed_timeline


@pytest.fixture
def account(retrospective, commander):
    seed_timeline(retrospective=retrospective, by=commander)
    return lambda: RetrospectiveTimeline(retrospective)


def test_silence_is_found_and_kept_as_a_row(account, retrospective, commander, began):
    first, second = account().gaps
    assert (first.began, first.ended) == (began + timedelta(minutes=5), began + timedelta(minutes=40))
    keep_gap(retrospective=retrospective, by=commander, key=first.key)
    (row,) = [r for r in account().standing if r.gap]
    assert (row.gap, row.occurred_at, row.ended_at) == ("missing", first.began, first.ended)
    assert [gap.key for gap in account().gaps] == [second.key]


def test_dismissed_it_is_no_row_and_not_offered_again(account, retrospective, commander):
    key = account().gaps[0].key
    dismiss_gap(retrospective=retrospective, by=commander, key=key)
    assert key not in [gap.key for gap in account().gaps]
    assert not [r for r in account().standing if r.gap]
    assert account().removed == []
    with pytest.raises(ValidationError, match="answered already"):
        keep_gap(retrospective=retrospective, by=commander, key=key)


def test_filled_it_is_gone(account, retrospective, commander, began):
    for minute in (15, 25, 35):
        add_entry(
            retrospective=retrospective, by=commander, text="x", occurred_at=began + timedelta(minutes=minute)
        )
    assert [gap.began for gap in account().gaps] == [began + timedelta(minutes=40)]


def test_a_kept_gap_can_be_removed_and_restored(account, retrospective, commander):
    key = account().gaps[0].key
    row = keep_gap(retrospective=retrospective, by=commander, key=key)
    remove_entry(entry=row, by=commander)
    assert key not in [gap.key for gap in account().gaps]
    restore_entry(entry=row, by=commander)
    assert [r.pk for r in account().standing if r.gap] == [row.pk]


def test_the_section_is_not_ticked_while_a_gap_is_offered(account, retrospective, commander):
    def section():
        return next(part for part in parts_of(retrospective) if part.key == "timeline")

    assert (section().is_done, section().note) == (False, "2 gaps")
    for gap in account().gaps:
        dismiss_gap(retrospective=retrospective, by=commander, key=gap.key)
    assert section().is_done


@pytest.mark.parametrize("seed", range(12))
def test_the_section_finds_the_gaps_of_the_page_whatever_the_rows(account, retrospective, began, seed):
    chance = random.Random(seed)
    TimelineEntry.objects.bulk_create(
        TimelineEntry(
            retrospective=retrospective,
            text="x",
            occurred_at=(at := began + timedelta(minutes=chance.randint(-30, 90))),
            ended_at=at + timedelta(minutes=chance.choice((5, 40))) if chance.random() < 0.3 else None,
            recorded_at=at + timedelta(minutes=chance.choice((0, 30))),
            removed_at=at if chance.random() < 0.2 else None,
        )
        for _ in range(chance.randint(0, 12))
    )
    columns = gap_columns(OuterRef("pk"))
    row = Retrospective.objects.annotate(**{f"n_{name}": column for name, column in columns.items()})
    found = row.values(*(f"n_{name}" for name in columns)).get(pk=retrospective.pk)
    told = RetrospectiveTimeline.of_columns(retrospective, {name: found[f"n_{name}"] for name in columns})
    assert [gap.key for gap in told.gaps] == [gap.key for gap in account().gaps]


def test_what_the_section_reads_does_not_grow_with_the_rows(account, retrospective, began):
    TimelineEntry.objects.bulk_create(
        TimelineEntry(retrospective=retrospective, text="x", occurred_at=began + timedelta(seconds=n))
        for n in range(1000)
    )
    row = Retrospective.objects.annotate(n_runs=gap_columns(OuterRef("pk"))["runs"]).get(pk=retrospective.pk)
    assert len(row.n_runs) < 10
