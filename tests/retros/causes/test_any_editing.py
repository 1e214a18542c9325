"""Hypothesis edits a tree in any order: never a circle, no factor lost, siblings counted without gaps."""

from contextlib import suppress

from django.core.exceptions import ValidationError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from retros.models import ContributingFactor
from retros.workflow import (
    add_contributing_factor,
    move_contributing_factor,
    remove_contributing_factor,
    step_contributing_factor,
    undo_factor_change,
)
from retros.workflow.steps import is_under

PLACE = st.integers(0, 30)
CHANGE = st.one_of(
    st.tuples(st.just("add"), PLACE, PLACE),
    st.tuples(st.just("move"), PLACE, PLACE, PLACE),
    st.tuples(st.just("step"), PLACE, st.sampled_from(["up", "down", "in", "out"])),
    st.tuples(st.just("remove"), PLACE),
    st.tuples(st.just("undo"), st.booleans()),
)


def _pick(nodes, number):
    """One of the factors, or none for the outcome."""
    return nodes[number] if number < len(nodes) else None


def _apply(retro, people, number, change) -> int:
    """Do it as one of two people; by how many factors there are more."""
    by = people[number % 2]
    nodes = list(retro.factors.order_by("pk"))
    before = len(nodes)
    what, *where = change
    if what == "add":
        parent = _pick(nodes, where[0])
        add_contributing_factor(
            retrospective=retro, by=by, text=f"factor {number}", parent=parent, position=where[1]
        )
        return 1
    if what == "undo":
        undo_factor_change(retrospective=retro, by=by)
        return retro.factors.count() - before
    factor = _pick(nodes, where[0])
    if factor is None:
        return 0
    if what == "move":
        parent = _pick(nodes, where[1])
        move_contributing_factor(factor=factor, by=by, parent=parent, position=where[2])
    elif what == "step":
        step_contributing_factor(factor=factor, by=by, step=where[1])
    else:
        remove_contributing_factor(factor=factor, by=by)
        return -1
    return 0


@settings(
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(changes=st.lists(CHANGE, max_size=25))
def test_no_circle_and_nothing_lost(retro, commander, responder, changes):
    retro.factors.all().delete()
    retro.factor_steps.all().delete()
    expected = 0
    for number, change in enumerate(changes):
        with suppress(ValidationError):  # refused, and then nothing may have changed either
            expected += _apply(retro, (commander, responder), number, change)
        nodes = {node.pk: node for node in ContributingFactor.objects.filter(retrospective=retro)}
        assert len(nodes) == expected
        assert not any(is_under(nodes, key, key) for key in nodes)
        assert all(node.parent_id is None or node.parent_id in nodes for node in nodes.values())
        for parent in {node.parent_id for node in nodes.values()}:
            row = sorted(node.order for node in nodes.values() if node.parent_id == parent)
            assert row == list(range(len(row)))
