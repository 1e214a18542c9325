"""Contributing factors: a tree of how and why."""

from typing import Any

from rest_framework import serializers

from api.fields import Body, RecordIn, TextField, body, choice, flag, optional_text, text
from api.operations.retrospectives.common import (
    RETROSPECTIVE,
    RecordFrom,
    RecordsIn,
    address_of,
    for_writers,
    of_it,
    standing_entries,
)
from api.registry import Call, item, listing, verb
from api.shapes.retrospective_sections import ContributingFactorShape
from retros import workflow
from retros.models import Category, ContributingFactor, Level
from retros.vocabulary import similar
from retros.workflow.causes import MOST
from timeline.models import Evidence

FACTORS = f"{RETROSPECTIVE}/contributing-factors"
FACTOR = f"{FACTORS}/{{factor}}"
LONGEST = 10_000


def _evidence(call: Call) -> Any:
    """Captured in the incidents it looks back on."""
    return Evidence.objects.filter(incident__in=call["retrospective"].incidents.values("pk"))


def _parent() -> RecordIn:
    return RecordIn(
        "retrospective", "factors", required=False, allow_null=True, help_text="null: first in line."
    )


def _position() -> serializers.IntegerField:
    return serializers.IntegerField(
        min_value=0,
        max_value=MOST,
        required=False,
        allow_null=True,
        help_text="Among the factors there. By default last.",
    )


# -- suggestions and undoing: before the factors, whose addresses are theirs by id ---------------------------


class SimilarFactorQuery(Body):
    text = text(300)


class SimilarContributingFactor(serializers.Serializer):
    """A factor of another retrospective that reads alike."""

    id = serializers.IntegerField(source="pk")
    text = serializers.CharField()
    category = serializers.CharField(allow_blank=True)
    appears_in = serializers.ListField(child=serializers.CharField(), source="places.names")


item(
    f"{FACTORS}/similar",
    SimilarContributingFactor,
    lambda call: similar(for_writers(call), call.user, call.query["text"]),
    name="list_similar_contributing_factors",
    summary="Factors of other retrospectives with similar wording.",
    query=SimilarFactorQuery,
    many=True,
)


class ContributingFactorStepTaken(serializers.Serializer):
    """A change of the tree."""

    what = serializers.CharField()


verb(
    "POST",
    f"{FACTORS}/undoing",
    workflow.undo_factor_change,
    name="undo_contributing_factor_change",
    answer=ContributingFactorStepTaken,
    also=(workflow.last_step,),
    summary="Undo the caller's latest change of the tree, within an hour.",
)

# -- the factors --------------------------------------------------------------------------------------------


FactorBody = body(
    "FactorBody",
    text=text(300),
    parent=_parent(),
    position=_position(),
    question=optional_text(200, help_text="What was asked that this answers."),
    category=choice([*Category.values, ""], required=False),
    level=choice(Level, required=False),
    explanation=optional_text(LONGEST),
)


class FactorChangeBody(Body):
    """Only what changes."""

    text = TextField(300, required=False, allow_blank=False)
    question = optional_text(200)
    category = choice([*Category.values, ""], required=False)
    level = choice(Level, required=False)
    explanation = optional_text(LONGEST)
    is_confirmed = flag(help_text="Supported by evidence.")
    evidence_text = optional_text(LONGEST)
    evidence = RecordsIn(_evidence, required=False, help_text="Ids of evidence of the incidents.")
    entries = RecordsIn(standing_entries, required=False, help_text="Ids of rows of the timeline.")


listing(
    FACTORS,
    ContributingFactorShape,
    of_it(ContributingFactorShape),
    name="list_contributing_factors",
    summary="Contributing factors. `parent` makes them a tree.",
)
verb(
    "POST",
    FACTORS,
    workflow.add_contributing_factor,
    body=FactorBody,
    answer=ContributingFactorShape,
    status=201,
    location=lambda made: address_of(made, "contributing-factors"),
    summary="Add a contributing factor, at the top level or below `parent`.",
)
item(FACTOR, ContributingFactorShape, name="get_contributing_factor", summary="One contributing factor.")
verb(
    "PATCH",
    FACTOR,
    workflow.change_contributing_factor,
    body=FactorChangeBody,
    answer=ContributingFactorShape,
    run=lambda call: workflow.change_contributing_factor(factor=call["factor"], by=call.user, **call.data),
    summary="Change a contributing factor. Fields that are not sent stay.",
)
verb(
    "DELETE",
    FACTOR,
    workflow.remove_contributing_factor,
    summary="Remove a contributing factor. Factors below it move up.",
)
verb(
    "POST",
    f"{FACTOR}/evidence",
    workflow.add_factor_evidence,
    name="add_contributing_factor_evidence",
    body=body("FactorEvidenceBody", entry=RecordIn("retrospective", "entries")),
    answer=ContributingFactorShape,
    summary="Add a row of the timeline as evidence for a factor.",
)
verb(
    "PUT",
    f"{FACTOR}/place",
    workflow.move_contributing_factor,
    body=body("FactorPlaceBody", parent=_parent(), position=_position()),
    answer=ContributingFactorShape,
    summary="Move a factor with everything below it.",
)
verb(
    "POST",
    f"{FACTOR}/steps",
    workflow.step_contributing_factor,
    body=body("FactorStepBody", step=choice(["up", "down", "in", "out"])),
    answer=ContributingFactorShape,
    summary="Move a factor up or down among its siblings, or one level in or out.",
)


def _seen(call: Call) -> Any:
    """Factors of any retrospective in the caller's reach."""
    return ContributingFactor.objects.visible_to(call.user)


verb(
    "POST",
    f"{FACTOR}/link",
    workflow.link_contributing_factor,
    body=body("FactorLinkBody", same_as=RecordFrom(_seen)),
    answer=ContributingFactorShape,
    summary="Link a factor to the same factor of another retrospective.",
)
