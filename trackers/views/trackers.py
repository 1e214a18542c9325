"""Settings → Trackers: the list, and one tracker with its projects and people. For administrators only."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q, TextField, Value
from django.db.models.functions import Concat
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.requests import SignedInRequest
from core.permissions import administrators_only
from core.responses import refused_or
from trackers import workflow
from trackers.addresses import reach_of
from trackers.forms import PeopleForm, TrackerForm, people_found
from trackers.kinds import offered_kinds
from trackers.models import Tracker

READ_AGAIN = timedelta(seconds=1)
PEOPLE, PEOPLE_SHOWN = 50, 20
"""On a page where they are matched, and on that of the tracker."""


def _counted() -> Any:
    open_conflicts = Q(tickets__conflicts__settled_at=None, tickets__conflicts__isnull=False)
    field = Concat(
        "tickets__conflicts__ticket_id", Value(" "), "tickets__conflicts__field", output_field=TextField()
    )
    return Tracker.objects.annotate(
        linked=Count("tickets", distinct=True),
        open_conflicts=Count(field, filter=open_conflicts, distinct=True),
    ).select_related("account", "paused_by")


@require_safe
@administrators_only
def tracker_list(request: SignedInRequest) -> HttpResponse:
    found = list(_counted())
    there = {tracker.kind for tracker in found}
    context = {
        "trackers": found,
        "failing": [tracker for tracker in found if tracker.problem and not tracker.paused_at],
        "offered": [(kind, facts) for kind, facts in offered_kinds().items() if kind not in there],
    }
    return render(request, "trackers/list.html", context)


@require_http_methods(["GET", "POST"])
@administrators_only
def tracker_new(request: SignedInRequest) -> HttpResponse:
    """Its kind is chosen by `kind` in the address."""
    asked = request.POST.get("kind") or request.GET.get("kind", "")
    kinds = offered_kinds()
    kind = asked if asked in kinds else next(iter(kinds))
    form = TrackerForm(request.POST or None, kind=kind)
    if form.is_valid() and form.submit(workflow.add_tracker, by=request.user, kind=kind, **form.cleaned_data):
        messages.success(request, f"{form.outcome} is added. The connection is being tested.")
        return redirect(form.outcome)
    context = {"form": form, "kind": kind, "facts": kinds[kind], "kinds": list(kinds.items())}
    return render(request, "trackers/tracker_form.html", context)


@never_cache
@require_safe
@administrators_only
def tracker(request: SignedInRequest, pk: int) -> HttpResponse:
    return _page(request, get_object_or_404(_counted(), pk=pk))


def _page(request: SignedInRequest, subject: Tracker, *, shows_secret: bool = False) -> HttpResponse:
    projects = subject.projects.select_related("team").annotate(linked=Count("tickets"))
    waits = subject.is_looking or any(project.is_looking for project in projects)
    context = {
        "tracker": subject,
        "projects": projects,
        "people": subject.people.select_related("user")[:PEOPLE_SHOWN],
        "people_count": subject.people.count(),
        "unmatched": subject.people.filter(user=None).count(),
        "hook_address": f"{settings.PUBLIC_URL}{reverse('tracker_hook', args=[subject.pk])}",
        "hook_reach": reach_of(settings.PUBLIC_URL),
        "hook_secret": subject.hook_secret if shows_secret else "",
        "again_at": timezone.now() + READ_AGAIN if waits and not shows_secret else None,
    }
    return render(request, "trackers/tracker.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
@administrators_only
def tracker_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    subject = get_object_or_404(Tracker, pk=pk)
    initial = {name: getattr(subject, name) for name in ("name", "url", "user_name")}
    form = TrackerForm(request.POST or None, kind=subject.kind, tracker=subject, initial=initial)
    if form.is_valid() and form.submit(
        workflow.change_tracker, by=request.user, tracker=subject, **form.cleaned_data
    ):
        messages.success(request, "Saved.")
        return redirect(subject)
    context = {"form": form, "tracker": subject, "kind": subject.kind, "facts": subject.facts}
    return render(request, "trackers/tracker_form.html", context)


@require_POST
@administrators_only
def tracker_test(request: SignedInRequest, pk: int) -> HttpResponse:
    subject = get_object_or_404(Tracker, pk=pk)
    done = "The connection is being tested."
    return refused_or(request, done, "tracker", [pk], workflow.test_tracker, by=request.user, tracker=subject)


@require_POST
@administrators_only
def tracker_pause(request: SignedInRequest, pk: int) -> HttpResponse:
    subject = get_object_or_404(Tracker, pk=pk)
    done = f"{subject} is paused. Nothing is synced until it is resumed."
    return refused_or(
        request, done, "tracker", [pk], workflow.pause_tracker, by=request.user, tracker=subject
    )


@require_POST
@administrators_only
def tracker_resumption(request: SignedInRequest, pk: int) -> HttpResponse:
    subject = get_object_or_404(Tracker, pk=pk)
    done = f"{subject} is resumed."
    return refused_or(
        request, done, "tracker", [pk], workflow.resume_tracker, by=request.user, tracker=subject
    )


@never_cache
@require_http_methods(["GET", "POST"])
@administrators_only
def tracker_hook_secret(request: SignedInRequest, pk: int) -> HttpResponse:
    """A new one, shown once: the answer is the page itself, and nothing that a browser keeps.

    Opening its address again leads to the page of the tracker.
    """
    subject = get_object_or_404(_counted(), pk=pk)
    if request.method == "GET":
        return redirect(subject)
    workflow.renew_hook_secret(by=request.user, tracker=subject)
    return _page(request, get_object_or_404(_counted(), pk=pk), shows_secret=True)


@require_http_methods(["GET", "POST"])
@administrators_only
def tracker_deletion(request: SignedInRequest, pk: int) -> HttpResponse:
    subject = get_object_or_404(_counted(), pk=pk)
    if request.method == "POST":
        done = f"{subject} is removed."
        return refused_or(
            request, done, "trackers", [], workflow.remove_tracker, by=request.user, tracker=subject
        )
    return render(request, "trackers/tracker_deletion.html", {"tracker": subject})


@require_http_methods(["GET", "POST"])
@administrators_only
def tracker_people(request: SignedInRequest, pk: int) -> HttpResponse:
    """Who is who; while somebody types, the accounts that fit."""
    subject = get_object_or_404(Tracker, pk=pk)
    page = Paginator(subject.people.select_related("user", "tracker"), PEOPLE).get_page(
        request.GET.get("page")
    )
    if request.htmx and request.method == "GET":
        typed = request.GET.get(request.htmx.trigger_name or "", "")
        return render(request, "trackers/people.html#found", {"found": people_found(typed)})
    form = PeopleForm(
        request.POST if request.method == "POST" else None, people=list(page), address=request.path
    )
    if form.is_valid():
        for person, user in form.changed():
            workflow.match_person(by=request.user, person=person, user=user)
        messages.success(request, "Saved.")
        return redirect(subject)
    return render(request, "trackers/people.html", {"form": form, "tracker": subject, "page": page})
