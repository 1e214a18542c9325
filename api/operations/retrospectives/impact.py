"""What it cost: four dimensions, and the users behind each service."""

from typing import Any

from django.core.exceptions import ValidationError
from rest_framework import serializers

from api.fields import Body, body, flag, optional_text, text
from api.operations.retrospectives.common import RETROSPECTIVE, of_it
from api.registry import Call, item, listing, verb
from api.shapes.retrospective_sections import AffectedUsersShape, ImpactStatementShape
from retros import workflow
from retros.measures import union, user_minutes
from retros.models import Dimension, ImpactStatement
from retros.timeline import RetrospectiveTimeline
from retros.workflow.costs import MOST_NUMBERS

IMPACT = f"{RETROSPECTIVE}/impact"
LONGEST = 10_000
MOST_USERS = 10**12

# -- users behind services ----------------------------------------------------------------------------------

listing(
    f"{IMPACT}/users",
    AffectedUsersShape,
    of_it(AffectedUsersShape),
    name="list_affected_users",
    summary="Stated numbers of affected users, by service.",
)


def _state_users(call: Call) -> None:
    workflow.state_users(
        retrospective=call["retrospective"], service=call["service"], by=call.user, **call.data
    )


verb(
    "PUT",
    f"{IMPACT}/users/{{service}}",
    workflow.state_users,
    name="set_affected_users",
    body=body(
        "AffectedUsersBody",
        users=serializers.IntegerField(min_value=0, max_value=MOST_USERS, allow_null=True),
        share=serializers.DecimalField(
            min_value=0,
            max_value=100,
            max_digits=5,
            decimal_places=2,
            allow_null=True,
            help_text="In per cent.",
        ),
    ),
    run=_state_users,
    summary="State how many people use a service and which share was affected. null in both removes the statement.",
)


class ImpactDuration(serializers.Serializer):
    """How long services were affected; while that goes on, up to now."""

    affected_seconds = serializers.FloatField(
        help_text="At least one service. Time that several share counts once."
    )
    user_minutes = serializers.FloatField(allow_null=True, help_text="null where nobody has stated users.")
    unstated = serializers.ListField(
        child=serializers.CharField(), help_text="Services whose users or share nobody has stated."
    )


def _duration(call: Call) -> dict[str, Any]:
    over = RetrospectiveTimeline(call["retrospective"]).affected
    minutes, unstated = user_minutes(over)
    return {"affected_seconds": union(over).total_seconds(), "user_minutes": minutes, "unstated": unstated}


item(
    f"{IMPACT}/duration",
    ImpactDuration,
    _duration,
    name="get_impact_duration",
    summary="How long services were affected, and user-minutes.",
)

# -- dimensions ---------------------------------------------------------------------------------------------


class ImpactNumberBody(Body):
    """1,240 failed payments: name “Failed payments”, value “1,240”."""

    name = text(200)
    value = text(100)
    unit = optional_text(100)


class ImpactBody(Body):
    text = optional_text(LONGEST)
    numbers = serializers.ListField(child=ImpactNumberBody(), required=False, max_length=MOST_NUMBERS)
    evidence_text = optional_text(LONGEST, help_text="Where the numbers are from.")
    debt = optional_text(LONGEST, help_text="Of the technical dimension: shortcuts to be paid back.")
    not_affected = flag(help_text="Looked at, and not affected.")


def _dimensions(call: Call) -> list[ImpactStatement]:
    stored = {one.dimension: one for one in of_it(ImpactStatementShape)(call)}
    retrospective = call["retrospective"]
    return [
        stored.get(dimension) or ImpactStatement(retrospective=retrospective, dimension=dimension)
        for dimension in Dimension.values
    ]


def _write(call: Call) -> ImpactStatement:
    dimension = call["dimension"].dimension
    if call.data.get("debt") and dimension != Dimension.TECHNICAL:
        raise ValidationError({"debt": "Technical debt belongs to the technical dimension."})
    return workflow.write_impact(
        retrospective=call["retrospective"], by=call.user, dimension=dimension, **call.data
    )


item(
    IMPACT,
    ImpactStatementShape,
    _dimensions,
    name="list_impact_statements",
    summary="The four dimensions of impact. Version 0 has no text yet.",
    many=True,
)
item(
    f"{IMPACT}/{{dimension}}",
    ImpactStatementShape,
    name="get_impact_statement",
    summary="One dimension of impact.",
)
verb(
    "PUT",
    f"{IMPACT}/{{dimension}}",
    workflow.write_impact,
    name="write_impact_statement",
    body=ImpactBody,
    answer=ImpactStatementShape,
    run=_write,
    summary="Write one dimension of impact, as a whole.",
)
