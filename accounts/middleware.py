"""Who is asking: their time zone, and where they come from, for everything below the views."""

from collections.abc import Callable
from datetime import datetime
from urllib.parse import urlsplit

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import SESSION_KEY, logout
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from accounts.devices import remember_device
from audit import context


class SignInMiddleware(LoginRequiredMiddleware):
    """Sends whoever is not signed in to sign in; nothing typed may be lost to a session that ended meanwhile.

    A part of a page is answered 401, so that the sign-in page never takes the place of a half-written form.
    What was sent by a form leads back to the form's page, because its own address may only take what is sent.
    """

    def handle_no_permission(  # type: ignore[override]  # the stubs know only of redirects
        self, request: HttpRequest, view_func: Callable
    ) -> HttpResponse:
        if request.headers.get("HX-Request"):
            return HttpResponse(status=401)
        if request.method in ("GET", "HEAD"):
            return super().handle_no_permission(request, view_func)
        page = request.headers.get("Referer", "")
        if not url_has_allowed_host_and_scheme(page, {request.get_host()}, require_https=request.is_secure()):
            page = "/"
        path = urlsplit(page)._replace(scheme="", netloc="", fragment="").geturl()
        return redirect_to_login(path, resolve_url(self.get_login_url(view_func)))


class PersonMiddleware:
    """Shows times in the person's zone, notes the address for the audit trail, ends sessions past their limit."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        was_signed_in = request.user.is_authenticated
        if was_signed_in and self.is_too_old(request):
            logout(request)
        if request.user.is_authenticated:
            self._note_activity(request)
            timezone.activate(request.user.zone)
        else:
            timezone.deactivate()
        with context.coming_from(f"web {request.META.get('REMOTE_ADDR', '')}".strip()):
            response = self.get_response(request)
        has_signed_in = (
            not was_signed_in and request.user.is_authenticated
        )  # or sent a token, which needs no cookie
        if has_signed_in and SESSION_KEY in request.session:
            remember_device(request, response)
        if was_signed_in and not request.user.is_authenticated and request.is_secure():
            response["Clear-Site-Data"] = '"storage"'  # drafts; browsers heed it over HTTPS only
        return response

    @staticmethod
    def is_too_old(request: HttpRequest) -> bool:
        now = timezone.now()
        began = request.session.get("began_at")
        if began is None:
            request.session["began_at"] = request.session["seen_at"] = now.isoformat()
            return False
        return now - datetime.fromisoformat(began) > settings.SESSION_ABSOLUTE_AGE

    @staticmethod
    def _note_activity(request: HttpRequest) -> None:
        """Every few minutes, not on every request: saving the session also moves its idle limit on."""
        now = timezone.now()
        if (
            now - datetime.fromisoformat(request.session.get("seen_at", request.session["began_at"]))
            > settings.SESSION_ACTIVITY_EVERY
        ):
            request.session["seen_at"] = now.isoformat()
            UserSession.objects.create_from_request(request)
