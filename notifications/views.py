"""Administrators: where messages go, how they got there, and what to do about those that did not."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.permissions import administrators_only
from core.requests import PersonRequest
from core.responses import refused_or
from notifications import mail_server
from notifications.access import hide
from notifications.forms import (
    ChannelEditForm,
    ChannelEventsForm,
    ChannelForm,
    MailServerForm,
    ReasonForm,
    ServiceForm,
)
from notifications.kinds import SERVICES, DeliveryKind
from notifications.models import Channel, Delivery, DeliveryState, Destination, OutboxMessage
from notifications.workflow import (
    add_channel,
    change_channel,
    choose_events,
    delete_channel,
    drop_delivery,
    drop_event,
    pause_channel,
    read_event_again,
    resume_channel,
    rotate_secret,
    send_again,
    send_dead_again,
    send_test_mail,
    set_mail_server,
    try_channel,
)

LAST = 50
READ_AGAIN, SENT_SOON = timedelta(seconds=2), timedelta(seconds=10)
ON_ITS_WAY = "The message is being sent. The answer appears below in a few seconds."


@require_safe
@administrators_only
def channels(request: PersonRequest) -> HttpResponse:
    context = {"channels": Channel.objects.listed().with_news(), "mail": _mail_server()}
    return render(request, "settings/channels.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
@administrators_only
def channel_new(request: PersonRequest) -> HttpResponse:
    """Answers a new webhook with its secret: it is shown here and now, and never again."""
    service = SERVICES.get(request.GET.get("service", ""))
    if service:
        form: ServiceForm | ChannelForm = ServiceForm(request.POST or None, service=service)
    else:
        form = ChannelForm(request.POST or None, initial={"kind": DeliveryKind.WEBHOOK})
    if form.is_valid() and form.submit(add_channel, by=request.user, **form.channel):
        if form.outcome.kind == DeliveryKind.WEBHOOK:
            return render(request, "settings/channel_secret.html", {"channel": form.outcome})
        messages.success(request, f"{form.outcome} is added. Send a test message to check it.")
        return redirect("channel", form.outcome.pk)
    return render(
        request, "settings/channel_new.html", {"form": form, "service": service, "services": SERVICES}
    )


@require_safe
@administrators_only
def channel(request: PersonRequest, pk: int) -> HttpResponse:
    subject = get_object_or_404(Channel.objects.with_news(), pk=pk)
    latest = hide(Delivery.objects.of_channel(subject)[:LAST], viewer=request.user)
    context = {"channel": subject, "deliveries": latest, "again_at": _again_at(latest)}
    return render(request, "settings/channel.html", context)


@require_http_methods(["GET", "POST"])
@administrators_only
def channel_address(request: PersonRequest, pk: int) -> HttpResponse:
    subject = get_object_or_404(Channel, pk=pk)
    form = ChannelEditForm(request.POST or None, channel=subject, initial={"name": subject.name})
    if form.is_valid() and form.submit(change_channel, by=request.user, channel=subject, **form.cleaned_data):
        messages.success(request, "Saved.")
        return redirect("channel", pk)
    context = {"form": form, "channel": subject}
    return render(request, "settings/channel_address.html", context)


@require_http_methods(["GET", "POST"])
@administrators_only
def channel_events(request: PersonRequest, pk: int) -> HttpResponse:
    """Which events of the catalogue a webhook gets as they happen."""
    subject = get_object_or_404(Channel.objects.filter(kind=DeliveryKind.WEBHOOK), pk=pk)
    initial = {
        "events": subject.events,
        "services": " ".join(subject.services),
        "body_format": subject.body_format,
    }
    form = ChannelEventsForm(request.POST or None, initial=initial)
    if form.is_valid() and form.submit(choose_events, by=request.user, channel=subject, **form.cleaned_data):
        messages.success(request, "Saved.")
        return redirect("channel", pk)
    return render(request, "settings/channel_events.html", {"form": form, "channel": subject})


@never_cache
@require_POST
@administrators_only
def channel_secret(request: PersonRequest, pk: int) -> HttpResponse:
    """Answers with the new secret itself, for the only time."""
    subject = get_object_or_404(Channel.objects.filter(kind=DeliveryKind.WEBHOOK), pk=pk)
    rotated = rotate_secret(by=request.user, channel=subject)
    return render(request, "settings/channel_secret.html", {"channel": rotated, "is_new": True})


@require_POST
@administrators_only
def channel_pause(request: PersonRequest, pk: int) -> HttpResponse:
    return _click(request, pk, "Paused. Messages wait until you resume it.", pause_channel)


@require_POST
@administrators_only
def channel_resumption(request: PersonRequest, pk: int) -> HttpResponse:
    return _click(request, pk, "Resumed. Waiting messages are being sent.", resume_channel)


@require_POST
@administrators_only
def channel_test(request: PersonRequest, pk: int) -> HttpResponse:
    return _click(request, pk, ON_ITS_WAY, try_channel)


@require_http_methods(["GET", "POST"])
@administrators_only
def channel_deletion(request: PersonRequest, pk: int) -> HttpResponse:
    subject = get_object_or_404(Channel.objects.with_news(), pk=pk)
    if request.method == "POST":
        delete_channel(by=request.user, channel=subject)
        messages.success(request, f"{subject} is deleted.")
        return redirect("channels")
    return render(request, "settings/channel_deletion.html", {"channel": subject})


@require_http_methods(["GET", "POST"])
@administrators_only
def mail(request: PersonRequest) -> HttpResponse:
    server = mail_server.saved()
    initial = vars(server) | {"password": ""} if server else None
    form = MailServerForm(request.POST or None, initial=initial)
    if form.is_valid() and form.submit(set_mail_server, by=request.user, **form.cleaned_data):
        messages.success(request, "The mail server is saved. Send a test e-mail to check it.")
        return redirect("mail_channel")
    own = Delivery.objects.filter(kind=DeliveryKind.MAIL).order_by("-created_at")[:LAST]
    latest = hide(own, viewer=request.user)
    context = {"form": form, "mail": _mail_server(), "deliveries": latest, "again_at": _again_at(latest)}
    return render(request, "settings/mail.html", context)


def _again_at(latest: Iterable[Delivery]) -> datetime | None:
    """When the page reads them again by itself: soon, while one is being sent."""
    now = timezone.now()
    is_sending = any(d.state == DeliveryState.WAITING and d.try_at <= now + SENT_SOON for d in latest)
    return now + READ_AGAIN if is_sending else None


@require_POST
@administrators_only
def mail_test(request: PersonRequest) -> HttpResponse:
    send_test_mail(by=request.user)
    words = "is being sent" if mail_server.sends_mail() else "is saved to a file, as no mail server is set up"
    messages.success(request, f"A test e-mail to {request.user.email} {words}. See the list below.")
    return redirect("mail_channel")


@require_safe
@administrators_only
def deliveries(request: PersonRequest) -> HttpResponse:
    dead, waiting = Delivery.objects.dead(), Delivery.objects.overdue()
    context = {
        "dead": hide(dead.select_related("channel").order_by("-answered_at")[:LAST], viewer=request.user),
        "dead_count": dead.count(),
        "waiting": hide(waiting.select_related("channel").order_by("due_at")[:LAST], viewer=request.user),
        "waiting_count": waiting.count(),
        "events": OutboxMessage.objects.dead()[:LAST],
        "troubled": Destination.objects.in_trouble(),
    }
    return render(request, "settings/deliveries.html", context)


@require_POST
@administrators_only
def dead_again(request: PersonRequest) -> HttpResponse:
    count = send_dead_again(by=request.user)
    messages.success(
        request, "1 message is being sent again." if count == 1 else f"{count} are being sent again."
    )
    return redirect("deliveries")


@require_POST
@administrators_only
def delivery_again(request: PersonRequest, pk: Any) -> HttpResponse:
    """Back to the channel it belongs to, where its answer will show; else to the list of all."""
    delivery = get_object_or_404(Delivery, pk=pk)
    to, args = ("channel", [delivery.channel_id]) if delivery.channel_id else ("deliveries", [])
    return refused_or(
        request,
        "It is being sent again, with the same ID.",
        to,
        args,
        send_again,
        by=request.user,
        delivery=delivery,
    )


@require_http_methods(["GET", "POST"])
@administrators_only
def delivery_drop(request: PersonRequest, pk: Any) -> HttpResponse:
    delivery = get_object_or_404(Delivery.objects.needing_a_look(), pk=pk)
    form = ReasonForm(request.POST or None)
    if form.is_valid() and form.submit(
        drop_delivery, by=request.user, delivery=delivery, **form.cleaned_data
    ):
        messages.success(request, "Discarded. It will not be sent.")
        return redirect("deliveries")
    hide([delivery], viewer=request.user)
    return render(request, "settings/drop.html", {"form": form, "delivery": delivery})


@require_POST
@administrators_only
def event_again(request: PersonRequest, pk: Any) -> HttpResponse:
    message = get_object_or_404(OutboxMessage.objects.dead(), pk=pk)
    return refused_or(
        request, "It is read again.", "deliveries", [], read_event_again, by=request.user, message=message
    )


@require_http_methods(["GET", "POST"])
@administrators_only
def event_drop(request: PersonRequest, pk: Any) -> HttpResponse:
    message = get_object_or_404(OutboxMessage.objects.dead(), pk=pk)
    form = ReasonForm(request.POST or None)
    if form.is_valid() and form.submit(drop_event, by=request.user, message=message, **form.cleaned_data):
        messages.success(request, "Discarded. Nobody is notified of it.")
        return redirect("deliveries")
    return render(request, "settings/drop.html", {"form": form, "event": message})


def _click(request: PersonRequest, pk: int, done: str, verb: Any) -> HttpResponse:
    subject = get_object_or_404(Channel, pk=pk)
    return refused_or(request, done, "channel", [pk], verb, by=request.user, channel=subject)


def _mail_server() -> dict:
    return {
        "host": mail_server.host(),
        "sender": mail_server.sender(),
        "is_from_environment": mail_server.is_from_environment(),
        "trouble": Destination.objects.in_trouble().filter(key="mail").first(),
        "last": Delivery.objects.filter(kind=DeliveryKind.MAIL).exclude(answered_at=None).order_by("-answered_at").first(),
    }  # fmt: skip
