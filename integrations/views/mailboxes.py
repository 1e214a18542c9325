"""The mailbox of an integration. For administrators only."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.requests import SignedInRequest
from core.permissions import administrators_only
from core.responses import refused_or
from integrations.forms import MailboxForm
from integrations.mail_addresses import KIND
from integrations.models import Integration
from integrations.workflow import remove_mailbox, set_mailbox

SHOWN = ("host", "port", "security", "user_name", "folder")


@require_http_methods(["GET", "POST"])
@administrators_only
def integration_mailbox(request: SignedInRequest, pk: int) -> HttpResponse:
    subject = get_object_or_404(Integration.objects.by_name().filter(kind=KIND), pk=pk)
    mailbox = subject.mailbox_or_none
    initial = {field: getattr(mailbox, field) for field in SHOWN} if mailbox else None
    form = MailboxForm(request.POST or None, initial=initial, mailbox=mailbox)
    if form.is_valid() and form.submit(
        set_mailbox, by=request.user, integration=subject, **form.cleaned_data
    ):
        messages.success(request, "Saved. The mailbox is read within a minute.")
        return redirect("integration", pk)
    return render(request, "integrations/integration_mailbox.html", {"form": form, "integration": subject})


@require_POST
@administrators_only
def mailbox_removal(request: SignedInRequest, pk: int) -> HttpResponse:
    subject = get_object_or_404(Integration.objects.by_name().filter(kind=KIND), pk=pk)
    done = "The mailbox is not read any more."
    return refused_or(
        request, done, "integration", [pk], remove_mailbox, by=request.user, integration=subject
    )
