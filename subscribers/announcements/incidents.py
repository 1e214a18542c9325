"""What a message of the outbox has to say, and for whom; None where it is not true any more."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from automations.models import AutomationRun, RunState
from incidents.models import Audience, Incident, Reminder, Severity, Status, StatusUpdate, Task, UpdateState
from incidents.workflow.reminding import reminder_stands
from notifications.models import OutboxMessage
from subscribers.models import WORST_RANK, NotificationKind
from subscribers.recipients import Recipient


@dataclass(frozen=True)
class Story:
    """One notification. `only` names the people it is for; without, everybody gets it whom a path leads there.

    `except_for` are audiences that an update tells the same, `informed` those that received updates before: places
    outside that read for them are notified as well.
    """

    kind: NotificationKind
    type: str
    headline: str
    text: str = ""
    path: str = ""
    action: str = "Open the incident"
    author: int | None = None
    only: frozenset[int] | None = None
    askers: frozenset[int] = frozenset()
    except_for: frozenset[str] = frozenset()
    informed: frozenset[str] = frozenset()
    update: StatusUpdate | None = None
    is_urgent: bool = False
    group: str = ""
    not_before: datetime | None = None
    addresses: tuple[str, ...] = ()
    data: dict[str, Any] = field(default_factory=dict)

    @property
    def audiences(self) -> list[str]:
        """Those the update has words for: the public reads nothing that was not written for it."""
        if self.update is None:
            return []
        return [a for a in self.update.audiences if a != Audience.PUBLIC or self.update.wordings.get(a)]

    def is_for(self, recipient: Recipient) -> bool:
        person = recipient.person
        if person and person.pk == self.author:
            return False
        if self.only is not None:
            return person is not None and person.pk in self.only
        if self.update:
            return recipient.reads(self.audiences) is not None
        if recipient.reads(self.except_for):
            return False
        if recipient.channel or recipient.outside:
            return recipient.receives(self.kind) or recipient.reads(self.informed) is not None
        return recipient.receives(self.kind)


def story_of(message: OutboxMessage, incident: Incident) -> Story | None:
    tell = STORIES.get(message.topic)
    return tell(message.payload, incident) if tell else None


def _declared(payload: dict, incident: Incident) -> Story:
    return Story(
        NotificationKind.DECLARED,
        "incident.declared",
        "declared",
        text=incident.impact_summary or incident.summary,
        author=payload.get("by"),
    )


def _severity(payload: dict, incident: Incident) -> Story:
    """People who follow only the worst incidents are notified the moment it becomes one of them."""
    ranks = dict(Severity.objects.values_list("name", "rank"))
    became_worst = ranks.get(payload["severity"], 9) <= WORST_RANK < ranks.get(payload["before"], WORST_RANK)
    return Story(
        NotificationKind.DECLARED if became_worst else NotificationKind.PROGRESS,
        "incident.severity_changed",
        f"{payload['before']} → {payload['severity']}",
        author=payload.get("by"),
        data={"before": payload["before"], "severity": payload["severity"]},
    )


def _status(words: str = "") -> Callable[[dict, Incident], Story]:
    def tell(payload: dict, incident: Incident) -> Story:
        return Story(
            NotificationKind.PROGRESS,
            "incident.status_changed",
            words or str(Status(payload["status"]).label).lower(),
            text=incident.decline_reason if words == "declined" else "",
            author=payload.get("by"),
            data={"status": payload.get("status", incident.status)},
        )

    return tell


def _progress(words: str) -> Callable[[dict, Incident], Story]:
    """A change of status that readers of updates wait for; whoever gets an update about it gets only that."""

    def tell(payload: dict, incident: Incident) -> Story:
        update = (
            StatusUpdate.objects.exclude(state=UpdateState.WITHDRAWN)
            .filter(pk=payload.get("update") or 0)
            .first()
        )
        told = incident.status_updates.posted().values_list("audiences", flat=True)
        informed = frozenset(a for audiences in told for a in audiences)
        return replace(
            _status(words)(payload, incident),
            except_for=frozenset(update.audiences if update else ()),
            informed=informed
            - {str(Audience.PUBLIC)},  # no words are for the public but those written for it
        )

    return tell


def _update(payload: dict, incident: Incident) -> Story | None:
    update = (
        StatusUpdate.objects.posted()
        .filter(pk=payload["update"], incident=incident)
        .select_related("severity", "author", "corrects")
        .first()
    )
    if update is None:
        return None
    return Story(
        NotificationKind.UPDATES,
        "incident.status_update",
        "correction" if update.corrects else update.get_status_display().lower(),
        author=update.author_id,
        askers=frozenset(payload.get("askers", ())),
        update=update,
        group=f"status_update:{update.pk}",
        not_before=update.leaves_at,
    )


def _approval(payload: dict, incident: Incident) -> Story | None:
    update = StatusUpdate.objects.filter(pk=payload["update"], state=UpdateState.AWAITING).first()
    if update is None:
        return None
    return Story(
        NotificationKind.DUTY,
        "incident.approval_asked",
        "an update waits for your approval",
        text=update.known,
        author=update.author_id,
        only=frozenset(payload["recipients"]),
        is_urgent=True,
    )


def _confirmation(payload: dict, incident: Incident) -> Story | None:
    run = AutomationRun.objects.filter(pk=payload["run"], state=RunState.REQUESTED).first()
    if run is None:
        return None
    return Story(
        NotificationKind.DUTY,
        "automation.requested",
        f"“{run}” waits for your confirmation",
        text=f"{run.pressed_by} wants to run it. It must be confirmed within 15 minutes.",
        path=reverse("incident_automations", args=[incident.reference]),
        action="See the request",
        author=run.pressed_by_id,
        only=frozenset(payload["recipients"]),
        is_urgent=True,
    )


def _role(payload: dict, incident: Incident) -> Story | None:
    held = incident.role_assignments.running().filter(user=payload["user"], role__slug=payload["role"])
    assignment = held.select_related("role", "assigned_by").first()
    if assignment is None:
        return None
    note = (
        incident.role_assignments.filter(
            role=assignment.role, ended_at=assignment.started_at, handover_note__gt=""
        )
        .values_list("handover_note", flat=True)
        .first()
    )
    return Story(
        NotificationKind.DUTY,
        "incident.role_assigned",
        f"you are {assignment.role.name.lower()}",
        text=note or assignment.role.brief,
        author=payload.get("by", assignment.assigned_by_id),
        only=frozenset({payload["user"]}),
        is_urgent=True,
    )


def _taken_over(payload: dict, incident: Incident) -> Story | None:
    """To the person who held the role before."""
    held = incident.role_assignments.running().filter(user=payload["user"], role__slug=payload["role"])
    assignment = held.select_related("role", "user").first()
    if assignment is None:
        return None
    return Story(
        NotificationKind.DUTY,
        "incident.role_taken_over",
        f"{assignment.user} is {assignment.role.name.lower()} now",
        text=f"You were {assignment.role.name.lower()} until then.",
        author=payload.get("by"),
        only=frozenset(payload["recipients"]),
        is_urgent=True,
    )


def _made_private(payload: dict, incident: Incident) -> Story | None:
    """To those who stay on it because of what they are to it."""
    if not incident.is_private or not payload.get("recipients"):
        return None
    return Story(
        NotificationKind.DUTY,
        "incident.made_private",
        "this incident is private now",
        text="You can still see it, because you declared it, commanded it or are an administrator.",
        author=payload.get("by"),
        only=frozenset(payload["recipients"]),
    )


def _added(payload: dict, incident: Incident) -> Story:
    return Story(
        NotificationKind.DUTY,
        "incident.person_added",
        "you were added",
        text=incident.summary,
        author=payload.get("by"),
        only=frozenset({payload["user"]}),
        is_urgent=incident.is_active,
    )


def _task(payload: dict, incident: Incident) -> Story | None:
    task = Task.objects.filter(pk=payload["task"], owner__isnull=False, done_at__isnull=True).first()
    if task is None or task.owner_id is None:
        return None
    return Story(
        NotificationKind.DUTY,
        "incident.task_assigned",
        "a task for you",
        text=task.title,
        author=payload.get("by"),
        only=frozenset({task.owner_id}),
    )


def _request(payload: dict, incident: Incident) -> Story | None:
    """To whoever has to post the next update; nobody is asked for one that was posted meanwhile."""
    if not incident.update_requests.filter(audience=payload["audience"], answer__isnull=True).exists():
        return None
    return Story(
        NotificationKind.REQUESTS,
        "incident.update_requested",
        "an update is asked for",
        text=payload.get("text", ""),
        path=_composer(incident, payload["audience"]),
        action="Write the update",
        author=payload.get("by"),
        only=frozenset(payload["recipients"]),
    )


def _reminder(payload: dict, incident: Incident) -> Story | None:
    """Only as long as something it reminds of is still due; what ends that withdraws what is written already."""
    if not reminder_stands(payload):
        return None
    command = payload["audience"] == Reminder.COMMAND
    update_page = reverse("status_update", args=[incident.reference])
    due_by = parse_datetime(str(payload["due_at"])) or timezone.now()
    return Story(
        NotificationKind.DUTY,
        "incident.command_unclaimed" if command else "incident.update_due",
        "nobody commands" if command else f"{payload['what'].lower()} {payload['says']}",
        text="Nobody has taken command yet." if command else f"Due by {due_by.astimezone(UTC):%H:%M} UTC.",
        action="Take command" if command else "Write the update",
        path="" if command else f"{update_page}?audience={payload['audience']}",
        data={} if command else {"audience": payload["audience"], "due_at": payload["due_at"]},
        only=frozenset(payload["recipients"]),
        addresses=tuple(payload["addresses"]),
        is_urgent=True,
        group=payload["group"],
    )


def _composer(incident: Incident, audience: str = "") -> str:
    page = reverse("status_update", args=[incident.reference])
    return f"{page}?audience={audience}" if audience else page


STORIES: dict[str, Callable[[dict, Incident], Story | None]] = {
    "incident.declared": _declared,
    "severity.changed": _severity,
    "status.changed": _status(),
    "incident.mitigated": _progress("mitigated"),
    "incident.resolved": _progress("resolved"),
    "incident.reopened": _progress("reopened"),
    "incident.merged": _status("merged"),
    "incident.declined": _status("declined"),
    "status_update.posted": _update,
    "status_update.awaiting": _approval,
    "automation.requested": _confirmation,
    "role.assigned": _role,
    "role.taken_over": _taken_over,
    "visibility.changed": _made_private,
    "participation.added": _added,
    "task.assigned": _task,
    "update.requested": _request,
    "reminder.due": _reminder,
}
