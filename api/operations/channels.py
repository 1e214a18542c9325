"""Places outside that receive messages, how messages got there, and what to do about those that did not."""

from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import Http404
from rest_framework import serializers

from api.fields import Body, body, choice, named, optional_text, text
from api.operations.administrators import administrators, all_of, require_administrator
from api.parts import number
from api.registry import Call, item, listing, part, verb
from api.shapes.channels import (
    ChannelDeliveryShape,
    ChannelMade,
    ChannelShape,
    DeadEventShape,
    DeliveryShape,
)
from incidents.models import Service
from notifications import workflow
from notifications.addresses import usable_address
from notifications.kinds import CHANNEL_KINDS, DeliveryKind
from notifications.models import BodyFormat, Channel, Delivery

SCOPE, TAG = "admin", "Channels and deliveries"


def uuid_of(raw: str) -> UUID:
    try:
        return UUID(raw)
    except ValueError as error:
        raise Http404 from error


part(
    "channel",
    lambda call, raw: ChannelShape.rows(call.user).get(pk=number(raw)),
    shape=ChannelShape,
    about="The id of a channel.",
    number=True,
)
part(
    "delivery",
    lambda call, raw: DeliveryShape.rows(call.user).get(pk=uuid_of(raw)),
    shape=DeliveryShape,
    about="The id of a message that is being sent.",
)
part(
    "dead_event",
    lambda call, raw: DeadEventShape.rows(call.user).get(pk=uuid_of(raw)),
    shape=DeadEventShape,
    about="The id of an event that could not be processed.",
)

# -- channels -----------------------------------------------------------------------------------------------

ADDRESS = "The https address of a webhook, or what a chat service shows to copy. It is never shown again."


def _usable(kind: str, url: str) -> tuple[str, str]:
    try:
        return usable_address(kind, url)
    except ValidationError as refusal:
        raise ValidationError({"url": refusal.messages}) from refusal


def _add(call: Call) -> dict[str, Any]:
    require_administrator(call)
    kind, url = _usable(call.data["kind"], call.data["url"])
    channel = workflow.add_channel(by=call.user, name=call.data["name"], kind=kind, url=url)
    return {"secret": channel.secret, "channel": channel}


def _change(call: Call) -> Channel:
    require_administrator(call)
    channel, said = call["channel"], {"name": call["channel"].name} | call.data
    if said.get("url"):
        kind, said["url"] = _usable(channel.kind, said["url"])
        if kind != channel.kind:
            raise ValidationError({"url": "This address is of another kind. Add another channel for it."})
    return workflow.change_channel(by=call.user, channel=channel, **said)


def _choose_events(call: Call) -> Channel:
    services = [service.slug for service in call.data.get("services", [])]
    return workflow.choose_events(
        by=call.user, channel=call["channel"], **(call.data | {"services": services})
    )


def _rotate(call: Call) -> dict[str, Any]:
    channel = workflow.rotate_secret(by=call.user, channel=call["channel"])
    return {"secret": channel.secret, "channel": channel}


def _done(does: Any) -> Any:
    def run(call: Call) -> Channel:
        does(by=call.user, channel=call["channel"])
        return call["channel"]

    return run


