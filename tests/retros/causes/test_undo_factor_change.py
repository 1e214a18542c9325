"""Does undo bring back exactly what was, and never what somebody else has written since?"""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from action_items.models import ActionItem
from retros.models import ContributingFactor, FactorStep
from retros.workflow import (
    change_contributing_factor,
    link_contributing_factor,
    move_contributing_factor,
    remove_contributing_factor,
    undo_factor_change,
)
from retros.workflow.steps import KEPT


@pytest.fixture
def undo(retro, commander):
    return lambda by=commander: undo_factor_change(retrospective=retro, by=by)


def test_one_after_the_other(add, commander, tree, undo, told):
    a = add("a")
    b = add("b", a, category="Code", explanation="Because")
    change_contributing_factor(factor=b, by=commander, text="bb", is_confirmed=True)
    move_contributing_factor(factor=b, by=commander)
    assert tree() == [("a", []), ("bb", [])]
    undo()
    assert tree() == [("a", [("bb", [])])]
    undo()
    b.refresh_from_db()
    assert (b.text, b.is_confirmed, b.factor.key) == ("b", False, "b")
    undo()
    assert tree() == [("a", [])]
    undo()
    assert tree() == []
    with pytest.raises(ValidationError, match="nothing"):
        undo()
    assert told()[-4:] == ["factor.undone"] * 4


def test_a_removed_factor_comes_back_whole(retro, add, commander, tree, undo):
    a, b = add("a"), add("b", explanation="How")
    add("c")
    add("b1", b)
    add("b2", b)
    action = ActionItem.objects.create(title="Limit it", retrospective=retro, factor=b)
    remove_contributing_factor(factor=b, by=commander)
    undo()
    assert tree() == [("a", []), ("b", [("b1", []), ("b2", [])]), ("c", [])]
    action.refresh_from_db()
    back = ContributingFactor.objects.get(text="b")
    assert (back.pk, back.explanation, action.factor) == (b.pk, "How", back)
    assert back.added_at == b.added_at
    assert a.pk != back.pk


def test_only_ones_own(add, responder, undo):
    add("a")
    with pytest.raises(ValidationError, match="nothing of yours"):
        undo(by=responder)


def test_never_over_what_somebody_else_wrote(add, commander, responder, undo):
    a = add("a")
    change_contributing_factor(factor=a, by=commander, text="b")
    change_contributing_factor(factor=a, by=responder, text="c")
    with pytest.raises(ValidationError, match="changed this since"):
        undo()
    assert ContributingFactor.objects.get().text == "c"


def test_not_where_something_hangs_on_it_by_now(retro, add, responder, undo):
    from retros.workflow import add_contributing_factor

    a = add("a")
    add_contributing_factor(retrospective=retro, by=responder, text="b", parent=a)
    with pytest.raises(ValidationError, match="under it now"):
        undo()
    assert ContributingFactor.objects.count() == 2


def test_never_a_circle(add, commander, responder, undo, tree):
    a = add("a")
    b = add("b", a)
    move_contributing_factor(factor=b, by=commander)
    move_contributing_factor(factor=a, by=responder, parent=b)
    with pytest.raises(ValidationError, match="circle"):
        undo()
    assert tree() == [("b", [("a", [])])]


def test_not_onto_what_is_gone(add, commander, responder, undo):
    a = add("a")
    b = add("b", a)
    move_contributing_factor(factor=b, by=commander)
    remove_contributing_factor(factor=a, by=responder)
    with pytest.raises(ValidationError, match="was removed"):
        undo()


def test_within_the_session_of_editing(add, undo):
    add("a")
    FactorStep.objects.update(at=timezone.now() - timedelta(hours=2))
    with pytest.raises(ValidationError, match="nothing"):
        undo()


def test_only_the_latest_are_kept(add):
    for number in range(KEPT + 5):
        add(f"factor {number}")
    assert FactorStep.objects.count() == KEPT
    assert FactorStep.objects.first().what == f"Added “factor {KEPT + 4}”"


def test_a_link_is_undone_too(add, commander, undo, severity):
    from incidents.workflow import declare_incident
    from retros.workflow import add_contributing_factor, start_retrospective

    other = declare_incident(by=commander, title="Other", severity=severity(3))
    theirs = add_contributing_factor(
        retrospective=start_retrospective(incident=other, by=commander), by=commander, text="Slow alert"
    )
    mine = add("The alert was slow")
    own = mine.factor
    link_contributing_factor(factor=mine, same_as=theirs, by=commander)
    undo()
    mine.refresh_from_db()
    assert mine.factor == own
