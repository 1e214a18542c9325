"""Is a gap that was found kept or dismissed, once?"""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from retros.account import Account
from retros.completion import parts_of
from retros.workflow import add_entry, dismiss_gap, keep_gap, remove_entry, restore_entry, seed_timeline


@pytest.fixture
def account(retrospective, commander):
    seed_timeline(retrospective=retrospective, by=commander)
    return lambda: Account(retrospective)


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
