"""Following, subscribing, the inbox, and how one wants to hear of what."""

from typing import Any

from django.db.models import Q
from rest_framework import serializers

from accounts.models import User
from api.fields import Body, body, choice, named, person
from api.operations.administrators import administrators, all_of, require_administrator
from api.operations.incidents import INCIDENT
from api.parts import number
from api.registry import Call, item, listing, part, verb
from api.shapes.subscriptions import (
    OutsideAddressShape,
    SubscriptionShape,
)
from incidents.models import Audience, Incident, IncidentType, Service, Severity
from notifications.models import Channel
from subscribers import workflow
from subscribers.models import OutsideAddress, Subscription

READ, WRITE, TAG = "people:read", "people:write", "Notifications"

part(
    "subscription",
    lambda call, raw: SubscriptionShape.rows(call.user).get(pk=number(raw)),
    shape=SubscriptionShape,
    about="The id of a subscription.",
    number=True,
)
part(
    "outside",
    lambda call, raw: OutsideAddressShape.rows(call.user).get(pk=number(raw)),
    shape=OutsideAddressShape,
    about="The id of an address outside.",
    number=True,
)


class IncidentField(serializers.CharField):
    """An incident in the caller's reach, by its reference."""

    def __init__(self, **options: Any):
        super().__init__(max_length=40, **options)

    def to_internal_value(self, data: Any) -> Any:
        reference = super().to_internal_value(data)
        found = Incident.objects.visible_to(self.context["call"].user).of_reference(reference).first()
        if found is None:
            raise serializers.ValidationError("There is no such incident here that you can choose.")
        return found


def filters() -> dict[str, Any]:
    """Which incidents; without any, every one."""
    return {
        "service": named(Service.objects.in_use(), required=False, allow_null=True),
        "severity": named(
            Severity.objects.all(),
            "name",
            required=False,
            allow_null=True,
            help_text="At least as bad as this one.",
        ),
        "incident_type": named(IncidentType.objects.all(), "name", required=False, allow_null=True),
        "incident": IncidentField(required=False, allow_null=True),
    }


# -- following ----------------------------------------------------------------------------------------------

FOLLOWING = f"{INCIDENT}/following"
verb(
    "PUT",
    FOLLOWING,
    workflow.follow,
    name="follow_incident",
    answer=SubscriptionShape,
    scope=WRITE,
    tag=TAG,
    summary="Follow an incident.",
)
verb(
    "DELETE",
    FOLLOWING,
    workflow.unfollow,
    name="unfollow_incident",
    scope=WRITE,
    tag=TAG,
    summary="Stop following an incident.",
)
verb(
    "PUT",
    "services/{service}/following",
    workflow.follow,
    name="follow_service",
    answer=SubscriptionShape,
    scope=WRITE,
    tag=TAG,
    summary="Follow every incident of a service.",
)
verb(
    "DELETE",
    "services/{service}/following",
    workflow.unfollow,
    name="unfollow_service",
    scope=WRITE,
    tag=TAG,
    summary="Stop following a service.",
)

# -- one's own subscriptions --------------------------------------------------------------------------------


def _pause(call: Call) -> Subscription:
    workflow.pause_subscription(
        subscription=call["subscription"], by=call.user, paused=call.data["is_paused"]
    )
    return call["subscription"]


listing(
    "me/subscriptions",
    SubscriptionShape,
    lambda call: SubscriptionShape.rows(call.user).filter(person=call.user),
    name="list_own_subscriptions",
    summary="The caller's subscriptions.",
    scope=READ,
    tag=TAG,
)
verb(
    "POST",
    "me/subscriptions",
    workflow.subscribe,
    name="add_own_subscription",
    body=body("OwnSubscriptionBody", audience=choice(Audience), **filters()),
    answer=SubscriptionShape,
    run=lambda call: workflow.subscribe(owner=call.user, by=call.user, **call.data),
    status=201,
    scope=WRITE,
    tag=TAG,
    summary="Subscribe the caller to incidents, in the wording for an audience.",
    location=lambda made: f"/api/v1/subscriptions/{made.pk}",
)

# -- subscriptions of others, by administrators -------------------------------------------------------------


