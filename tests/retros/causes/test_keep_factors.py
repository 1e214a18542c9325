"""Adding, changing, moving, removing factors: does the tree say what was meant, and is it on record?"""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from audit.models import AuditEntry
from incidents.workflow import Conflict, declare_incident
from notifications.models import OutboxMessage
from retros.models import ContributingFactor, Retrospective, TimelineEntry
from retros.workflow import (
    add_contributing_factor,
    change_contributing_factor,
    move_contributing_factor,
    remove_contributing_factor,
    step_contributing_factor,
)
from retros.workflow.causes import DEEPEST
from timeline.workflow import attach_evidence


def test_a_factor_is_added_and_told(retro, add, commander, tree, told):
    first = add("The pool was small ", question="How did it fill?", category="Platform", level="systemic")
    add("Nobody had measured it", first)
    assert tree() == [("The pool was small", [("Nobody had measured it", [])])]
    assert (first.added_by, first.question, first.factor.key) == (
        commander,
        "How did it fill?",
        "the pool was small",
    )
    assert told() == ["factor.added", "factor.added"]
    assert OutboxMessage.objects.filter(topic="factor.added", subject=retro.chain).count() == 2


def test_at_a_position(add, tree):
    add("a")
    add("c")
    add("b", position=1)
    assert [text for text, _ in tree()] == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("given", "at"),
    [
        ({"text": " … "}, "text"),
        ({"text": "x" * 301}, "text"),
        ({"text": "x", "category": "Luck"}, "category"),
        ({"text": "x", "level": "root"}, "level"),
    ],
)
def test_what_is_refused(retro, commander, given, at):
    with pytest.raises(ValidationError) as refusal:
        add_contributing_factor(retrospective=retro, by=commander, **given)
    assert list(refusal.value.message_dict) == [at]
    assert not ContributingFactor.objects.exists()


def test_a_branch_has_an_end(add):
    one = None
    for number in range(DEEPEST):
        one = add(f"deep {number}", one)
    with pytest.raises(ValidationError, match="deep"):
        add("deeper", one)
    whole = add("elsewhere")
    add("below", whole)
    with pytest.raises(ValidationError, match="deep"):
        move_contributing_factor(factor=whole, by=whole.added_by, parent=one.parent)


def test_who_may_not(retro, add, stakeholder):
    one = add("a")
    for verb in (remove_contributing_factor, change_contributing_factor, move_contributing_factor):
        with pytest.raises(PermissionDenied):
            verb(factor=one, by=stakeholder)
    with pytest.raises(PermissionDenied):
        add_contributing_factor(retrospective=retro, by=stakeholder, text="b")


def test_not_once_published(retro, add, commander):
    one = add("a")
    Retrospective.objects.update(status="published")
    with pytest.raises(ValidationError, match="published"):
        change_contributing_factor(factor=one, by=commander, text="b")


def test_changed_with_evidence(retro, add, incident, commander, told):
    one = add("a graph was missing")
    proof = attach_evidence(incident=incident, by=commander, kind="log", title="Log", body="x")
    entry = TimelineEntry.objects.create(retrospective=retro, occurred_at=retro.created_at, text="Paged")
    changed = change_contributing_factor(
        factor=one,
        by=commander,
        version=0,
        is_confirmed=True,
        category="Code",
        evidence=[proof],
        entries=[entry],
    )
    assert (changed.is_confirmed, changed.category, changed.version) == (True, "Code", 1)
    assert (list(changed.evidence.all()), list(changed.entries.all())) == ([proof], [entry])
    assert AuditEntry.objects.filter(action="factor.changed").get().changes["evidence"] == [[], ["Log"]]
    assert ContributingFactor.objects.with_evidence().get().evidence_count == 2
    change_contributing_factor(factor=one, by=commander, is_confirmed=True)
    assert told() == ["factor.added", "factor.changed"], "nothing new is not told"


def test_evidence_of_elsewhere_is_refused(add, commander, severity):
    one = add("a")
    other = declare_incident(by=commander, title="Other", severity=severity(3))
    proof = attach_evidence(incident=other, by=commander, kind="log", title="Log", body="x")
    with pytest.raises(ValidationError, match="incidents of this retrospective"):
        change_contributing_factor(factor=one, by=commander, evidence=[proof])


def test_a_stale_change_overwrites_nothing(add, commander, responder):
    one = add("a")
    change_contributing_factor(factor=one, by=responder, version=0, text="b")
    with pytest.raises(Conflict) as conflict:
        change_contributing_factor(factor=one, by=commander, version=0, text="c")
    assert conflict.value.current.text == "b"


def test_moved_with_what_hangs_on_it(add, commander, tree):
    a, b = add("a"), add("b")
    add("b1", b)
    add("a1", a)
    move_contributing_factor(factor=b, by=commander, parent=a, position=0)
    assert tree() == [("a", [("b", [("b1", [])]), ("a1", [])])]


def test_never_onto_itself(add, commander, tree):
    a = add("a")
    b = add("b", a)
    c = add("c", b)
    for parent in (a, b, c):
        with pytest.raises(ValidationError, match="itself"):
            move_contributing_factor(factor=a, by=commander, parent=parent)
    assert tree() == [("a", [("b", [("c", [])])])]


def test_never_into_another_retrospective(add, commander, severity):
    other = Retrospective.objects.create(title="A sprint", subject="sprint")
    elsewhere = add_contributing_factor(retrospective=other, by=commander, text="x")
    with pytest.raises(ValidationError, match="no longer exists"):
        move_contributing_factor(factor=add("a"), by=commander, parent=elsewhere)


def test_steps(add, commander, tree):
    a, b, c = add("a"), add("b"), add("c")
    step_contributing_factor(factor=c, by=commander, step="up")
    assert [text for text, _ in tree()] == ["a", "c", "b"]
    step_contributing_factor(factor=c, by=commander, step="in")
    assert tree() == [("a", [("c", [])]), ("b", [])]
    step_contributing_factor(factor=c, by=commander, step="out")
    step_contributing_factor(factor=c, by=commander, step="down")
    assert [text for text, _ in tree()] == ["a", "b", "c"]
    for factor, step in ((a, "in"), (b, "out"), (b, "sideways")):
        with pytest.raises(ValidationError):
            step_contributing_factor(factor=factor, by=commander, step=step)


def test_removed_and_its_branches_move_up(add, commander, tree, told):
    a, b = add("a"), add("b")
    add("c")
    add("b1", b)
    add("b2", b)
    remove_contributing_factor(factor=b, by=commander)
    assert [text for text, _ in tree()] == ["a", "b1", "b2", "c"]
    assert told()[-1] == "factor.removed"
    with pytest.raises(ValidationError, match="removed by someone"):
        move_contributing_factor(factor=b, by=commander, parent=a)


def test_out_comes_right_after_what_it_hung_on(add, commander, tree):
    a = add("a")
    b = add("b", a)
    c = add("c", b)
    add("d", a)
    step_contributing_factor(factor=c, by=commander, step="out")
    assert tree() == [("a", [("b", []), ("c", []), ("d", [])])]
    step_contributing_factor(factor=c, by=commander, step="up")
    assert tree() == [("a", [("c", []), ("b", []), ("d", [])])]
