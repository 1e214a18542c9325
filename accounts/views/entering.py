"""Invitations and signing in. Nobody is signed in here yet."""

from allauth.account.views import LoginView
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.forms import ExamplePersonForm, NewcomerForm, SignInForm
from accounts.models import Invitation, User
from accounts.sessions import begin_session
from accounts.workflow import accept_invitation


@login_not_required
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def invitation_answer(request: HttpRequest, token: str) -> HttpResponse:
    invitation = Invitation.objects.with_details().open().of_token(token).first()
    if invitation is None:
        return render(request, "accounts/link_closed.html", {"kind": "invitation"}, status=410)
    form = NewcomerForm(request.POST or None)
    if form.is_valid() and form.submit(accept_invitation, token=token, **form.cleaned_data):
        begin_session(request, form.outcome)
        return redirect("home")
    return render(request, "accounts/invitation_answer.html", {"form": form, "invitation": invitation})


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def demo(request: HttpRequest) -> HttpResponse:
    """One click signs in as one of the example people; exists in demo mode only."""
    if not settings.DEMO:
        raise Http404
    form = ExamplePersonForm(request.POST or None)
    if form.is_valid():
        begin_session(request, form.cleaned_data["person"])
        return redirect("home")
    if request.method == "POST":
        raise Http404
    return render(request, "accounts/demo.html", {"people": User.objects.demo().with_teams()})


class SignInView(LoginView):
    """allauth's, answering 429 with the time to wait where the tries are used up."""

    def form_invalid(self, form: SignInForm) -> HttpResponse:
        response = super().form_invalid(form)
        if form.is_throttled:
            response.status_code = 429
            response["Retry-After"] = str(self.request.tries.seconds_to_wait)
        return response


sign_in = SignInView.as_view()
