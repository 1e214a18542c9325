"""Testing the connection with a tracker, and finding out what its projects have."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from trackers.face import (
    OF_THE_TRACKER,
    Access,
    Choice,
    Client,
    Found,
    Problem,
    ProjectFacts,
    RemotePerson,
    TrackerError,
)
from trackers.models import Ticket, Tracker, TrackerPerson, TrackerProject
from trackers.models.trackers import LONGEST_PROBLEM
from trackers.translating import Table, proposed_priorities, proposed_states
from trackers.workflow.answering import note_answer
from trackers.workflow.turn import Turn

logger = logging.getLogger(__name__)
NO_API = "has no API at this address (404). Enter the address of the server, not of one of its pages"


def claim_looks(full: Iterable[int], now: datetime) -> "Turn | None":
    """A tracker that is due for a look, or one of its projects; in the caller's transaction."""
    rows = Tracker.objects.awake(now).filter(look_at__lte=now).exclude(pk__in=full).order_by("look_at")
    tracker = rows.select_for_update(of=("self",), skip_locked=True).first()
    if tracker is not None:
        Tracker.objects.filter(pk=tracker.pk).update(look_at=now + Ticket.LEASE)
        return TrackerLook(tracker.pk, tracker.access)
    projects = TrackerProject.objects.filter(look_at__lte=now, tracker__in=Tracker.objects.awake(now))
    projects = projects.exclude(tracker__in=full).select_related("tracker").order_by("look_at")
    project = projects.select_for_update(of=("self",), skip_locked=True).first()
    if project is None:
        return None
    TrackerProject.objects.filter(pk=project.pk).update(look_at=now + Ticket.LEASE)
    return ProjectLook(project.tracker_id, project.tracker.access, project.pk, project.remote_id)


def look_at(client: Client) -> Found:
    """Where even this cannot be read, it is not the fault of one ticket: the address leads to something else."""
    try:
        return client.look()
    except TrackerError as error:
        error.words_of_one = ""
        if error.problem != Problem.UNREADABLE:
            raise
        raise TrackerError(Problem.UNREACHABLE, f"{error.words}. Check the address") from error


def whose_fault(error: TrackerError, client: Client) -> TrackerError:
    """Of a call that failed. What cannot be read, an error of the server and a redirect are the fault of the ticket or
    project where the tracker can be looked at, else of the tracker."""
    if error.problem != Problem.UNREADABLE and not error.words_of_one:
        return error
    try:
        look_at(client)
    except TrackerError as trouble:
        if trouble.problem in OF_THE_TRACKER:
            trouble.may_have_run = error.may_have_run
            return trouble
        if error.problem != Problem.UNREADABLE:  # the look failed, too
            error.words_of_one = ""
            return error
    else:
        error.is_answer = True
    if error.words_of_one:
        error.problem, error.words, error.words_of_one = Problem.UNREADABLE, error.words_of_one, ""
    logger.warning("a call of a tracker failed: it %s", error.words, exc_info=error)
    return error


@dataclass
class TrackerLook:
    tracker_id: int
    access: Access

    def ask(self, client: Client) -> Found:
        return look_at(client)

    @transaction.atomic
    def settle(self, found: Found) -> None:
        now = timezone.now()
        note_answer(self.tracker_id, now)
        tracker = Tracker.objects.select_for_update(of=("self",)).filter(pk=self.tracker_id).first()
        if tracker is None:
            return
        tracker.found = {
            "account": [found.account.pk, found.account.name],
            "projects": [[row.pk, row.name] for row in found.projects],
            "warning": found.warning,
        }
        tracker.looked_at, tracker.look_at = now, now + Tracker.LOOKS_EVERY
        tracker.answered_at = now
        if not tracker.is_limited:  # by a call at the same moment
            tracker.problem, tracker.problem_words, tracker.failing_since = "", "", None
        tracker.save()

    @transaction.atomic
    def fail(self, error: TrackerError) -> None:
        now = timezone.now()
        rows = Tracker.objects.filter(pk=self.tracker_id)
        if error.problem in OF_THE_TRACKER:  # tried again with the next call
            rows.update(look_at=now, looked_at=now)
        else:
            words = NO_API if error.problem == Problem.GONE else error.words
            rows.update(
                found={},
                problem=error.problem,
                problem_words=words[:LONGEST_PROBLEM],
                looked_at=now,
                look_at=now + Tracker.LOOKS_EVERY,
            )


