"""Action items: found, added, changed, moved through their states, asked about afterwards."""

from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.utils import timezone
from rest_framework import serializers

from accounts.models import Team
from action_items import workflow
from action_items.export import as_csv
from action_items.models import (
    UNFINISHED_STATES,
    ActionCategory,
    ActionItem,
    ActionState,
    Helped,
    Priority,
)
from action_items.models.items import number_of
from action_items.quarters import Quarter, Standing
from api.fields import Body, IncidentField, TextField, body, choice, named, optional_text, person, text
from api.operations.retrospectives.common import LARGEST_ID, PersonAsked, RecordFrom
from api.registry import REACH_ENDED, Call, item, listing, verb
from api.shapes.action_items import ActionItemShape
from incidents.models import Incident, IncidentType, Service, Severity
from retros.models import ContributingFactor, Learning, Retrospective
from trackers.of_list import TICKETS_ASKED, narrowed_by_tickets

ITEM = "action-items/{item}"
LONGEST = 10_000
LONGEST_REASON = 2_000
MOST_AT_ONCE = 500
STATES_ASKED = ["unfinished", "at_risk", "overdue", "promised", *ActionState.values]


def _key(**options: Any) -> serializers.IntegerField:
    return serializers.IntegerField(min_value=1, max_value=LARGEST_ID, required=False, **options)


# -- finding ------------------------------------------------------------------------------------------------


class ActionItemQuery(Body):
    q = optional_text(200, help_text="Words of title and text, ACT-7, INC-142, @owner.")
    state = choice(STATES_ASKED, required=False, help_text="promised: all but those that will not be done.")
    owner = PersonAsked(required=False)
    team = named(Team.objects.all(), required=False)
    category = choice(ActionCategory, required=False)
    priority = choice(Priority, required=False)
    due_from = serializers.DateField(required=False)
    due_to = serializers.DateField(required=False)
    retrospective = _key(help_text="The id of the retrospective it came from.")
    incident = optional_text(20, help_text="The incident it came from, also by its retrospective.")
    factor = _key(help_text="The id of the contributing factor it addresses.")
    tickets = choice(
        TICKETS_ASKED,
        required=False,
        help_text="By their tickets: an open conflict, a problem of any of them, in step with the synced one, or none.",
    )
    service = named(Service.objects.all(), required=False)
    severity = named(Severity.objects.all(), "name", required=False)
    incident_type = named(IncidentType.objects.all(), "name", required=False)


def _found(call: Call) -> Any:
    return _narrowed(call, ActionItemShape.rows(call.user))


def _narrowed(call: Call, rows: Any) -> Any:
    asked = call.query
    if words := asked.get("q", ""):
        rows = rows.told_by(words, call.user)
    for name in ("owner", "team", "category", "priority"):
        if name in asked:
            rows = rows.filter(**{name: asked[name]})
    if first := asked.get("due_from"):
        rows = rows.filter(due_on__gte=first)
    if last := asked.get("due_to"):
        rows = rows.filter(due_on__lte=last)
    if tickets := asked.get("tickets"):
        rows = narrowed_by_tickets(rows, tickets)
    return _of_source(call, _in_state(rows, asked.get("state", ""), call.user.zone))


def _in_state(rows: Any, state: str, zone: ZoneInfo) -> Any:
    today = timezone.localdate(timezone=zone)
    match state:
        case "":
            return rows
        case "unfinished":
            return rows.filter(state__in=UNFINISHED_STATES)
        case "at_risk":
            return rows.at_risk(today)
        case "overdue":
            return rows.overdue(today)
        case "promised":
            return rows.exclude(state=ActionState.WONT_DO)
        case _:
            return rows.filter(state=state)


