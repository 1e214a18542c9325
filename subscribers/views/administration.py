"""Administrators: which addresses outside, channels and executives hear of what."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from accounts.requests import SignedInRequest
from core.permissions import administrators_only
from core.responses import refused_or
from incidents.models import Audience
from notifications.models import Channel
from subscribers.forms import ChannelForm, FilterForm, OutsideForm, PersonForm
from subscribers.models import OutsideAddress, Subscription
from subscribers.workflow import (
    invite_outside,
    remove_outside,
    resend_confirmation,
    subscribe,
    unsubscribe,
)


def _add_outside(*, by: User, **given: Any) -> str:
    outside = invite_outside(by=by, **given)
    return f"{outside} is subscribed." if outside.confirmed_at else f"{outside} gets a confirmation e-mail."


def _add_channel(*, by: User, channel: Channel, **given: Any) -> str:
    return f"{channel} is subscribed: {subscribe(owner=channel, by=by, **given).about}."


def _add_executive(*, by: User, person: User, **given: Any) -> str:
    subscribe(owner=person, by=by, audience=Audience.EXECUTIVES, **given)
    return f"{person} gets the updates for executives."


KINDS: dict[str, tuple[str, type[FilterForm], Callable[..., str]]] = {
    "addresses": ("Subscribe an address outside", OutsideForm, _add_outside),
    "channels": ("Send incidents to a channel", ChannelForm, _add_channel),
    "executives": ("Give somebody the executives’ updates", PersonForm, _add_executive),
}


@require_safe
@administrators_only
def subscriptions(request: SignedInRequest) -> HttpResponse:
    reachable = Subscription.objects.within_reach(request.user).with_filters()
    context = {
        "addresses": OutsideAddress.objects.with_subscriptions(),
        "channels": reachable.of_channels(),
        "executives": reachable.of_others(Audience.EXECUTIVES).order_by("person__name", "pk"),
        "has_channels": Channel.objects.listed().active().exists(),
    }
    return render(request, "settings/subscriptions.html", context)


@require_http_methods(["GET", "POST"])
@administrators_only
def subscription_new(request: SignedInRequest, kind: str) -> HttpResponse:
    title, form_class, add = KINDS[kind]
    form = form_class(request.POST or None)
    if form.is_valid() and form.submit(add, by=request.user, **form.cleaned_data):
        messages.success(request, form.outcome)
        return redirect("subscriptions")
    return render(request, "settings/subscription_new.html", {"form": form, "title": title, "kind": kind})


@require_POST
@administrators_only
def subscription_end(request: SignedInRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Subscription.objects.within_reach(request.user).with_filters(), pk=pk)
    return refused_or(
        request, f"{found} ended.", "subscriptions", [], unsubscribe, by=request.user, subscription=found
    )


@require_POST
@administrators_only
def outside_question(request: SignedInRequest, pk: int) -> HttpResponse:
    outside = get_object_or_404(OutsideAddress, pk=pk)
    return refused_or(
        request,
        f"{outside} gets a new confirmation e-mail.",
        "subscriptions",
        [],
        resend_confirmation,
        by=request.user,
        outside=outside,
    )


@require_POST
@administrators_only
def outside_removal(request: SignedInRequest, pk: int) -> HttpResponse:
    outside = get_object_or_404(OutsideAddress, pk=pk)
    return refused_or(
        request,
        f"{outside} is removed.",
        "subscriptions",
        [],
        remove_outside,
        by=request.user,
        outside=outside,
    )
