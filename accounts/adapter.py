"""How allauth behaves here: nobody signs up by themselves, mail leaves with the worker, tries are counted."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.internal import ratelimit
from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from accounts.devices import known_device
from accounts.models import User
from accounts.workflow import set_password
from core.text import in_words
from notifications.workflow import enqueue_mail

ACTION = "login_failed"
PER_ADDRESS, PER_ACCOUNT, PER_ACCOUNT_FROM_ANYWHERE = "10/m/ip", "5/10m/key", "100/h/key"


class SignInRequest(HttpRequest):
    tries: "SignInTries"


class InvitationOnlyAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    @transaction.atomic
    def send_mail(self, template_prefix: str, email: str, context: dict) -> None:
        message = self.render_mail(template_prefix, email, {"email": email, **context})
        enqueue_mail(to=email, subject=message.subject, text=message.body, about="sign-in")

    def get_reset_password_from_key_url(self, key: str) -> str:
        """From the installation's own address: the request's host is the sender's word."""
        uidb36, _, token = key.partition("-")
        return settings.PUBLIC_URL + reverse("account_reset_password_from_key", args=[uidb36, token])

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("profile")

    def get_logout_redirect_url(self, request: HttpRequest) -> str:
        return reverse("account_login")

    def set_password(self, user: User, password: str) -> None:
        request = self.request
        own = request is not None and request.user.is_authenticated and request.user.pk == user.pk
        set_password(by=user, password=password, session_key=request.session.session_key if own else "")

    def pre_authenticate(self, request: SignInRequest, **credentials: Any) -> None:
        """Raise ValidationError where this device or address has failed too often for this account."""
        request.tries = tries = SignInTries(request, credentials.get("email", ""))
        used: list = []
        for rates, key in tries.limits:
            usage = ratelimit.consume(
                request, app="allauth.account", action=ACTION, config={ACTION: rates}, key=key
            )
            if not usage:
                raise self.validation_error("too_many_login_attempts")
            used += usage.usage
        self._login_failed_rl_usage = ratelimit.RateLimitUsage(usage=used)

    def _delete_login_attempts_cached_email(self, request: HttpRequest, **credentials: Any) -> None:
        """A new password by e-mail has proved who it is: the count begins anew."""
        for rates, key in SignInTries(request, credentials.get("email", "")).limits:
            ratelimit.clear(request, app="allauth.account", action=ACTION, config={ACTION: rates}, key=key)


class SignInTries:
    """How often signing in failed lately.

    Counted for an account on one known device, or else for an account from one address, for an address, and for
    an account from anywhere. So nobody can lock others out from elsewhere.
    """

    def __init__(self, request: HttpRequest, email: str):
        account = email.strip().lower()
        if device := known_device(request, account):
            self.limits = [(PER_ACCOUNT, f"{account}:{device}")]
        else:
            self.limits = [
                (f"{PER_ADDRESS},{PER_ACCOUNT}", f"{account}:{ratelimit.get_ip(request)}"),
                (PER_ACCOUNT_FROM_ANYWHERE, account),
            ]
        self._counts = [
            (rate, ratelimit.get_cache_key(request, app="allauth.account", action=ACTION, rate=rate, key=key))
            for rates, key in self.limits
            for rate in ratelimit.get_rates(app="allauth.account", action=ACTION, config={ACTION: rates})
        ]

    def _failures(self) -> Iterator[tuple[ratelimit.Rate, list[float]]]:
        now = timezone.now().timestamp()
        for rate, key in self._counts:
            yield rate, [moment for moment in cache.get(key, []) if moment > now - rate.duration]

    @property
    def left(self) -> int:
        return max(min(rate.amount - len(failures) for rate, failures in self._failures()), 0)

    @property
    def seconds_to_wait(self) -> int:
        """Until the next try is let through; 0 when one is left."""
        now = timezone.now().timestamp()
        waits = [
            failures[-1] + rate.duration - now
            for rate, failures in self._failures()
            if len(failures) >= rate.amount
        ]
        return int(max(waits, default=0)) + 1 if waits else 0

    @property
    def sentence(self) -> str:
        if wait := self.seconds_to_wait:
            return f"Too many tries. Wait {in_words(timedelta(seconds=wait + 59))}, or choose a new password by e-mail."
        tries = "1 try" if self.left == 1 else f"{self.left} tries"
        return f"E-mail and password do not match. {tries} left before a pause."