class SubscriptionBody(Body):
    """Of a channel; or of a person, in the words for executives."""

    channel = serializers.PrimaryKeyRelatedField(
        queryset=Channel.objects.listed().active(), required=False, allow_null=True
    )
    person = person(required=False, allow_null=True)
    audience = choice(Audience)
    service = filters()["service"]
    severity = filters()["severity"]
    incident_type = filters()["incident_type"]
    incident = filters()["incident"]

    def validate(self, said: dict[str, Any]) -> dict[str, Any]:
        if bool(said.get("channel")) == bool(said.get("person")):
            raise serializers.ValidationError({"channel": "Name a channel or a person."})
        if said.get("person") and said["audience"] != Audience.EXECUTIVES:
            raise serializers.ValidationError(
                {"audience": "People subscribe by themselves, except to updates for executives."}
            )
        return said


def _subscribe(call: Call) -> Subscription:
    require_administrator(call)
    said = dict(call.data)
    owner: User | Channel = said.pop("channel", None) or said["person"]
    said.pop("person", None)
    return workflow.subscribe(owner=owner, by=call.user, **said)


def _of_others(call: Call) -> Any:
    of_nobody = Q(person__isnull=True)
    return SubscriptionShape.rows(call.user).filter(of_nobody | Q(audience=Audience.EXECUTIVES))


listing(
    "subscriptions",
    SubscriptionShape,
    administrators(_of_others),
    name="list_subscriptions",
    summary="Subscriptions of channels, of addresses outside and of executives. Administrators only.",
    scope="admin",
    tag=TAG,
)
verb(
    "POST",
    "subscriptions",
    workflow.subscribe,
    name="add_subscription",
    body=SubscriptionBody,
    answer=SubscriptionShape,
    run=_subscribe,
    status=201,
    scope="admin",
    tag=TAG,
    summary="Subscribe a channel, or an executive. Administrators only.",
    location=lambda made: f"/api/v1/subscriptions/{made.pk}",
)
item(
    "subscriptions/{subscription}",
    SubscriptionShape,
    name="get_subscription",
    summary="One subscription: one's own or, for administrators, another.",
    scope=READ,
    tag=TAG,
)
verb(
    "PUT",
    "subscriptions/{subscription}/pause",
    workflow.pause_subscription,
    body=body("PauseBody", is_paused=serializers.BooleanField()),
    answer=SubscriptionShape,
    run=_pause,
    scope=WRITE,
    tag=TAG,
    summary="Pause a subscription, or resume it.",
)
verb(
    "DELETE",
    "subscriptions/{subscription}",
    workflow.unsubscribe,
    name="remove_subscription",
    scope=WRITE,
    tag=TAG,
    summary="End a subscription.",
)


class OutsideBody(Body):
    email = serializers.EmailField(max_length=254)
    audience = choice([a.value for a in Audience if a != Audience.RESPONDERS])
    service = filters()["service"]
    severity = filters()["severity"]
    incident_type = filters()["incident_type"]
    incident = filters()["incident"]


def _ask_again(call: Call) -> OutsideAddress:
    workflow.resend_confirmation(outside=call["outside"], by=call.user)
    return call["outside"]


listing(
    "outside-addresses",
    OutsideAddressShape,
    administrators(all_of(OutsideAddressShape)),
    name="list_outside_addresses",
    summary="Outside addresses with their subscriptions. Administrators only.",
    scope="admin",
    tag=TAG,
)
item(
    "outside-addresses/{outside}",
    OutsideAddressShape,
    name="get_outside_address",
    summary="One outside address.",
    scope="admin",
    tag=TAG,
)
verb(
    "POST",
    "outside-addresses",
    workflow.invite_outside,
    name="add_outside_address",
    body=OutsideBody,
    answer=OutsideAddressShape,
    status=201,
    scope="admin",
    tag=TAG,
    location=lambda made: f"/api/v1/outside-addresses/{made.pk}",
    summary="Subscribe an outside address. It gets a confirmation mail first. Administrators only.",
)
verb(
    "POST",
    "outside-addresses/{outside}/confirmation-mail",
    workflow.resend_confirmation,
    name="resend_outside_address_confirmation",
    answer=OutsideAddressShape,
    run=_ask_again,
    scope="admin",
    tag=TAG,
    summary="Send the confirmation mail again.",
)
verb(
    "DELETE",
    "outside-addresses/{outside}",
    workflow.remove_outside,
    name="remove_outside_address",
    scope="admin",
    tag=TAG,
    summary="Remove an address outside and its subscriptions.",
)
