"""Projects of a tracker, what their states and priorities mean, and who is who. Administrators only."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import Team, User
from audit.workflow import INSTALLATION, record_audit
from notifications.workflow import wake_worker
from trackers.face import Field
from trackers.models import Creates, Tracker, TrackerPerson, TrackerProject
from trackers.models.trackers import FIELDS, MOST_PROJECTS
from trackers.permissions import require_setting_up
from trackers.translating import PRIORITIES, STATES
from trackers.workflow.managing import JOB, lock_tracker

NOT_SAID: Any = object()


@transaction.atomic
def add_project(
    *, by: User, tracker: Tracker, remote_id: str, team: Team | None = None, creates: str = Creates.BY_HAND
) -> TrackerProject:
    """One of the projects that the test of the connection found. A worker fetches its states at once."""
    tracker = lock_tracker(tracker, by)
    names = dict(tracker.found.get("projects", []))
    if remote_id not in names:
        raise ValidationError({"remote_id": "Choose one of the projects."})
    if tracker.projects.filter(is_set_up=True).count() >= MOST_PROJECTS:
        raise ValidationError(
            {"remote_id": f"A tracker has {MOST_PROJECTS} projects at most. Remove one first."}
        )
    _check_rule(team, creates)
    project, _ = TrackerProject.objects.select_for_update(of=("self",)).get_or_create(
        tracker=tracker,
        remote_id=remote_id,
        defaults={"name": names[remote_id], "key": names[remote_id], "is_set_up": False},
    )
    if project.is_set_up:
        raise ValidationError({"remote_id": f"{project} is there already."})
    project.team, project.creates, project.is_set_up = team, creates, True
    project.save()
    # What was linked before it was removed is synced again, once its states are known.
    tracker.tickets.filter(project=None, remote_project=remote_id).update(project=project)
    _audit("tracker_project.added", project, by, team=str(team or ""), creates=creates)
    wake_worker(JOB)
    return project


@transaction.atomic
def change_project(
    *,
    by: User,
    project: TrackerProject,
    team: Team | None = NOT_SAID,
    creates: str | None = None,
    type: str | None = None,
    labels: str | None = None,
    extra: Mapping[str, str] | None = None,
    synced_fields: list[str] | None = None,
    states: Mapping[str, Mapping[str, str]] | None = None,
    priorities: Mapping[str, Mapping[str, str]] | None = None,
) -> TrackerProject:
    """Its rule, what new tickets get, and what is synced. `states` and `priorities` are {"means": …, "sets": …}.

    What is not said stays. Raises ValidationError naming the field.
    """
    require_setting_up(by)
    project = TrackerProject.objects.select_for_update(of=("self",)).get(pk=project.pk)
    said: dict[str, Any] = {}
    if team is not NOT_SAID:
        said["team"] = team
    for name, value in (("creates", creates), ("labels", labels), ("extra", extra)):
        if value is not None:
            said[name] = dict(value) if isinstance(value, Mapping) else value.strip()
    if type is not None:
        said["type"] = _one_of("type", type, {str(pk) for pk, _ in project.types} | {""})
    if synced_fields is not None:
        said["synced_fields"] = [name.value for name in FIELDS if name.value in synced_fields]
    if states is not None:
        said["states"] = _table("states", project.states, states, STATES)
    if priorities is not None:
        said["priorities"] = _table("priorities", project.priorities, priorities, PRIORITIES)
    before = {name: getattr(project, name) for name in said}
    for name, value in said.items():
        setattr(project, name, value)
    _check_rule(project.team, project.creates)
    project.clean_fields(exclude=["tracker", "team"])
    changes = {name: [_told(before[name]), _told(said[name])] for name in said if before[name] != said[name]}
    if changes or not project.is_set_up:
        project.is_set_up = True
        project.save()
        project.tickets.update(next_at=timezone.now(), not_taken={}, not_taken_here={})
        _audit("tracker_project.changed", project, by, **changes)
        wake_worker(JOB)
    return project


@transaction.atomic
def look_at_project(*, by: User, project: TrackerProject) -> TrackerProject:
    """Have a worker fetch its states, priorities, types and people again."""
    require_setting_up(by)
    TrackerProject.objects.filter(pk=project.pk).update(look_at=timezone.now())
    project.refresh_from_db()
    wake_worker(JOB)
    return project


@transaction.atomic
def remove_project(*, by: User, project: TrackerProject) -> None:
    """No tickets are made there any more. Those that are linked stay linked, and only their state is shown."""
    require_setting_up(by)
    _audit("tracker_project.removed", project, by)
    project.delete()


@transaction.atomic
def match_person(*, by: User, person: TrackerPerson, user: User | None) -> TrackerPerson:
    """Who somebody of the tracker is here; None for nobody."""
    tracker = lock_tracker(person.tracker, by)
    person = TrackerPerson.objects.select_for_update(of=("self",)).get(pk=person.pk)
    if person.user_id == (user.pk if user else None) and person.is_chosen:
        return person
    before = str(person.user or "")
    owners = [one.pk for one in (person.user, user) if one]
    person.user, person.is_chosen = user, True
    person.save(update_fields=["user", "is_chosen"])
    theirs = Q(item__owner__in=owners) | Q(remote__raw__owner=person.remote_id)
    tracker.tickets.filter(theirs).update(next_at=timezone.now())
    record_audit(
        chain=INSTALLATION,
        action="tracker.person_matched",
        subject=f"tracker:{tracker.pk}",
        by=by,
        changes={"name": tracker.name, "person": person.name, "user": [before, str(user or "")]},
    )
    wake_worker(JOB)
    return person


def _check_rule(team: Team | None, creates: str) -> None:
    if creates == Creates.ALWAYS and team is None:
        raise ValidationError({"team": "Choose the team whose action items get a ticket."})


def _table(
    name: str, stored: Mapping[str, Any], said: Mapping[str, Mapping[str, str]], ours: tuple[str, ...]
) -> dict[str, Any]:
    """Checked against what the project has."""
    theirs = {str(row[0]) for row in stored.get("choices", [])}
    means = {pk: value for pk, value in said.get("means", {}).items() if value}
    sets = {value: pk for value, pk in said.get("sets", {}).items() if pk}
    if set(means) - theirs or set(sets.values()) - theirs:
        raise ValidationError({name: "The project has changed. Load the page again."})
    if set(means.values()) - set(ours) or set(sets) - set(ours):
        raise ValidationError({name: f"Choose {', '.join(ours)}."})
    return {"choices": list(stored.get("choices", [])), "means": means, "sets": sets}


def _one_of(name: str, value: str, choices: set[str]) -> str:
    if value not in choices:
        raise ValidationError({name: "Choose one of the list."})
    return value


def _told(value: Any) -> Any:
    return value if isinstance(value, str | list) else str(value or "")


def _audit(action: str, project: TrackerProject, by: User, **changes: Any) -> None:
    record_audit(
        chain=INSTALLATION,
        action=action,
        subject=f"tracker:{project.tracker_id}",
        by=by,
        changes={"name": f"{project.tracker}: {project}"} | changes,
    )


def synced_here(project: TrackerProject | None, of_client: frozenset[Field]) -> list[Field]:
    """The fields that are kept the same: those that the tracker has, less those that are switched off. None
    where the project was removed."""
    chosen = project.synced_fields if project else []
    return [field for field in FIELDS if field in of_client and field.value in chosen]
