"""The first start in two steps, and the System check of a running installation."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from accounts.forms import FirstAdministratorForm, OrganisationForm
from accounts.models import Installation, SetupLink, User
from accounts.requests import SignedInRequest
from accounts.sessions import begin_session
from accounts.workflow import create_first_administrator, describe_organisation
from core.permissions import administrators_only
from incidents.models import Severity
from shell.health import system_check


@login_not_required
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def setup(request: HttpRequest, token: str) -> HttpResponse:
    """First step: whoever holds the link from the terminal becomes administrator."""
    if not SetupLink.objects.open().of_token(token).exists() or User.objects.administrators().exists():
        return render(request, "accounts/link_closed.html", {"kind": "setup"}, status=410)
    form = FirstAdministratorForm(request.POST or None)
    if form.is_valid() and form.submit(create_first_administrator, token=token, **form.cleaned_data):
        begin_session(request, form.outcome)
        return redirect("setup_organisation")
    return render(request, "accounts/setup.html", {"form": form, "step": 1, "checks": system_check()})


@require_http_methods(["GET", "POST"])
@administrators_only
def setup_organisation(request: SignedInRequest) -> HttpResponse:
    """Second step; good defaults are filled in, so leaving here loses nothing."""
    installation = Installation.get()
    initial = {
        "name": installation.name if installation.name != "Allclear" else "",
        "time_zone": installation.time_zone if installation.time_zone != "UTC" else request.user.time_zone,
        "duty_contact": installation.duty_contact,
    }
    form = OrganisationForm(request.POST or None, initial=initial)
    if form.is_valid() and form.submit(describe_organisation, by=request.user, **form.cleaned_data):
        messages.success(request, "Allclear is ready. This list helps you to set up the rest.")
        return redirect("home")
    context = {
        "form": form,
        "step": 2,
        "checks": system_check(),
        "severities": Severity.objects.with_cadences(),
    }
    return render(request, "accounts/setup.html", context)


@require_safe
@administrators_only
def system(request: SignedInRequest) -> HttpResponse:
    return render(request, "settings/system.html", {"checks": system_check()})
