"""The times between the moments that a retrospective's timeline tells."""

from typing import Any

from rest_framework import serializers

from api.operations.retrospectives.common import RETROSPECTIVE
from api.registry import Call, item
from retros.timeline import RetrospectiveTimeline


class RetrospectiveMeasureShape(serializers.Serializer):
    """A time between two moments, with the formula it is computed by; `seconds` is null where one is not known."""

    name = serializers.CharField()
    formula = serializers.CharField()
    seconds = serializers.FloatField(allow_null=True)
    missing = serializers.CharField(allow_blank=True)
    note = serializers.CharField(allow_blank=True)


def _measures(call: Call) -> list[dict[str, Any]]:
    return [
        {
            "name": one.name,
            "formula": one.formula,
            "seconds": None if one.value is None else one.value.total_seconds(),
            "missing": one.missing,
            "note": one.note,
        }
        for one in RetrospectiveTimeline(call["retrospective"]).measures
    ]


item(
    f"{RETROSPECTIVE}/measures",
    RetrospectiveMeasureShape,
    _measures,
    name="list_retrospective_measures",
    summary="Durations between the milestones of the timeline.",
    many=True,
)
