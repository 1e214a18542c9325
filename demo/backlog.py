"""Fernhill's backlog: the demo's own tracker with tickets of its action items, in the states that tickets can be in."""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from accounts.models import Team, User
from action_items.models import ActionItem
from action_items.workflow import change_action_item
from demo.cast import BEGAN, Stage
from demo.models import DemoTicket
from demo.tickets import KIND, add_ticket, delete_ticket, people, set_fields
from trackers.face import Field, TrackerError
from trackers.kinds import client_of
from trackers.models import Ticket, Tracker, TrackerProject
from trackers.workflow import add_project, add_tracker, create_ticket, link_ticket
from trackers.workflow.turn import Turn
from trackers.workflow.turns import claim_one

NAME = "Fernhill backlog"
DAY = 24 * 60
PRIORITIES = {"P1": "highest", "P2": "high", "P3": "medium", "P4": "low"}
STATES = {"open": "todo", "in_progress": "doing", "done": "done", "verified": "done", "wont_do": "dropped"}


@dataclass(frozen=True)
class Linked:
    """A ticket that was there before somebody linked it; `item` is the beginning of the item's title."""

    item: str
    key: str
    state: str = ""


LINKED = (
    Linked("Check every server’s clock", "PLT-118"),
    Linked("Drop the shared cron host", "PLT-220"),
    Linked("Alert on pool saturation", "PAY-482"),
    Linked("Contract test for the card", "PAY-475", state="review"),
    Linked("Show the pool on the checkout", "PAY-490"),
    Linked("Release a connection before", "PAY-491"),
    Linked("Rehearse the index rebuild", "PLT-224"),
    Linked("Give the search index", "PLT-225"),
)
CREATED = (("Write down who may stop", "PLT"), ("Collect zone c’s metrics", "PLT"))
SECOND = ("Show the pool on the checkout", "PLT-221", "Grant checkout read access to pool metrics")
UNLINKED = (
    ("PAY-495", "Set a limit for retries of refunds"),
    ("PLT-228", "Renew the certificate of the load balancer"),
)


def tell_backlog(stage: Stage) -> None:
    ines = stage.people["ines"]
    with stage.at(BEGAN):
        tracker = add_tracker(by=ines, kind=KIND, name=NAME, url=_address(), secret=KIND)
        work_off()
        tracker.refresh_from_db()
        projects = {
            key: add_project(by=ines, tracker=tracker, remote_id=key, team=Team.objects.get(name=team))
            for key, team in (("PAY", "Payments"), ("PLT", "Platform"))
        }
        work_off()
    for number, linked in enumerate(LINKED):
        with stage.at(7 * DAY - number):
            _link(tracker, linked, by=ines)
    with stage.at(4 * DAY):
        for beginning, key in CREATED:
            create_ticket(by=ines, item=_item(beginning), project=projects[key])
            work_off()
    _tell_second(stage, tracker)
    _tell_done(stage)
    _tell_conflict(stage)
    _tell_deleted(stage)
    with stage.at(9 * DAY):
        for key, title in UNLINKED:
            _add(key, {Field.TITLE: title})


def follow_address() -> None:
    """The demo may have been started with another port since; pages of tickets have it in their addresses."""
    now, moved = timezone.now(), Tracker.objects.filter(kind=KIND).exclude(url=_address())
    TrackerProject.objects.filter(tracker__in=moved).update(look_at=now)
    Ticket.objects.filter(tracker__in=moved).update(next_at=now)
    moved.update(url=_address())


def _address() -> str:
    return f"{settings.PUBLIC_URL}/demo/tickets"


def work_off() -> None:
    """What a worker does with everything that is due, in this transaction."""
    while claimed := claim_one([], timezone.now()):
        turn: Turn | None = claimed
        while turn is not None:
            turn = _take(turn)


def _take(turn: Turn) -> Turn | None:
    try:
        answer = turn.ask(client_of(turn.access))
    except TrackerError as error:
        turn.fail(error)
        return None
    return turn.settle(answer)


def _item(beginning: str) -> ActionItem:
    return ActionItem.objects.get(title__startswith=beginning)


def _add(key: str, raw: dict[Field, str]) -> DemoTicket:
    project, _, number = key.partition("-")
    return add_ticket(project=project, number=int(number), raw=raw)


def _link(tracker: Tracker, linked: Linked, *, by: User) -> None:
    """In step from the beginning."""
    item = _item(linked.item)
    raw = {
        Field.TITLE: item.title,
        Field.STATE: linked.state or STATES[item.state],
        Field.OWNER: item.owner.email.partition("@")[0] if item.owner else "",
        Field.DUE: item.due_on.isoformat() if item.due_on else "",
        Field.PRIORITY: PRIORITIES[item.priority],
    }
    _add(linked.key, raw)
    link_ticket(by=item.owner or by, item=item, tracker=tracker, address=linked.key)
    work_off()


def _tell_second(stage: Stage, tracker: Tracker) -> None:
    """One item has two tickets: of this one only the state is shown."""
    beginning, key, title = SECOND
    with stage.at(5 * DAY):
        _add(key, {Field.TITLE: title, Field.STATE: "doing", Field.OWNER: "lee"})
        item = _item(beginning)
        link_ticket(by=stage.people["ana"], item=item, tracker=tracker, address=key)
        work_off()


def _tell_done(stage: Stage) -> None:
    with stage.at(6 * DAY):
        _change("PLT-224", by="lee", raw={Field.STATE: "done"})


def _tell_conflict(stage: Stage) -> None:
    """Both sides move the due day, theirs after ours. At this moment: the audit trail, which says when ours was moved,
    has no other."""
    today = stage.now.date()
    item = _item("Alert on pool saturation")
    change_action_item(item=item, by=stage.people["ana"], due_on=today + timedelta(days=3))
    _change("PAY-482", by="sam", raw={Field.DUE: (today + timedelta(days=8)).isoformat()})


def _tell_deleted(stage: Stage) -> None:
    with stage.at(2 * DAY):
        delete_ticket(ticket=_ticket("PLT-225"))
        work_off()


def _change(key: str, *, by: str, raw: dict[Field, str]) -> None:
    ticket = set_fields(ticket=_ticket(key), by=people()[by], raw=raw)
    Ticket.objects.filter(tracker__kind=KIND, remote_id=str(ticket.pk)).update(next_at=timezone.now())
    work_off()


def _ticket(key: str) -> DemoTicket:
    return DemoTicket.objects.of_key(key).get()
