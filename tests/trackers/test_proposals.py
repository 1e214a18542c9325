"""Is what a tracker's states and priorities are proposed to mean what most people would choose?"""

import pytest

from trackers.face import Choice
from trackers.translating import proposed_priorities, proposed_states


@pytest.mark.parametrize(
    ("names", "means"),
    [
        ("Highest High Medium Low Lowest", "P1 P2 P3 P4 P4"),
        ("Blocker Critical Major Minor Trivial", "P1 P2 P3 P4 P4"),
        ("Immediate Urgent High Normal Low", "P1 P1 P2 P3 P4"),
        ("Urgent High Medium Low", "P1 P2 P3 P4"),
        ("One Two Three Four Five Six Seven Eight", "P1 P1 P2 P2 P3 P3 P4 P4"),
        ("Normal", "P3"),
    ],
)
def test_priorities(names, means):
    table = proposed_priorities(Choice(name, name) for name in names.split())
    assert [table.means[name] for name in names.split()] == means.split()
    assert set(table.sets) == {"P1", "P2", "P3", "P4"}


@pytest.mark.parametrize(
    ("states", "means"),
    [
        ({"New": "", "In Progress": "", "Resolved": "", "Closed": "closed", "Rejected": "closed"},
         ["open", "in_progress", "in_progress", "done", "wont_do"]),
        ({"To Do": "open", "In Review": "in_progress", "Done": "done", "Won't Do": "done"},
         ["open", "in_progress", "done", "wont_do"]),
        ({"opened": "open", "closed": "closed"}, ["open", "done"]),
    ],
)  # fmt: skip
def test_states(states, means):
    table = proposed_states(Choice(name, name, category) for name, category in states.items())
    assert [table.means[name] for name in states] == means
    assert set(table.sets) == {"open", "in_progress", "done", "wont_do"}
