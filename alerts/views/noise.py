"""The alert rules that fire most."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.models import Installation
from accounts.requests import SignedInRequest
from alerts.noise import DAYS, MOST_FIRINGS, SORTS, noisiest_rules


@require_safe
def noisy_rules(request: SignedInRequest) -> HttpResponse:
    """`sort` is “firings”, “nights” or “noise”."""
    sort = request.GET.get("sort", "")
    sort = sort if sort in SORTS else "firings"
    context = {
        "section": "alerts",
        "rules": noisiest_rules(request.user, timezone.now(), sort),
        "sort": sort,
        "sorts": SORTS.items(),
        "days": DAYS,
        "most": MOST_FIRINGS,
        "zone": Installation.get().time_zone,
    }
    return render(request, "alerts/noisy_rules.html", context)
