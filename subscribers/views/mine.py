"""What one person is notified of, and how; following an incident or a service."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.requests import SignedInRequest
from incidents.models import Service
from incidents.views.common import click, load
from subscribers.forms import PreferencesForm, SubscriptionForm
from subscribers.models import NotificationPreference, ReportEvery, Subscription
from subscribers.workflow import (
    choose_notifications,
    follow,
    pause_subscription,
    subscribe,
    unfollow,
    unsubscribe,
)


@require_http_methods(["GET", "POST"])
def my_notifications(request: SignedInRequest) -> HttpResponse:
    wish = NotificationPreference.of(request.user)
    form = PreferencesForm(request.POST or None, wish=wish)
    if form.is_valid() and form.submit(choose_notifications, by=request.user, **form.cleaned_data):
        messages.success(request, "Saved.")
        return redirect("my_notifications")
    return _page(request, form, SubscriptionForm(person=request.user), wish)


@require_http_methods(["GET", "POST"])
def my_subscriptions(request: SignedInRequest) -> HttpResponse:
    wish = NotificationPreference.of(request.user)
    form = SubscriptionForm(request.POST or None, person=request.user)
    if form.is_valid() and form.submit(subscribe, owner=request.user, by=request.user, **form.cleaned_data):
        messages.success(request, f"Subscribed: {form.outcome.about}.")
        return redirect("my_notifications")
    return _page(request, PreferencesForm(wish=wish), form, wish)


@require_POST
def my_subscription(request: SignedInRequest, pk: int) -> HttpResponse:
    """Pause, resume or end one's own."""
    found = get_object_or_404(Subscription.objects.of(request.user).with_filters(), pk=pk)
    if "paused" in request.POST:
        pause_subscription(subscription=found, by=request.user, paused=request.POST["paused"] == "yes")
    else:
        unsubscribe(subscription=found, by=request.user)
    return redirect("my_notifications")


@require_POST
def incident_following(request: SignedInRequest, reference: str) -> HttpResponse:
    incident = load(request, reference)
    verb = unfollow if request.POST.get("follow") == "no" else follow
    return click(request, incident, verb, incident=incident, by=request.user)


@require_POST
def service_following(request: SignedInRequest, pk: int) -> HttpResponse:
    service = get_object_or_404(Service, pk=pk)
    verb = unfollow if request.POST.get("follow") == "no" else follow
    verb(service=service, by=request.user)
    return redirect("catalogue_list", "services")


def _page(
    request: SignedInRequest,
    form: PreferencesForm,
    subscription_form: SubscriptionForm,
    wish: NotificationPreference,
) -> HttpResponse:
    own = Subscription.objects.of(request.user).within_reach(request.user).with_filters()
    context = {
        "form": form,
        "subscription_form": subscription_form,
        "subscriptions": own,
        "wish": wish,
        "is_usual": wish.pk is None,
        "reports": request.user.report_wishes.all(),
        "report_choices": ReportEvery.choices,
    }
    return render(request, "settings/my_notifications.html", context)
