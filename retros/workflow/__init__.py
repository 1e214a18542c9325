"""The verbs of retrospectives."""

from retros.workflow.causes import (
    add_contributing_factor,
    change_contributing_factor,
    link_contributing_factor,
    move_contributing_factor,
    remove_contributing_factor,
    step_contributing_factor,
)
from retros.workflow.learnings import (
    add_learning,
    add_learning_group,
    change_learning,
    dissolve_learning_group,
    give_dot,
    move_learning,
    rename_learning_group,
    reveal_learnings,
    take_back_dot,
    withdraw_learning,
)
from retros.workflow.starting import close_with_retrospective, due_date, start_retrospective
from retros.workflow.steps import last_step, undo_factor_change

__all__ = [
    "add_contributing_factor",
    "add_learning",
    "add_learning_group",
    "change_contributing_factor",
    "change_learning",
    "close_with_retrospective",
    "dissolve_learning_group",
    "due_date",
    "give_dot",
    "last_step",
    "link_contributing_factor",
    "move_contributing_factor",
    "move_learning",
    "remove_contributing_factor",
    "rename_learning_group",
    "reveal_learnings",
    "start_retrospective",
    "step_contributing_factor",
    "take_back_dot",
    "undo_factor_change",
    "withdraw_learning",
]