def _of_source(call: Call, rows: Any) -> Any:
    """Of what the caller reaches: a filter tells nothing of a source that is out of reach."""
    asked = call.query
    seen = Incident.objects.visible_to(call.user)
    reached = Retrospective.objects.visible_to(call.user)
    if key := asked.get("retrospective"):
        rows = rows.filter(retrospective__in=reached.filter(pk=key).values("pk"))
    if key := asked.get("factor"):
        factors = ContributingFactor.objects.visible_to(call.user).filter(pk=key)
        rows = rows.filter(factor__in=factors.values("pk"))
    if reference := asked.get("incident"):
        rows = rows.from_incidents(seen.of_reference(reference))
    if service := asked.get("service"):
        rows = rows.from_incidents(seen.filter(affected_services__service=service))
    for name in ("severity", "incident_type"):
        if chosen := asked.get(name):
            rows = rows.from_incidents(seen.filter(**{name: chosen}))
    return rows


listing(
    "action-items",
    ActionItemShape,
    _found,
    name="list_action_items",
    summary="Action items, the newest first.",
    query=ActionItemQuery,
)


def _csv(call: Call) -> HttpResponse:
    found = _narrowed(call, ActionItem.objects.visible_to(call.user))
    rows = found.with_sources(call.user).order_by("due_on", "priority", "pk")
    return HttpResponse(as_csv(rows), content_type="text/csv; charset=utf-8")


item(
    "action-items/export",
    None,
    _csv,
    name="export_action_items",
    summary="Export the action items that match the filters as CSV.",
    query=ActionItemQuery,
    file_types=("text/csv",),
)


class QuarterQuery(Body):
    quarter = serializers.RegexField(
        r"^20[0-9]{2}-Q[1-4]\Z", required=False, help_text="Such as 2026-Q4. By default this one."
    )
    team = named(Team.objects.all(), required=False)


class ActionItemQuarter(serializers.Serializer):
    """Of what was due in a quarter; `given_up` is not in `promised`."""

    quarter = serializers.CharField()
    promised = serializers.IntegerField()
    done = serializers.IntegerField()
    verified = serializers.IntegerField()
    overdue = serializers.IntegerField()
    at_risk = serializers.IntegerField()
    given_up = serializers.IntegerField()


def _quarter(call: Call) -> dict[str, Any]:
    today = timezone.localdate(timezone=call.user.zone)
    quarter = Quarter.read(call.query.get("quarter", ""), today)
    team = call.query.get("team")
    standing = Standing.read(call.user, quarter, today=today, zone=call.user.zone, team=team)
    return {"quarter": str(quarter)} | vars(standing.kept)


item(
    "action-items/quarter",
    ActionItemQuarter,
    _quarter,
    name="get_action_item_quarter",
    summary="How many of the commitments of a quarter are done and verified.",
    query=QuarterQuery,
)

# -- adding and changing ------------------------------------------------------------------------------------


def _retrospectives(call: Call) -> Any:
    return Retrospective.objects.visible_to(call.user)


def _factors(call: Call) -> Any:
    return ContributingFactor.objects.visible_to(call.user)


def _learnings(call: Call) -> Any:
    return Learning.objects.readable_by(call.user).filter(retrospective__in=_retrospectives(call))


def _source(find: Any, **options: Any) -> RecordFrom:
    """What an item comes from, of what the caller reaches."""
    return RecordFrom(find, required=False, allow_null=True, **options)


class ActionItemChangeBody(Body):
    """Only what changes."""

    title = TextField(200, required=False, allow_blank=False)
    description = optional_text(LONGEST)
    verification = optional_text(LONGEST, help_text="How we will know that it worked.")
    category = choice(ActionCategory, required=False)
    priority = choice(Priority, required=False)
    owner = person(required=False, allow_null=True)
    team = named(Team.objects.all(), required=False, allow_null=True)
    due_on = serializers.DateField(required=False, allow_null=True)
    factor = _source(_factors, help_text="A contributing factor of its retrospective.")
    external_key = optional_text(100, help_text="Its name in the tracker, such as PAY-482.")
    external_url = serializers.URLField(max_length=500, required=False, allow_blank=True)


class ActionItemBody(ActionItemChangeBody):
    title = text(200, help_text="What will be different.")
    retrospective = _source(_retrospectives)
    incident = IncidentField(required=False, allow_null=True)
    learning = _source(_learnings)


