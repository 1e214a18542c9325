"""Who is asking: their time zone, and where they come from, for everything below the views."""

from collections.abc import Callable
from datetime import datetime

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from audit import context


class PersonMiddleware:
    """Shows times in the person's zone, notes the address for the audit trail, ends sessions past their limit."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            if self._is_too_old(request):
                logout(request)
                return redirect(settings.LOGIN_URL)
            self._note_activity(request)
            timezone.activate(request.user.zone)
        else:
            timezone.deactivate()
        with context.coming_from(f"web {request.META.get('REMOTE_ADDR', '')}".strip()):
            return self.get_response(request)

    @staticmethod
    def _is_too_old(request: HttpRequest) -> bool:
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
