"""Status updates, their approval, and when the next one is due."""

from typing import Any

from rest_framework import serializers

from api.bodies import ServiceStates
from api.fields import Body, ByKey, RecordIn, body, choice, flag, moment, optional_text, text
from api.operations.incidents import INCIDENT
from api.registry import Call, item, listing, verb
from api.shapes.incidents import IncidentShape, UpdateDueShape
from api.shapes.status_updates import StatusUpdateShape
from incidents import workflow
from incidents.models import Audience

UPDATES = f"{INCIDENT}/status-updates"


class WordingBody(Body):
    """What one audience reads instead of the team's own words."""

    known = text(2000)
    unknown = optional_text(2000)
    doing = optional_text(2000)
    workaround = optional_text(1000)
    ask = optional_text(1000)


class StatusUpdateBody(Body):
    audiences = serializers.ListField(child=choice(Audience), min_length=1, max_length=4)
    known = optional_text(2000, help_text="What we know.")
    unknown = optional_text(2000, help_text="What we do not know.")
    no_open_unknowns = flag()
    doing = optional_text(2000)
    workaround = optional_text(1000)
    ask = optional_text(1000)
    wordings = ByKey(Audience, WordingBody(), required=False)
    public_title = optional_text(120, help_text="What public pages call the incident from now on.")
    evidence = serializers.ListField(child=RecordIn("incident", "evidence"), required=False, max_length=50)
    services = ServiceStates(source="impacts")
    next_update_at = moment(allow_null=True)
    corrects = RecordIn("incident", "status_updates", required=False, allow_null=True)
    correction_reason = optional_text(300)


listing(
    UPDATES,
    StatusUpdateShape,
    lambda call: StatusUpdateShape.rows(call.user).filter(incident=call["incident"]),
    name="list_status_updates",
    summary="Status updates, newest first.",
)
item(f"{UPDATES}/{{update}}", StatusUpdateShape, name="get_status_update", summary="One status update.")
verb(
    "POST",
    UPDATES,
    workflow.post_status_update,
    body=StatusUpdateBody,
    answer=StatusUpdateShape,
    status=201,
    location=lambda made: f"/api/v1/incidents/{made.incident.reference}/status-updates/{made.pk}",
    summary="Post a status update.",
)
verb(
    "POST",
    f"{UPDATES}/no-change",
    workflow.post_no_change,
    body=body(
        "NoChangeBody",
        minutes=serializers.IntegerField(min_value=1, max_value=1440, required=False),
    ),
    answer=StatusUpdateShape,
    status=201,
    summary="Post “no change” to every audience that is due an update.",
)
verb(
    "POST",
    f"{UPDATES}/{{update}}/approval",
    workflow.approve_status_update,
    answer=StatusUpdateShape,
    summary="Approve and publish a status update. The commander or the deputy can.",
)
verb(
    "POST",
    f"{UPDATES}/{{update}}/return",
    workflow.return_status_update,
    body=body("ReturnBody", reason=text(300)),
    answer=StatusUpdateShape,
    summary="Return a status update to its author, with a reason.",
)
verb(
    "POST",
    f"{UPDATES}/{{update}}/withdrawal",
    workflow.withdraw_status_update,
    answer=StatusUpdateShape,
    summary="Withdraw a status update that was not sent yet.",
)


listing(
    f"{INCIDENT}/updates-due",
    UpdateDueShape,
    lambda call: UpdateDueShape.rows(call.user).filter(incident=call["incident"]),
    name="list_status_updates_due",
    summary="When the next update is due, by audience.",
)


def _snooze(call: Call) -> Any:
    workflow.snooze_update(incident=call["incident"], by=call.user, **call.data)
    return call["incident"]


verb(
    "POST",
    f"{INCIDENT}/updates-due/changes",
    workflow.snooze_update,
    name="snooze_status_update",
    body=body("SnoozeBody", audience=choice(Audience), until=moment(required=True), reason=text(300)),
    answer=IncidentShape,
    run=_snooze,
    status=201,
    summary="Change the time at which an audience's next update is due.",
)


def _request(call: Call) -> Any:
    workflow.request_update(incident=call["incident"], by=call.user, **call.data)
    return call["incident"]


verb(
    "POST",
    f"{INCIDENT}/update-requests",
    workflow.request_update,
    name="request_status_update",
    body=body("UpdateRequestBody", question=optional_text(300)),
    answer=IncidentShape,
    run=_request,
    scope="incidents:read",
    status=201,
    summary="Ask for an update. Each person asks once until the next one.",
)
