"""What can be done to several rows of the timeline at once, and how is it taken back?"""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from retros.models import ContributingFactor
from retros.published_content import content_of, markdown_of
from retros.timeline import RetrospectiveTimeline
from retros.workflow import (
    add_contributing_factor,
    add_entry,
    add_gap,
    add_recollection,
    change_contributing_factor,
    mark_phase,
    merge_entries,
    remove_entries,
    remove_entry,
    restore_entries,
    separate_entries,
    star_entries,
)


@pytest.fixture
def rows(retrospective, commander):
    """Four rows, a minute apart, an hour ago."""
    began = timezone.now() - timedelta(hours=1)
    return [
        add_entry(
            retrospective=retrospective,
            by=commander,
            text=f"Row {number}",
            occurred_at=began + timedelta(minutes=number),
        )
        for number in range(4)
    ]


def shown(retrospective):
    return [row.text for row in RetrospectiveTimeline(retrospective).facts if row.text.startswith("Row")]


def test_star_leave_out_and_bring_back(retrospective, commander, rows, left):
    seen = left(retrospective)
    facts = {"retrospective": retrospective, "by": commander, "entries": rows[:3]}
    assert star_entries(**facts) == 3
    assert star_entries(**facts) == 0
    assert star_entries(**facts | {"entries": rows[:1]}, is_starred=False) == 1
    assert remove_entries(**facts) == 3
    assert shown(retrospective) == ["Row 3"]
    assert restore_entries(**facts) == 3
    assert shown(retrospective) == ["Row 0", "Row 1", "Row 2", "Row 3"]
    assert seen.actions[:3] == ["timeline.starred", "timeline.unstarred", "timeline.removed"]


def test_merged_rows_keep_their_sources_and_come_apart_again(retrospective, commander, responder, rows):
    mark_phase(entry=rows[1], by=commander, phase="detected")
    add_recollection(fact=rows[2], by=responder, text="It was earlier")
    factor = add_contributing_factor(retrospective=retrospective, by=commander, text="No alert")
    change_contributing_factor(factor=factor, by=commander, entries=[rows[2]])
    kept = merge_entries(retrospective=retrospective, by=commander, entries=rows[:3])
    assert kept == rows[1], "the one that marks a moment stands"
    assert shown(retrospective) == ["Row 1", "Row 3"]
    (fact,) = [row for row in RetrospectiveTimeline(retrospective).facts if row.pk == kept.pk]
    assert [row.text for row in fact.sources] == ["Row 0", "Row 2"]
    assert [row.text for row in fact.beside_it] == ["It was earlier"]
    assert ContributingFactor.objects.with_evidence().get(pk=factor.pk).entry_rows == 1
    assert not ContributingFactor.objects.without_evidence().exists()
    assert "Also: Row 2" in markdown_of(content_of(retrospective))
    assert separate_entries(entry=kept, by=commander) == 2
    assert shown(retrospective) == ["Row 0", "Row 1", "Row 2", "Row 3"]


def test_a_merged_row_merged_again_keeps_all(retrospective, commander, rows):
    facts = {"retrospective": retrospective, "by": commander}
    merge_entries(**facts, entries=rows[1:3])
    merge_entries(**facts, entries=rows[:2])
    assert shown(retrospective) == ["Row 0", "Row 3"]
    assert separate_entries(entry=rows[0], by=commander) == 2


@pytest.mark.parametrize("is_alone", [True, False])
def test_what_is_remembered_of_a_merged_row_goes_and_comes_with_it(
    retrospective, commander, responder, rows, is_alone
):
    facts = {"retrospective": retrospective, "by": commander}
    recollection = add_recollection(fact=rows[1], by=responder, text="It was earlier")
    kept = merge_entries(**facts, entries=rows[:2])
    if is_alone:
        remove_entry(entry=kept, by=commander)
    else:
        remove_entries(**facts, entries=[kept])
    assert recollection not in RetrospectiveTimeline(retrospective).standing
    restore_entries(**facts, entries=[kept])
    assert recollection in RetrospectiveTimeline(retrospective).standing


def test_what_cannot_be_merged(retrospective, commander, rows):
    facts = {"retrospective": retrospective, "by": commander}
    gap = add_gap(**facts, text="?", occurred_at=rows[0].occurred_at)
    for entries, why in ((rows[:1], "two or more"), ([*rows[:2], gap], "gaps or recollections")):
        with pytest.raises(ValidationError, match=why):
            merge_entries(**facts, entries=entries)
    mark_phase(entry=rows[0], by=commander, phase="detected")
    mark_phase(entry=rows[1], by=commander, phase="mitigated")
    with pytest.raises(ValidationError, match="at most one mark"):
        merge_entries(**facts, entries=rows[:2])


def test_readers_change_nothing(retrospective, stakeholder, rows):
    with pytest.raises(PermissionDenied):
        star_entries(retrospective=retrospective, by=stakeholder, entries=rows)


def test_the_page_changes_only_rows_of_its_own(client, retrospective, commander, rows, severity):
    remove_entry(entry=rows[3], by=commander)
    client.force_login(commander)
    page = f"{retrospective.get_absolute_url()}timeline/"
    body = client.get(page).content.decode()
    assert body.count('form="rows-form"') == len(RetrospectiveTimeline(retrospective).facts)
    assert 'value="restore"' in body
    answer = client.post(f"{page}rows/", {"row": [rows[0].pk, rows[1].pk, "x", 10**9], "do": "merge"})
    assert answer.url == page
    assert shown(retrospective) == ["Row 0", "Row 2"]
    assert "Merged from 2 sources" in client.get(page).content.decode()
    client.post(f"{page}{rows[0].pk}/separation/")
    client.post(f"{page}rows/", {"row": rows[3].pk, "do": "restore"})
    assert shown(retrospective) == ["Row 0", "Row 1", "Row 2", "Row 3"]
