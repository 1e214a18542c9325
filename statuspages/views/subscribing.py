"""Subscribing from outside. Forms here change nothing for whoever is signed in; their links carry the right."""

from typing import Any
from urllib.parse import urlsplit

from allauth.core.internal import ratelimit
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect, requires_csrf_token
from django.views.decorators.http import require_http_methods

from notifications import mail_server
from statuspages.forms import SubscriptionForm
from statuspages.languages import speaking
from statuspages.views.responses import page_of
from statuspages.workflow import (
    LinkClosed,
    asked_for,
    confirm_endpoint,
    confirm_subscription,
    end_subscription,
    request_subscription,
    request_webhook,
)

ATTEMPTS = {"subscribe": "10/10m/ip", "subscribe_address": "5/1h/key"}


def _page(request: HttpRequest, name: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    with speaking(context["page"]):
        html = render_to_string(f"statuspages/public/{name}.html", context, request)
    return HttpResponse(html, status=status)


@login_not_required
@never_cache
@csrf_protect
@require_http_methods(["GET", "POST"])
def subscription(request: HttpRequest, slug: str | None = None) -> HttpResponse:
    """Whatever address is given, the answer is the same: a mail is on its way, if the address exists.

    Where no e-mail is sent, a webhook is asked to confirm itself.
    """
    page, sends_mail = page_of(request, slug), mail_server.sends_mail()
    form = SubscriptionForm(request.POST or None, page=page, sends_mail=sends_mail)
    context = {"page": page, "form": form, "sends_mail": sends_mail, "up": "", "top": "./"}
    if not form.is_valid():
        return _page(request, "subscribe", context)
    if _too_many(request):
        return _page(request, "subscribe", context | {"too_many": True}, 429)
    asked = {
        name: form.cleaned_data[name] for name in ("address", "url", "components") if name in form.fields
    }
    whom = asked["address"] if sends_mail else urlsplit(asked["url"]).hostname or ""
    if not form.cleaned_data["website"] and _may_be_written_to(request, whom):
        (request_subscription if sends_mail else request_webhook)(page=page, **asked)
    told = {"sent_to": asked["address"]} if sends_mail else {"sent_url": asked["url"]}
    return _page(request, "subscribe", context | told)


@never_cache
@requires_csrf_token
def subscription_too_old(request: HttpRequest, slug: str | None = None) -> HttpResponse:
    """The form once more, with what was typed: its token has expired, or the browser keeps no cookies."""
    page, sends_mail = page_of(request, slug), mail_server.sends_mail()
    form = SubscriptionForm(request.POST, page=page, sends_mail=sends_mail)
    context = {"page": page, "form": form, "sends_mail": sends_mail, "up": "", "top": "./"}
    return _page(request, "subscribe", context | {"is_too_old": True}, 403)


def _too_many(request: HttpRequest) -> bool:
    return not ratelimit.consume(request, app="statuspages", action="subscribe", config=ATTEMPTS)


def _may_be_written_to(request: HttpRequest, address: str) -> bool:
    """Few messages to one address or host, whichever page is asked and from wherever; nobody learns that there were others."""
    action = "subscribe_address"
    return bool(
        ratelimit.consume(request, app="statuspages", action=action, config=ATTEMPTS, key=address.lower())
    )


@login_not_required
@never_cache
@csrf_exempt
@require_http_methods(["GET", "POST"])
def confirmation(request: HttpRequest, token: str, slug: str | None = None) -> HttpResponse:
    """Looking at the link changes nothing, as mail programs look at links, too."""
    page = page_of(request, slug)
    context = {"page": page, "up": "../", "top": "../"}
    try:
        if request.method == "POST":
            done = confirm_subscription(page=page, token=token)
            return _page(request, "confirm", context | {"done": done})
        subscriber, chosen = asked_for(page=page, token=token)
    except LinkClosed:
        return _page(request, "confirm", context | {"is_closed": True}, 410)
    parts = page.components.in_order().filter(pk__in=chosen)
    return _page(request, "confirm", context | {"subscriber": subscriber, "parts": parts})


@login_not_required
@never_cache
@csrf_exempt
@require_http_methods(["GET", "POST"])
def endpoint_confirmation(request: HttpRequest, token: str, slug: str | None = None) -> HttpResponse:
    """Requested by the endpoint of a webhook; only that was sent the address, so that looking at it is enough."""
    page = page_of(request, slug)
    context = {"page": page, "up": "../../", "top": "../../"}
    try:
        subscriber = confirm_endpoint(page=page, token=token)
    except LinkClosed:
        return _page(request, "confirm", context | {"is_closed": True}, 410)
    return _page(request, "confirm", context | {"endpoint": subscriber})


@login_not_required
@never_cache
@csrf_exempt
@require_http_methods(["GET", "POST"])
def unsubscription(request: HttpRequest, token: str, slug: str | None = None) -> HttpResponse:
    """One click, also by the mail program itself (RFC 8058): the address is the right to do it."""
    page = page_of(request, slug)
    context = {"page": page, "up": "../", "top": "../"}
    if request.method == "GET":
        return _page(request, "unsubscribe", context)
    try:
        end_subscription(page=page, token=token)
    except LinkClosed:
        return _page(request, "unsubscribe", context | {"is_closed": True}, 410)
    return _page(request, "unsubscribe", context | {"is_done": True})