@dataclass
class ProjectLook:
    tracker_id: int
    access: Access
    project_id: int
    remote_id: str

    def ask(self, client: Client) -> ProjectFacts:
        return client.project(self.remote_id)

    @transaction.atomic
    def settle(self, facts: ProjectFacts) -> None:
        now = timezone.now()
        note_answer(self.tracker_id, now)
        rows = TrackerProject.objects.select_for_update(of=("self",)).select_related("tracker")
        project = rows.filter(pk=self.project_id).first()
        if project is None:
            return
        is_first = project.looked_at is None
        project.name, project.key = facts.name or project.name, facts.key or project.key
        project.url = facts.url
        project.types = [[row.pk, row.name] for row in facts.types]
        if project.type not in {row.pk for row in facts.types}:
            project.type = facts.types[0].pk if facts.types else ""
        project.states = _kept(project.states, facts.states, proposed_states(facts.states))
        project.priorities = _kept(
            project.priorities, facts.priorities, proposed_priorities(facts.priorities)
        )
        project.looked_at, project.look_at = now, now + Tracker.LOOKS_EVERY
        project.problem, project.problem_words = "", facts.warning[:LONGEST_PROBLEM]
        project.save()
        note_people(project.tracker, facts.people)
        if is_first:  # what waited for its states
            project.tickets.update(next_at=now)

    @transaction.atomic
    def fail(self, error: TrackerError) -> None:
        now = timezone.now()
        rows = TrackerProject.objects.filter(pk=self.project_id)
        if error.problem in OF_THE_TRACKER:
            rows.update(look_at=now)
        else:
            is_unreadable = error.problem == Problem.UNREADABLE
            rows.update(
                problem=error.problem,
                problem_words=error.words[:LONGEST_PROBLEM],
                look_at=now + (Tracker.LONGEST_PAUSE if is_unreadable else Tracker.LOOKS_EVERY),
            )


def _kept(stored: dict[str, Any], choices: Iterable[Choice], proposed: Table) -> dict[str, Any]:
    """What administrators chose stays, where it is still there; what is new gets the proposal."""
    rows = [[row.pk, row.name] for row in choices]
    there = {pk for pk, _ in rows}
    before = {pk for pk, _ in stored.get("choices", [])}
    means = {pk: value for pk, value in stored.get("means", {}).items() if pk in there}
    means |= {pk: value for pk, value in proposed.means.items() if pk not in before}
    sets = {value: pk for value, pk in stored.get("sets", {}).items() if pk in there}
    for value, pk in proposed.sets.items():
        if not before or (value in stored.get("sets", {}) and value not in sets):
            sets.setdefault(value, pk)
    return {"choices": rows, "means": means, "sets": sets}


def note_people(tracker: Tracker, people: Iterable[RemotePerson]) -> None:
    """People of the tracker, matched by their e-mail address where an administrator chose nobody. Somebody may be
    listed twice: lists come in pages, and change meanwhile."""
    known = {row.remote_id: row for row in tracker.people.all()}
    addresses = [person.email.lower() for person in people if person.email]
    users = {user.email.lower(): user for user in User.objects.filter(email__in=addresses, is_active=True)}
    bot = tracker.found.get("account", [""])[0]
    for person in people:
        if person.pk == bot:
            continue
        row = known.setdefault(person.pk, TrackerPerson(tracker=tracker, remote_id=person.pk))
        before = (row.pk, row.name, row.email, row.user_id)
        row.name, row.email = person.name or row.name, person.email
        if not row.is_chosen and (user := users.get(person.email.lower())):
            row.user = user
        if before != (row.pk, row.name, row.email, row.user_id):
            row.save()
