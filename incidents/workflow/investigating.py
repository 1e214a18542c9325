"""Step 3: hypotheses, changes, tasks, links."""

from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from accounts.models import User
from audit import context
from events.incidents import (
    ChangeCleared,
    ChangeRecorded,
    ChangeSuspected,
    HypothesisMoved,
    HypothesisRaised,
    LinkAdded,
    TaskAdded,
    TaskAssigned,
    TaskCompleted,
    TaskReopened,
)
from incidents.models import (
    ChangeEvent,
    Confidence,
    Hypothesis,
    HypothesisState,
    Incident,
    IncidentLink,
    Service,
    Task,
)
from incidents.permissions import can_declare
from incidents.workflow.milestones import set_milestones
from incidents.workflow.transitions import (
    announce,
    audit,
    check_moment,
    lock,
    require_open,
    require_responder,
)
from timeline.models import Kind, TimelineEvent
from timeline.workflow import record_event


@transaction.atomic
def raise_hypothesis(
    *,
    incident: Incident,
    by: User,
    claim: str,
    confidence: str = Confidence.POSSIBLE,
    test: str = "",
    owner: Any = None,
    at: datetime | None = None,
) -> Hypothesis:
    """What might explain the signals, and how one would find out."""
    incident = lock(incident, by=by)
    require_open(incident)
    if not claim.strip():
        raise ValidationError({"claim": "Say what might explain it."})
    moment = check_moment(at)
    hypothesis = Hypothesis.objects.create(
        incident=incident,
        claim=claim.strip(),
        confidence=confidence,
        test=test.strip(),
        owner=owner or by,
        raised_at=moment,
    )
    record_event(
        incident=incident,
        kind=Kind.HYPOTHESIS,
        text=hypothesis.claim,
        by=by,
        occurred_at=moment,
        hypothesis=hypothesis,
    )
    audit(incident, "hypothesis.raised", by, hypothesis=hypothesis.pk, claim=hypothesis.claim)
    announce(incident, HypothesisRaised(hypothesis=hypothesis.pk))
    return hypothesis


@transaction.atomic
def move_hypothesis(
    *,
    hypothesis: Hypothesis,
    state: str,
    by: User,
    verdict: str = "",
    confidence: str | None = None,
    at: datetime | None = None,
) -> Hypothesis:
    """Take it up for testing, or settle it: supported or refuted, with what decided it. Settled can reopen."""
    incident = lock(hypothesis.incident, by=by)
    hypothesis = Hypothesis.objects.select_for_update(of=("self",)).get(pk=hypothesis.pk)
    before = HypothesisState(hypothesis.state)
    if state not in HypothesisState.values:
        raise ValidationError({"state": "Choose open, testing, supported or refuted."})
    if state == before and confidence in (None, hypothesis.confidence):
        return hypothesis
    settles = state in (HypothesisState.SUPPORTED, HypothesisState.REFUTED)
    if settles and not (verdict.strip() or hypothesis.evidence.exists()):
        raise ValidationError({"verdict": "Say what decided it, or attach evidence first."})
    moment = check_moment(at)
    hypothesis.state = state
    hypothesis.verdict = verdict.strip() or (hypothesis.verdict if settles else "")
    hypothesis.confidence = confidence or hypothesis.confidence
    hypothesis.settled_at = moment if settles else None
    hypothesis.save()
    record_event(
        incident=incident,
        kind=Kind.STATUS,
        by=by,
        occurred_at=moment,
        detail=verdict.strip(),
        text=f"marked the hypothesis “{hypothesis.claim}” as “{HypothesisState(state).label}”",
        data={"hypothesis": hypothesis.pk, "from": before, "to": state},
    )
    audit(incident, "hypothesis.moved", by, hypothesis=hypothesis.pk, state=[before, state], verdict=verdict)
    announce(incident, HypothesisMoved(hypothesis=hypothesis.pk, state=state))
    return hypothesis


@transaction.atomic
def record_change(
    *,
    incident: Incident,
    by: User,
    title: str,
    at: datetime,
    service: Service | None = None,
    kind: str = ChangeEvent.Kind.DEPLOYMENT,
    url: str = "",
    source: str = "",
    told_by: TimelineEvent | None = None,
) -> ChangeEvent:
    """A deployment or other change that happened near the incident; it takes its place on the timeline.

    `told_by` is the timeline event that tells of it already: then no second one is written.
    """
    incident = lock(incident, by=by)
    if not title.strip():
        raise ValidationError({"title": "Say what was changed."})
    change = ChangeEvent.objects.create(
        title=title.strip(), at=check_moment(at), service=service, kind=kind, url=url, source=source
    )
    change.incidents.add(incident)
    if told_by is None:
        record_event(
            incident=incident,
            kind=Kind.CHANGE,
            text=change.title,
            by=by,
            occurred_at=at,
            source=source or (service.name if service else ""),
            data={"change": change.pk, "kind": kind},
        )
    else:
        told_by.data = told_by.data | {"change": change.pk, "kind": kind}
        told_by.save(update_fields=["data"])
    audit(incident, "change.recorded", by, change=change.pk, title=change.title)
    announce(incident, ChangeRecorded(change=change.pk))
    return change


