"""What everybody sets about themselves, and the page that leads to all settings."""

from allauth.account import views as allauth
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.forms import ProfileForm
from accounts.requests import SignedInRequest
from accounts.sessions import sessions_of
from accounts.workflow import edit_profile, end_other_sessions, end_session
from core.responses import refused_or


@require_safe
def settings_home(request: SignedInRequest) -> HttpResponse:
    return render(request, "settings/settings_home.html")


@require_http_methods(["GET", "POST"])
def profile(request: SignedInRequest) -> HttpResponse:
    me = request.user
    initial = {
        "name": me.name,
        "time_zone": me.zone.key,
        "theme": me.theme,
        "keys_enabled": me.keys_enabled,
    }
    form = ProfileForm(request.POST or None, initial=initial)
    if form.is_valid() and form.submit(edit_profile, by=me, **form.cleaned_data):
        messages.success(request, "Saved.")
        return redirect("profile")
    return render(request, "settings/profile.html", {"form": form, "sessions": sessions_of(me)})


@require_POST
def session_revocation(request: SignedInRequest, pk: int) -> HttpResponse:
    session = get_object_or_404(UserSession, pk=pk, user=request.user)
    return refused_or(
        request, "That session has ended.", "profile", [], end_session, by=request.user, session=session
    )


@require_POST
def other_sessions_revocation(request: SignedInRequest) -> HttpResponse:
    end_other_sessions(by=request.user, session_key=request.session.session_key or "")
    messages.success(request, "You are signed in only here.")
    return redirect("profile")


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def password_change(request: SignedInRequest) -> HttpResponse:
    """allauth's page. Who has no password (an example person) has none to change."""
    if not request.user.has_usable_password():
        raise Http404
    return allauth.password_change(request)
