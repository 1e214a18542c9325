"""What was changed in the installation, newest first. An incident shows its own chain on its own page."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from audit.models import AuditEntry
from audit.workflow import INSTALLATION
from core.permissions import administrators_only
from core.requests import PersonRequest


@require_safe
@administrators_only
def audit_trail(request: PersonRequest) -> HttpResponse:
    before = request.GET.get("before", "")
    entries, older = AuditEntry.objects.page_of(INSTALLATION, int(before) if before.isdecimal() else None)
    return render(request, "settings/audit.html", {"entries": entries, "older": older})
