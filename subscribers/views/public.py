"""Pages without a sign-in: say yes, unsubscribe. None says whether an address is known here."""

from allauth.core.internal import ratelimit
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from subscribers.links import read_confirmation, read_unsubscription
from subscribers.workflow import confirm_outside, unsubscribe_by_link

RATES = {"subscription_link": "60/m/ip"}


def _is_too_often(request: HttpRequest) -> bool:
    """Opening counts, too: nobody tries out links here."""
    return not ratelimit.consume(
        request, app="subscribers", action="subscription_link", config=RATES, limit_get=True
    )


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def confirmation(request: HttpRequest, token: str) -> HttpResponse:
    """Asks once more: programs that look into mails open every link."""
    if _is_too_often(request):
        return render(request, "429.html", status=429)
    if read_confirmation(token) is None:
        return _ended(request)
    if request.method == "POST":
        try:
            confirm_outside(token=token)
        except LookupError:
            return _ended(request)
        return render(request, "subscribers/answer.html", {"what": "confirmed"})
    return render(request, "subscribers/confirmation.html")


@csrf_exempt  # a mail program sends it, without a page of ours (RFC 8058); the signed token is the permission
@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def unsubscription(request: HttpRequest, token: str) -> HttpResponse:
    if _is_too_often(request):
        return render(request, "429.html", status=429)
    named = read_unsubscription(token)
    if named is None:
        return _ended(request)
    if request.method == "POST":
        unsubscribe_by_link(token=token)
        return render(request, "subscribers/answer.html", {"what": "unsubscribed"})
    return render(request, "subscribers/unsubscription.html", {"is_person": "person" in named})


def _ended(request: HttpRequest) -> HttpResponse:
    return render(request, "subscribers/answer.html", {"what": "ended"}, status=410)
