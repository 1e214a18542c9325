"""Learnings: written in silence, then revealed, grouped and weighed with dots."""

from typing import Any

from api.fields import Body, RecordIn, TextField, body, text
from api.operations.retrospectives.common import (
    RETROSPECTIVE,
    RecordFrom,
    RecordsIn,
    address_of,
    of_it,
    standing_entries,
)
from api.registry import Call, item, listing, verb
from api.shapes.retrospective_sections import LearningGroupShape, LearningShape
from api.shapes.retrospectives import RetrospectiveShape
from retros import workflow
from retros.models import Learning
from retros.workflow.learnings import LONGEST

LEARNINGS = f"{RETROSPECTIVE}/learnings"
LEARNING = f"{LEARNINGS}/{{learning}}"
GROUPS = f"{RETROSPECTIVE}/learning-groups"
GROUP = f"{GROUPS}/{{learning_group}}"


def _readable(call: Call) -> Any:
    return call["retrospective"].learnings.readable_by(call.user)


class LearningBody(Body):
    kind = text(20, help_text="The key of one of the retrospective's columns.")
    text = text(LONGEST)
    entries = RecordsIn(standing_entries, required=False, help_text="Ids of rows of the timeline.")


class LearningChangeBody(Body):
    """Only what changes."""

    kind = TextField(20, required=False, allow_blank=False)
    text = TextField(LONGEST, required=False, allow_blank=False)
    entries = RecordsIn(standing_entries, required=False)


verb(
    "POST",
    f"{LEARNINGS}/revelation",
    workflow.reveal_learnings,
    answer=RetrospectiveShape,
    summary="Reveal all learnings to everyone. This cannot be undone.",
)
verb(
    "POST",
    f"{LEARNINGS}/voting-closure",
    workflow.close_voting,
    name="close_learning_voting",
    answer=RetrospectiveShape,
    summary="Close voting and show how many dots each learning has.",
)
listing(
    LEARNINGS,
    LearningShape,
    of_it(LearningShape),
    name="list_learnings",
    summary="Learnings that the caller can read: their own, and all once they are revealed.",
)
verb(
    "POST",
    LEARNINGS,
    workflow.add_learning,
    body=LearningBody,
    answer=LearningShape,
    status=201,
    summary="Add a learning. Only its author can read it until learnings are revealed.",
    location=lambda made: address_of(made, "learnings"),
)
item(LEARNING, LearningShape, name="get_learning", summary="One learning.")
verb("PATCH", LEARNING, workflow.change_learning, body=LearningChangeBody, answer=LearningShape)
verb("DELETE", LEARNING, workflow.withdraw_learning)
verb(
    "PUT",
    f"{LEARNING}/group",
    workflow.move_learning,
    body=body("LearningPlaceBody", group=RecordIn("retrospective", "learning_groups", allow_null=True)),
    answer=LearningShape,
    summary="Move a learning into a group, or out of its group.",
)
verb(
    "POST",
    f"{LEARNING}/pairing",
    workflow.pair_learnings,
    body=body("PairBody", other=RecordFrom(_readable)),
    answer=LearningGroupShape,
    summary="Put two learnings into one group: the group of `other`, or a new one.",
)


def _give(call: Call) -> Learning:
    workflow.give_dot(learning=call["learning"], by=call.user)
    return call["learning"]


def _take_back(call: Call) -> Learning:
    workflow.take_back_dot(learning=call["learning"], by=call.user)
    return call["learning"]


verb(
    "POST",
    f"{LEARNING}/dots",
    workflow.give_dot,
    name="give_learning_dot",
    answer=LearningShape,
    run=_give,
    summary="Give a dot to a learning.",
)
verb(
    "DELETE",
    f"{LEARNING}/dots",
    workflow.take_back_dot,
    name="take_back_learning_dot",
    answer=LearningShape,
    run=_take_back,
    summary="Take back one of the caller's own dots.",
)

# -- groups -------------------------------------------------------------------------------------------------

listing(
    GROUPS,
    LearningGroupShape,
    of_it(LearningGroupShape),
    name="list_learning_groups",
    summary="Groups of learnings.",
)
verb(
    "POST",
    GROUPS,
    workflow.add_learning_group,
    body=body(
        "LearningGroupBody",
        name=text(200),
        learnings=RecordsIn(_readable, required=False, help_text="Ids of learnings that come into it."),
    ),
    answer=LearningGroupShape,
    status=201,
    location=lambda made: address_of(made, "learning-groups"),
    summary="Add a group of learnings, with `learnings` in it.",
)
item(GROUP, LearningGroupShape, name="get_learning_group", summary="One group of learnings.")
verb(
    "PATCH",
    GROUP,
    workflow.rename_learning_group,
    name="change_learning_group",
    body=body("LearningGroupNameBody", name=text(200)),
    answer=LearningGroupShape,
    run=lambda call: workflow.rename_learning_group(group=call["learning_group"], by=call.user, **call.data),
    summary="Rename a group of learnings.",
)
verb(
    "DELETE",
    GROUP,
    workflow.dissolve_learning_group,
    name="remove_learning_group",
    run=lambda call: workflow.dissolve_learning_group(group=call["learning_group"], by=call.user),
    summary="Remove a group of learnings. Its learnings stay, with their dots.",
)
