"""A tracker with a project, and a ticket of each unfinished action item. Nothing asks it."""

from datetime import timedelta

from django.utils import timezone

from accounts.models import Team, User
from action_items.models import UNFINISHED_STATES, ActionItem
from trackers.models import Ticket, TicketConflict, TicketState, Tracker, TrackerPerson, TrackerProject
from trackers.workflow import add_tracker

URL, KEY = "https://redmine.example.test", "key"
EVERY = 20  # ticket has a conflict
STATES = {
    "choices": [["1", "New"], ["2", "In progress"], ["5", "Closed"]],
    "means": {"1": "open", "2": "in_progress", "5": "done"},
    "sets": {"open": "1", "in_progress": "2", "done": "5"},
}


def keep_in_backlog(administrator: User) -> None:
    now = timezone.now()
    never = now + timedelta(days=3650)
    tracker = add_tracker(by=administrator, kind="redmine", name="Redmine", url=URL, secret=KEY)
    tracker.found = {
        "account": ["1", "Allclear Bot"],
        "projects": [[str(number), f"Project {number}"] for number in range(200)],
        "warning": "",
    }
    Tracker.objects.filter(pk=tracker.pk).update(
        found=tracker.found, looked_at=now, answered_at=now, look_at=never, sweep_at=never
    )
    project = TrackerProject.objects.create(
        tracker=tracker, remote_id="1", key="shop", name="Shop", url=f"{URL}/projects/shop", states=STATES,
        team=Team.objects.earliest("pk"), looked_at=now, look_at=never,
    )  # fmt: skip
    people = User.objects.active().order_by("pk")
    TrackerPerson.objects.bulk_create(
        TrackerPerson(tracker=tracker, remote_id=str(number), name=person.name, user=person)
        for number, person in enumerate(people)
    )
    items = ActionItem.objects.filter(state__in=UNFINISHED_STATES).order_by("pk")
    tickets = Ticket.objects.bulk_create([_ticket(item, project, administrator) for item in items])
    TicketConflict.objects.bulk_create(
        TicketConflict(
            ticket=ticket, field="title", ours="Add a limit", theirs="Set a limit", used_theirs=True
        )
        for ticket in tickets[::EVERY]
    )


def _ticket(item: ActionItem, project: TrackerProject, asked_by: User) -> Ticket:
    now = timezone.now()
    raw = {"title": item.title, "state": "1"}
    return Ticket(
        item=item,
        tracker=project.tracker,
        project=project,
        state=TicketState.LINKED,
        remote_id=str(item.pk),
        remote_project=project.remote_id,
        key=f"#{item.pk}",
        url=f"{URL}/issues/{item.pk}",
        agreed={"title": item.title, "state": "open"},
        remote={"raw": raw, "names": raw | {"state": "New"}, "updated_at": now.isoformat()},
        asked_by=asked_by,
        next_at=None,
        synced_at=now,
    )