listing(
    "channels",
    ChannelShape,
    administrators(all_of(ChannelShape)),
    name="list_channels",
    summary="Channels that receive messages. Administrators only.",
    scope=SCOPE,
    tag=TAG,
)
item("channels/{channel}", ChannelShape, name="get_channel", summary="One channel.", scope=SCOPE, tag=TAG)
verb(
    "POST",
    "channels",
    workflow.add_channel,
    body=body(
        "ChannelBody",
        name=text(80),
        kind=choice(CHANNEL_KINDS, default=DeliveryKind.WEBHOOK),
        url=text(1000, help_text=ADDRESS),
    ),
    answer=ChannelMade,
    run=_add,
    status=201,
    scope=SCOPE,
    tag=TAG,
    summary="Add a channel. The secret of a webhook is shown once. Administrators only.",
    location=lambda made: f"/api/v1/channels/{made['channel'].pk}",
)
verb(
    "PATCH",
    "channels/{channel}",
    workflow.change_channel,
    body=body(
        "ChannelChangesBody",
        name=text(80, required=False, allow_blank=False),
        url=optional_text(1000, help_text=ADDRESS),
    ),
    answer=ChannelShape,
    run=_change,
    scope=SCOPE,
    tag=TAG,
    summary="Change the name or address. Fields that are not sent stay.",
)
verb(
    "PUT",
    "channels/{channel}/events",
    workflow.choose_events,
    name="set_channel_events",
    body=body(
        "ChannelEventsBody",
        events=serializers.ListField(
            child=serializers.CharField(max_length=80), max_length=200, help_text="Names of `event-types`."
        ),
        services=named(
            Service.objects.all(),
            many=True,
            required=False,
            help_text="Only incidents that affect one of these.",
        ),
        body_format=choice(BodyFormat, required=False),
    ),
    answer=ChannelShape,
    run=_choose_events,
    scope=SCOPE,
    tag=TAG,
    summary="Choose the events that a webhook gets.",
)
verb(
    "POST",
    "channels/{channel}/secret",
    workflow.rotate_secret,
    name="rotate_channel_secret",
    answer=ChannelMade,
    run=_rotate,
    status=201,
    scope=SCOPE,
    tag=TAG,
    summary="Rotate the secret of a channel. The secret before signs as well for a day.",
)
verb(
    "POST",
    "channels/{channel}/pause",
    workflow.pause_channel,
    answer=ChannelShape,
    run=_done(workflow.pause_channel),
    scope=SCOPE,
    tag=TAG,
    summary="Pause a channel. Messages that are due wait.",
)
verb(
    "POST",
    "channels/{channel}/resumption",
    workflow.resume_channel,
    answer=ChannelShape,
    run=_done(workflow.resume_channel),
    scope=SCOPE,
    tag=TAG,
    summary="Resume sending to a channel.",
)
verb(
    "POST",
    "channels/{channel}/test",
    workflow.try_channel,
    name="test_channel",
    answer=DeliveryShape,
    status=201,
    scope=SCOPE,
    tag=TAG,
    summary="Send a test message to a channel.",
)
verb(
    "DELETE",
    "channels/{channel}",
    workflow.delete_channel,
    name="remove_channel",
    scope=SCOPE,
    tag=TAG,
    summary="Remove a channel with the record of its deliveries.",
)
listing(
    "channels/{channel}/deliveries",
    ChannelDeliveryShape,
    lambda call: ChannelDeliveryShape.rows(call.user).filter(channel=call["channel"]),
    name="list_channel_deliveries",
    summary="What was sent to a channel, newest first.",
    scope=SCOPE,
    tag=TAG,
)

# -- deliveries ---------------------------------------------------------------------------------------------


class DeliveryQuery(Body):
    state = choice(["dead", "overdue"], required=False, help_text="By default those that were given up.")


class DeliveriesResent(serializers.Serializer):
    count = serializers.IntegerField()


def _deliveries(call: Call) -> Any:
    rows = DeliveryShape.rows(call.user)
    return rows.overdue() if call.query.get("state") == "overdue" else rows.dead()


def _drop(call: Call) -> Delivery:
    workflow.drop_delivery(by=call.user, delivery=call["delivery"], **call.data)
    return call["delivery"]


Reason = body("DropBody", reason=text(150, help_text="It is kept with the message."))
listing(
    "deliveries",
    DeliveryShape,
    administrators(_deliveries),
    name="list_deliveries",
    summary="Messages that were given up or are overdue. Administrators only.",
    query=DeliveryQuery,
    scope=SCOPE,
    tag=TAG,
)
item(
    "deliveries/{delivery}", DeliveryShape, name="get_delivery", summary="One message.", scope=SCOPE, tag=TAG
)
verb(
    "POST",
    "deliveries/{delivery}/resending",
    workflow.send_again,
    name="resend_delivery",
    answer=DeliveryShape,
    scope=SCOPE,
    tag=TAG,
    summary="Send a message again from the first attempt, with the same id.",
)
verb(
    "POST",
    "deliveries/{delivery}/drop",
    workflow.drop_delivery,
    body=Reason,
    answer=DeliveryShape,
    run=_drop,
    scope=SCOPE,
    tag=TAG,
    summary="Discard a message. It is not sent, and the reason is kept.",
)
verb(
    "POST",
    "deliveries/resending",
    workflow.send_dead_again,
    name="resend_dead_deliveries",
    answer=DeliveriesResent,
    run=lambda call: {"count": workflow.send_dead_again(by=call.user)},
    scope=SCOPE,
    tag=TAG,
    summary="Send again all messages that were given up, and process failed events again. Answers how many.",
)
listing(
    "dead-events",
    DeadEventShape,
    administrators(all_of(DeadEventShape)),
    name="list_dead_events",
    summary="Events that could not be processed, oldest first. Administrators only.",
    scope=SCOPE,
    tag=TAG,
)
item(
    "dead-events/{dead_event}",
    DeadEventShape,
    name="get_dead_event",
    summary="One event that could not be processed.",
    scope=SCOPE,
    tag=TAG,
)
verb(
    "POST",
    "dead-events/{dead_event}/reading",
    workflow.read_event_again,
    name="retry_dead_event",
    run=lambda call: workflow.read_event_again(by=call.user, message=call["dead_event"]),
    scope=SCOPE,
    tag=TAG,
    summary="Process an event again.",
)
verb(
    "POST",
    "dead-events/{dead_event}/drop",
    workflow.drop_event,
    name="drop_dead_event",
    body=Reason,
    run=lambda call: workflow.drop_event(by=call.user, message=call["dead_event"], **call.data),
    scope=SCOPE,
    tag=TAG,
)
