"""Subscribing from outside. Forms here change nothing for whoever is signed in; their links carry the right."""

from allauth.core.internal import ratelimit
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from statuspages.forms import SubscriptionForm
from statuspages.views.answers import page_of
from statuspages.workflow import (
    LinkClosed,
    asked_for,
    confirm_subscription,
    end_subscription,
    request_subscription,
)

ATTEMPTS = [ratelimit.Rate(amount=10, duration=600, per="ip")]


def _page(request: HttpRequest, name: str, status: int = 200, **context) -> HttpResponse:
    html = render_to_string(f"statuspages/public/{name}.html", context, request)
    return HttpResponse(html, status=status)


@login_not_required
@never_cache
@csrf_protect
@require_http_methods(["GET", "POST"])
def subscription(request: HttpRequest, slug: str | None = None) -> HttpResponse:
    """Whatever address is given, the answer is the same: a mail is on its way, if the address exists."""
    page = page_of(request, slug)
    form = SubscriptionForm(request.POST or None, page=page)
    if not form.is_valid():
        return _page(request, "subscribe", page=page, form=form, up="", top="./")
    if _too_many(request):
        return _page(request, "subscribe", 429, page=page, form=form, too_many=True, up="", top="./")
    asked = {name: form.cleaned_data[name] for name in ("address", "url", "components")}
    if not form.cleaned_data["website"]:
        request_subscription(page=page, **asked)
    return _page(request, "subscribe", page=page, sent_to=asked["address"], up="", top="./")


def _too_many(request: HttpRequest) -> bool:
    return not ratelimit.consume(request, action="status_page_subscription", config=ATTEMPTS)


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
            return _page(request, "confirm", done=done, **context)
        subscriber, chosen = asked_for(page=page, token=token)
    except LinkClosed:
        return _page(request, "confirm", 410, is_closed=True, **context)
    parts = page.components.in_order().filter(pk__in=chosen)
    return _page(request, "confirm", subscriber=subscriber, parts=parts, **context)


@login_not_required
@never_cache
@csrf_exempt
@require_http_methods(["GET", "POST"])
def unsubscription(request: HttpRequest, token: str, slug: str | None = None) -> HttpResponse:
    """One click, also by the mail program itself (RFC 8058): the address is the right to do it."""
    page = page_of(request, slug)
    context = {"page": page, "up": "../", "top": "../"}
    if request.method == "GET":
        return _page(request, "unsubscribe", **context)
    try:
        end_subscription(page=page, token=token)
    except LinkClosed:
        return _page(request, "unsubscribe", 410, is_closed=True, **context)
    return _page(request, "unsubscribe", is_done=True, **context)
