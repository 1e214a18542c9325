import pytest

from audit.models import AuditEntry
from retros.models import Retrospective
from retros.workflow import add_contributing_factor, start_retrospective


@pytest.fixture
def retro(incident, commander) -> Retrospective:
    """Of an incident of everybody's, owned by the commander."""
    return start_retrospective(incident=incident, by=commander, owner=commander, brings_timeline=False)


@pytest.fixture
def add(retro, commander):
    """`add("words", under=factor)` is a factor of `retro`."""

    def run(text, under=None, **more):
        return add_contributing_factor(retrospective=retro, by=commander, text=text, parent=under, **more)

    return run


@pytest.fixture
def tree(retro):
    """`tree()` is the tree as nested pairs: [("a", [("b", [])])]."""

    def branch(rows, parent):
        return [(row.text, branch(rows, row.pk)) for row in rows if row.parent_id == parent]

    return lambda: branch(list(retro.factors.order_by("order", "pk")), None)


@pytest.fixture
def told(retro):
    """`told()` are the actions of the retrospective's audit trail."""
    return lambda: list(
        AuditEntry.objects.filter(chain=retro.chain).order_by("sequence").values_list("action", flat=True)
    )
