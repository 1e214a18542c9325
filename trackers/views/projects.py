"""Settings → Trackers → a project: its rule, its states and priorities. For administrators only."""

from datetime import timedelta

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.requests import SignedInRequest
from core.permissions import administrators_only
from core.responses import refused_or
from trackers import workflow
from trackers.forms import NewProjectForm, ProjectForm
from trackers.models import Tracker, TrackerProject

READ_AGAIN = timedelta(seconds=1)


def _load(pk: int, project: int) -> TrackerProject:
    return get_object_or_404(TrackerProject.objects.select_related("tracker", "team"), pk=project, tracker=pk)


@require_http_methods(["GET", "POST"])
@administrators_only
def project_new(request: SignedInRequest, pk: int) -> HttpResponse:
    tracker = get_object_or_404(Tracker, pk=pk)
    form = NewProjectForm(request.POST or None, tracker=tracker)
    if form.is_valid() and form.submit(
        workflow.add_project, by=request.user, tracker=tracker, **form.cleaned_data
    ):
        messages.success(request, f"{form.outcome} is added. Its states are being fetched.")
        return redirect(form.outcome)
    return render(request, "trackers/project_new.html", {"form": form, "tracker": tracker})


@never_cache
@require_http_methods(["GET", "POST"])
@administrators_only
def project(request: SignedInRequest, pk: int, project: int) -> HttpResponse:
    subject = _load(pk, project)
    form = ProjectForm(request.POST or None, project=subject)
    if form.is_valid() and form.submit(
        workflow.change_project, by=request.user, project=subject, **form.arguments()
    ):
        messages.success(request, "Saved.")
        return redirect(subject.tracker)
    waits = subject.is_looking and subject.looked_at is None and not subject.problem
    context = {
        "form": form,
        "project": subject,
        "tracker": subject.tracker,
        "tables": [
            (name, rows)
            for name, rows in (("States", form.state_rows), ("Priorities", form.priority_rows))
            if rows["means"]
        ],
        "again_at": timezone.now() + READ_AGAIN if waits else None,
    }
    return render(request, "trackers/project.html", context)


@require_POST
@administrators_only
def project_look(request: SignedInRequest, pk: int, project: int) -> HttpResponse:
    subject = _load(pk, project)
    done = "Its states, priorities and people are being fetched."
    return refused_or(
        request,
        done,
        "tracker_project",
        [pk, project],
        workflow.look_at_project,
        by=request.user,
        project=subject,
    )


@require_http_methods(["GET", "POST"])
@administrators_only
def project_deletion(request: SignedInRequest, pk: int, project: int) -> HttpResponse:
    subject = _load(pk, project)
    if request.method == "POST":
        done = f"{subject} is removed."
        return refused_or(
            request, done, "tracker", [pk], workflow.remove_project, by=request.user, project=subject
        )
    return render(request, "trackers/project_deletion.html", {"project": subject, "tracker": subject.tracker})
