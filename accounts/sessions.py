"""Where a person is signed in. Rows are allauth's; ending one deletes the Django session as well."""

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import login
from django.contrib.sessions.models import Session
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from accounts.models import User


def begin_session(request: HttpRequest, person: User) -> None:
    """Sign somebody in who did not come through the sign-in page."""
    login(request, person)
    request.session.set_expiry(settings.SESSION_COOKIE_AGE)
    UserSession.objects.create_from_request(request)


def sessions_of(person: User) -> QuerySet[UserSession]:
    """The sessions that still sign somebody in, latest activity first."""
    alive = Session.objects.filter(session_key=OuterRef("session_key"), expire_date__gt=timezone.now())
    return UserSession.objects.filter(Exists(alive), user=person).order_by("-last_seen_at")


def end_sessions(person: User, *, except_key: str = "") -> int:
    """How many ended."""
    ending = list(UserSession.objects.filter(user=person).exclude(session_key=except_key))
    Session.objects.filter(session_key__in=[s.session_key for s in ending]).delete()
    UserSession.objects.filter(pk__in=[s.pk for s in ending]).delete()
    return len(ending)