@transaction.atomic
def receive_change(
    *,
    by: User,
    key: str,
    title: str,
    at: datetime,
    source: str,
    kind: str = ChangeEvent.Kind.DEPLOYMENT,
    service: Service | None = None,
    url: str = "",
) -> ChangeEvent:
    """A change that another system tells of, of no incident. Told again, it is the same one, as the newest says."""
    if not can_declare(by):
        raise PermissionDenied("Only responders can record a change.")
    names: dict[str, Any] = {"source": source[:60], "external_key": key[:300]}
    known = ChangeEvent.objects.select_for_update().filter(**names).first()
    if known and at < known.at:
        return known
    change, _is_new = ChangeEvent.objects.update_or_create(
        **names,
        defaults={"title": title.strip()[:200], "at": at, "kind": kind, "service": service, "url": url[:500]},
    )
    return change


@transaction.atomic
def suspect_change(*, incident: Incident, change: ChangeEvent, by: User, suspected: bool) -> None:
    """Say that a change may have introduced this, or take it back."""
    incident = lock(incident, by=by)
    if incident.suspected_changes.filter(pk=change.pk).exists() == suspected:
        return
    (incident.suspected_changes.add if suspected else incident.suspected_changes.remove)(change)
    text = (
        f"suspects the change {change.title}"
        if suspected
        else f"no longer suspects the change {change.title}"
    )
    record_event(incident=incident, kind=Kind.FACT, text=text, by=by, data={"change": change.pk})
    action = "change.suspected" if suspected else "change.cleared"
    audit(incident, action, by, change=change.pk)
    announce(incident, (ChangeSuspected if suspected else ChangeCleared)(change=change.pk))


@transaction.atomic
def mark_introducing_change(*, incident: Incident, change: ChangeEvent, by: User) -> Incident:
    """It introduced the problem: that time is when the change was made, and the change is suspected.

    Raises ValidationError where the times would contradict each other.
    """
    suspect_change(incident=incident, change=change, by=by, suspected=True)
    moments: dict[str, datetime | None] = {"introduced_at": change.at}
    basis = {"introduced_at": {"source": "system", "uncertainty_seconds": None}}
    return set_milestones(incident=incident, by=by, moments=moments, basis=basis)


@transaction.atomic
def add_task(
    *, incident: Incident, by: User, title: str, owner: Any = None, minutes: int | None = None
) -> Task:
    """Something to be done by one person, within a time box of `minutes` if given."""
    incident = lock(incident, by=by)
    require_open(incident)
    if not title.strip():
        raise ValidationError({"title": "Say what is to be done."})
    require_responder(owner, "owner")
    due_at = context.now() + timedelta(minutes=minutes) if minutes else None
    task = Task.objects.create(incident=incident, title=title.strip(), owner=owner, due_at=due_at)
    whose = f" for {owner}" if owner else ""
    record_event(incident=incident, kind=Kind.TASK, text=f"added the task “{task.title}”{whose}", by=by)
    audit(incident, "task.added", by, task=task.pk, title=task.title)
    announce(incident, TaskAdded(task=task.pk))
    if owner:
        announce(incident, TaskAssigned(by=by.pk, task=task.pk, user=owner.pk))
    return task


@transaction.atomic
def complete_task(*, task: Task, by: User, done: bool = True) -> Task:
    incident = lock(task.incident, by=by)
    task = Task.objects.select_for_update(of=("self",)).get(pk=task.pk)
    if bool(task.done_at) == done:
        return task
    task.done_at, task.done_by = (context.now(), by) if done else (None, None)
    task.done_because = ""
    task.save(update_fields=["done_at", "done_by", "done_because"])
    text = f"finished the task “{task.title}”" if done else f"reopened the task “{task.title}”"
    record_event(incident=incident, kind=Kind.TASK, text=text, by=by)
    audit(incident, "task.completed" if done else "task.reopened", by, task=task.pk)
    announce(incident, (TaskCompleted if done else TaskReopened)(task=task.pk))
    return task


@transaction.atomic
def assign_task(*, task: Task, owner: Any, by: User) -> Task:
    """Give a task to one person, or back to nobody."""
    incident = lock(task.incident, by=by)
    require_responder(owner, "owner")
    task = Task.objects.select_for_update(of=("self",)).get(pk=task.pk)
    if task.owner_id == (owner.pk if owner else None):
        return task
    task.owner = owner
    task.save(update_fields=["owner"])
    text = f"gave {owner} the task “{task.title}”" if owner else f"unassigned the task “{task.title}”"
    record_event(incident=incident, kind=Kind.TASK, text=text, by=by)
    audit(incident, "task.assigned", by, task=task.pk, owner=str(owner))
    announce(incident, TaskAssigned(by=by.pk, task=task.pk, user=owner.pk if owner else None))
    return task


@transaction.atomic
def add_link(*, incident: Incident, by: User, label: str, url: str, kind: str = "other") -> IncidentLink:
    incident = lock(incident, by=by)
    link = IncidentLink(incident=incident, label=label.strip(), url=url.strip(), kind=kind)
    link.full_clean()
    link.save()
    record_event(incident=incident, kind=Kind.FACT, text=f"added the link “{link.label}”", by=by)
    audit(incident, "link.added", by, label=link.label, url=link.url)
    announce(incident, LinkAdded(link=link.pk))
    return link