verb(
    "POST",
    "action-items",
    workflow.add_action_item,
    body=ActionItemBody,
    answer=ActionItemShape,
    status=201,
    location=lambda made: f"/api/v1/action-items/{made.reference}",
    summary="Add an action item: from a retrospective, from an incident, or on its own.",
)
item(ITEM, ActionItemShape, name="get_action_item", summary="One action item.")
verb(
    "PATCH",
    ITEM,
    workflow.change_action_item,
    body=ActionItemChangeBody,
    answer=ActionItemShape,
    run=lambda call: workflow.change_action_item(item=call["item"], by=call.user, **call.data),
    may_be_empty=REACH_ENDED,
    summary="Change an action item.",
)
verb(
    "PUT",
    f"{ITEM}/state",
    workflow.move_action_item,
    body=type(
        "ActionItemStateBody",
        (Body,),
        {
            "state": choice(ActionState, source="to"),
            "reason": optional_text(LONGEST_REASON, help_text="Needed for what will not be done."),
            "seen": optional_text(LONGEST_REASON, help_text="Needed to verify: what was seen."),
        },
    ),
    answer=ActionItemShape,
    also=(
        workflow.start_action_item,
        workflow.set_aside_action_item,
        workflow.complete_action_item,
        workflow.verify_action_item,
        workflow.wont_do_action_item,
        workflow.reopen_action_item,
    ),
    summary="Move an action item to another state.",
)
verb(
    "PUT",
    f"{ITEM}/helped",
    workflow.answer_helped,
    name="answer_action_item_helped",
    body=body("HelpedBody", answer=choice(Helped), note=optional_text(LONGEST_REASON)),
    answer=ActionItemShape,
    summary="Say whether an action item helped.",
)

# -- many at once -------------------------------------------------------------------------------------------


def references() -> serializers.ListField:
    return serializers.ListField(
        child=TextField(20), min_length=1, max_length=MOST_AT_ONCE, help_text="References, such as ACT-7."
    )


class BulkBody(Body):
    """The same change for many; one of the fields besides `items`."""

    items = references()
    owner = person(required=False, allow_null=True)
    team = named(Team.objects.all(), required=False, allow_null=True)
    due_on = serializers.DateField(required=False, allow_null=True)
    priority = choice(Priority, required=False)
    state = choice([s.value for s in ActionState if s != ActionState.VERIFIED], required=False)
    reason = optional_text(LONGEST_REASON)


class ActionItemRefused(serializers.Serializer):
    """An action item that stays as it is, and why."""

    item = serializers.CharField()
    reason = serializers.CharField()


class ActionItemBulkResult(serializers.Serializer):
    changed = serializers.ListField(child=serializers.CharField())
    refused = ActionItemRefused(many=True)


def items_named(call: Call, names: list[str]) -> list[ActionItem]:
    """Those of these references; one that the caller does not reach is refused."""
    wanted = [name.strip().upper() for name in names]
    keys = [number_of(name) for name in wanted]
    rows = ActionItem.objects.visible_to(call.user).filter(pk__in=[key for key in keys if key is not None])
    found = {one.reference: one for one in rows}
    if missing := [name for name in dict.fromkeys(wanted) if name not in found]:
        told = ", ".join(missing[:20])
        raise serializers.ValidationError({"items": f"There are none that you can reach: {told}."})
    return list(found.values())


def _bulk(call: Call) -> dict[str, Any]:
    said = dict(call.data)
    items = items_named(call, said.pop("items"))
    result = workflow.bulk_change_action_items(items=items, by=call.user, **said)
    return {
        "changed": [one.reference for one in result.changed],
        "refused": [{"item": one.reference, "reason": why} for one, why in result.refused],
    }


verb(
    "POST",
    "action-items/bulk-changes",
    workflow.bulk_change_action_items,
    body=BulkBody,
    answer=ActionItemBulkResult,
    run=_bulk,
    summary="Apply one change to many action items. Items that cannot be changed are listed with the reason.",
)
