"""Settings → Assistants: the switch, where assistants connect, and what they can do."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.models import Installation
from accounts.requests import SignedInRequest
from accounts.workflow import allow_assistants
from assistants import tools  # noqa: F401 - it offers them
from assistants.catalogue import TOOLS
from assistants.entry_point import PATH
from core.permissions import administrators_only


@require_http_methods(["GET", "POST"])
@administrators_only
def assistants(request: SignedInRequest) -> HttpResponse:
    if request.method == "POST":
        allowed = request.POST.get("allowed") == "1"
        allow_assistants(by=request.user, allowed=allowed)
        messages.success(request, f"Assistants are switched {'on' if allowed else 'off'}.")
        return redirect("assistants")
    context = {
        "is_on": Installation.get().assistants,
        "address": f"{settings.PUBLIC_URL}{PATH}",
        "reading": [tool for tool in TOOLS.values() if not tool.writes],
        "writing": [tool for tool in TOOLS.values() if tool.writes],
    }
    return render(request, "settings/assistants.html", context)
