"""Settings → API tokens: one's own and, for administrators, service accounts with theirs."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import ApiToken, User, service_accounts_with_tokens
from accounts.requests import SignedInRequest
from accounts.token_forms import ME, RotationForm, ServiceAccountForm, TokenForm
from accounts.workflow import (
    activate_service_account,
    add_service_account,
    change_service_account,
    create_token,
    deactivate_service_account,
    revoke_token,
    rotate_token,
)
from core.permissions import administrators_only
from core.responses import refused_or

LAST_ENDED = 20
"""How many revoked or expired tokens are listed."""


def _accounts(person: User) -> list[User]:
    """What only administrators see: service accounts with the tokens that have not ended."""
    return list(service_accounts_with_tokens()) if person.is_administrator else []


def _page(request: SignedInRequest, form: TokenForm, accounts: list[User], **made: Any) -> HttpResponse:
    """The page; `made` is a token that was just created, with its text."""
    reachable = ApiToken.objects.within_reach_of(request.user)
    context = {
        "form": form,
        "own": reachable.lasting().filter(owner=request.user).listed(),
        "accounts": accounts,
        "ended": reachable.ended()[:LAST_ENDED],
        "token_count": reachable.lasting().count(),
        **made,
    }
    return render(request, "settings/tokens.html", context)


def _form(request: SignedInRequest, accounts: list[User], data: Any = None) -> TokenForm:
    usable = [account for account in accounts if account.is_active]
    asked = request.GET.get("account", "")
    initial = {"owner": asked if any(str(a.pk) == asked for a in usable) else ME, "days": "90"}
    return TokenForm(data, initial=initial, person=request.user, accounts=usable)


@never_cache
@require_http_methods(["GET", "POST"])
def tokens(request: SignedInRequest) -> HttpResponse:
    """Answers a new token with its text: it is shown here and now, and never again."""
    accounts = _accounts(request.user)
    form = _form(request, accounts, request.POST or None)
    if form.is_valid() and form.submit(create_token, by=request.user, **form.token):
        token, text = form.outcome
        accounts = _accounts(request.user)
        return _page(request, _form(request, accounts), accounts, made=token, text=text)
    return _page(request, form, accounts)


def _token(request: SignedInRequest, pk: int) -> ApiToken:
    return get_object_or_404(ApiToken.objects.within_reach_of(request.user).select_related("owner"), pk=pk)


@never_cache
@require_http_methods(["GET", "POST"])
def token_rotation(request: SignedInRequest, pk: int) -> HttpResponse:
    """Asks what becomes of the old token; answers with the text of the new one, for the only time."""
    token = _token(request, pk)
    form = RotationForm(request.POST or None)
    if form.is_valid():
        at_once = form.cleaned_data["ends"] == "now"
        if form.submit(rotate_token, by=request.user, token=token, at_once=at_once):
            new, text = form.outcome
            accounts = _accounts(request.user)
            return _page(
                request,
                _form(request, accounts),
                accounts,
                made=new,
                text=text,
                rotated=True,
                at_once=at_once,
            )
    return render(request, "settings/token_rotation.html", {"form": form, "token": token})


@require_http_methods(["GET", "POST"])
def token_revocation(request: SignedInRequest, pk: int) -> HttpResponse:
    token = _token(request, pk)
    if request.method == "GET":
        return render(request, "settings/token_revocation.html", {"token": token})
    done = f"“{token}” is revoked. It opens nothing any more."
    return refused_or(request, done, "tokens", [], revoke_token, by=request.user, token=token)


@require_http_methods(["GET", "POST"])
@administrators_only
def service_account_new(request: SignedInRequest) -> HttpResponse:
    form = ServiceAccountForm(request.POST or None)
    if form.is_valid() and form.submit(add_service_account, by=request.user, **form.cleaned_data):
        messages.success(request, f"{form.outcome} is added. Create a token for it now.")
        return redirect(reverse("tokens", query={"account": form.outcome.pk}, fragment="new-token"))
    return render(request, "settings/service_account.html", {"form": form})


@require_http_methods(["GET", "POST"])
@administrators_only
def service_account(request: SignedInRequest, pk: int) -> HttpResponse:
    account = get_object_or_404(User.objects.service_accounts(), pk=pk)
    initial = {"name": account.name, "installation_role": account.installation_role}
    form = ServiceAccountForm(request.POST or None, initial=initial)
    if form.is_valid() and form.submit(
        change_service_account, by=request.user, account=account, **form.cleaned_data
    ):
        messages.success(request, "Saved.")
        return redirect("tokens")
    return render(request, "settings/service_account.html", {"form": form, "account": account})


@require_POST
@administrators_only
def service_account_deactivation(request: SignedInRequest, pk: int) -> HttpResponse:
    account = get_object_or_404(User.objects.service_accounts(), pk=pk)
    done = f"{account} is deactivated. Its tokens open nothing any more."
    return refused_or(
        request, done, "tokens", [], deactivate_service_account, by=request.user, account=account
    )


@require_POST
@administrators_only
def service_account_activation(request: SignedInRequest, pk: int) -> HttpResponse:
    account = get_object_or_404(User.objects.service_accounts(), pk=pk)
    done = f"{account} is active. Its tokens work again."
    return refused_or(request, done, "tokens", [], activate_service_account, by=request.user, account=account)
