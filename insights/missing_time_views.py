"""Suggested times of imported incidents: the list, and accepting some or all of it."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.requests import SignedInRequest
from incidents.views.common import is_number, responders_only
from insights import missing_times as times
from insights.time_limit import TooLong, limited, too_long

SHOWN = 100


@require_http_methods(["GET", "POST"])
@responders_only
def missing_times(request: SignedInRequest) -> HttpResponse:
    """`?before=` is the number of the incident below which older ones are read."""
    before = _number(request.GET.get("before", ""))
    try:
        with limited():
            found = times.find(request.user, before=before)
    except TooLong:
        return too_long(request)
    if request.method == "POST":
        return _accept(request, found)
    coverage = times.coverage(request.user, found)
    context: dict[str, Any] = {
        "section": "insights",
        "found": found,
        "rows": found.rows[:SHOWN],
        "unseen": max(0, len(found.rows) - SHOWN),
        "at_once": min(len(found.rows), times.ACCEPTED_AT_ONCE),
        "coverage": coverage,
        "without_start": times.starts_with_the_first_update(request.user),
        "before": before,
    }
    return render(request, "insights/missing_times.html", context)


def _accept(request: SignedInRequest, found: times.Found) -> HttpResponse:
    keys = set(request.POST.getlist("row"))
    rows = found.rows if "all" in request.POST else [row for row in found.rows if row.key in keys]
    if not rows:
        messages.warning(request, "No time was accepted. Select at least one that is still suggested.")
        return redirect(request.get_full_path())
    was = times.coverage(request.user)
    count = times.accept_suggested_times(by=request.user, rows=rows)
    left = len(found.rows) - count
    told = [f"{count} {'time was' if count == 1 else 'times were'} accepted. {left} left on this list."]
    for old, new in zip(was, times.coverage(request.user), strict=True):
        if old.known != new.known:
            told.append(f"{new.name}: {old.known} of {old.of} before, {new.known} of {new.of} now.")
    messages.success(request, " ".join(told))
    return redirect(request.get_full_path())


def _number(text: str) -> int | None:
    return int(text) if is_number(text) and len(text) < 10 else None
