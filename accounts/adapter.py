"""How allauth behaves here: nobody signs up by themselves, mail leaves with the worker, tries are counted."""

from datetime import timedelta

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.internal import ratelimit
from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from accounts.workflow import set_password
from config.templatetags.allclear import in_words
from notifications.workflow import enqueue_mail


class SignInRequest(HttpRequest):
    tries: "SignInTries"


class InvitationOnlyAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request) -> bool:
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

    def set_password(self, user, password: str) -> None:
        request = self.request
        own = request is not None and request.user.is_authenticated and request.user.pk == user.pk
        set_password(by=user, password=password, session_key=request.session.session_key if own else "")

    def pre_authenticate(self, request: SignInRequest, **credentials) -> None:
        request.tries = SignInTries(request, self._get_login_attempts_cache_key(request, **credentials))
        super().pre_authenticate(request, **credentials)


class SignInTries:
    """How often signing in failed lately, for this account and from this address."""

    def __init__(self, request: HttpRequest, account: str):
        rates = ratelimit.get_rates(app="allauth.account", action="login_failed")
        self._counts = [
            (
                rate,
                ratelimit.get_cache_key(
                    request, app="allauth.account", action="login_failed", rate=rate, key=account
                ),
            )
            for rate in rates
        ]

    def _failures(self):
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
