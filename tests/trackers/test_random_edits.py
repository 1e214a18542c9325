"""After any edits on both sides, with kills and lost answers in between: are both equal, or is a conflict there to see?"""

from contextlib import suppress
from datetime import date

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from action_items.models import ActionItem
from action_items.workflow import add_action_item
from action_items.workflow.from_tickets import take_from_ticket
from audit.models import AuditEntry
from notifications.workflow import expand_next_event
from tests.trackers.conftest import URL
from tests.trackers.imaginary import BOT, PRIORITIES, SERVERS, STATES, Killed, Server
from trackers.face import Field, Problem, TrackerError
from trackers.models import Ticket, TicketConflict, Tracker
from trackers.translating import Table
from trackers.workflow import create_ticket
from trackers.workflow.linking import values_of
from trackers.workflow.sweeping import touch
from trackers.workflow.turns import take_turns

TITLES = st.integers(0, 10**6).map(lambda number: f"Title {number}")
DAYS = st.integers(0, 300).map(lambda days: date.fromordinal(date(2027, 1, 1).toordinal() + days).isoformat())
OURS = st.one_of(
    st.tuples(st.just("title"), TITLES),
    st.tuples(st.just("due_on"), DAYS | st.just("")),
    st.tuples(st.just("priority"), st.sampled_from(["P1", "P2", "P3", "P4"])),
    st.tuples(st.just("state"), st.sampled_from(["open", "in_progress", "done", "wont_do"])),
)
THEIRS = st.one_of(
    st.tuples(st.just("title"), TITLES),
    st.tuples(st.just("due_on"), DAYS | st.just("")),
    st.tuples(st.just("priority"), st.sampled_from(sorted(PRIORITIES))),
    st.tuples(st.just("state"), st.sampled_from(sorted(STATES))),
)
STEPS = st.one_of(
    st.tuples(st.just("ours"), OURS),
    st.tuples(st.just("theirs"), THEIRS),
    st.tuples(st.just("sync"), st.just(None)),
    st.tuples(st.just("race"), TITLES),  # changed here, and there between look and call
    st.tuples(
        st.sampled_from(["kill before", "kill after", "lose the answer", "edit between"]), st.integers(0, 3)
    ),
)


def _ours(item: ActionItem, change: tuple[str, str], by) -> None:
    name, value = change
    if name == "due_on":
        value = date.fromisoformat(value) if value else None
    take_from_ticket(item=item, by=by, ticket="by hand", **{name: value})


def _work(ticket: Ticket) -> None:
    now = timezone.now()
    Ticket.objects.filter(pk=ticket.pk).update(busy_until=None, next_at=now)
    Tracker.objects.update(retry_at=None)
    while expand_next_event():
        pass
    with suppress(Killed):
        take_turns()


def _arm(server: Server, what: str, place: int, pk: str) -> None:
    """At the call after `place` others: killed before it or after, its answer lost, or somebody edits after it."""
    left = [place]

    def before(name: str) -> None:
        left[0] -= 1
        if left[0] >= 0:
            server.before = before
        elif what == "kill before":
            raise Killed

    def until_then(name: str) -> None:
        left[0] -= 1
        if left[0] >= 0:
            server.after = until_then
        else:
            after(name)

    def after(name: str) -> None:
        if what == "edit between" and name != "get":  # a sweep came first
            server.after = after
        elif what == "edit between":
            server.edit(pk, title=f"Between {len(server.calls)}", due_on="2028-01-01")
        elif what == "kill after":
            raise Killed
        elif what == "lose the answer":
            raise TrackerError(Problem.UNREACHABLE, "did not answer", may_have_run=True)

    if what == "kill before":
        server.before = before
    else:
        server.after = until_then


@pytest.fixture
def setting(tracker, project, responder, work):
    def begin() -> tuple[ActionItem, Ticket, Server]:
        """A new item and ticket in the same tracker."""
        server = SERVERS[URL]
        server.before = server.after = None
        item = add_action_item(by=responder, title="Begun")
        ticket = create_ticket(by=responder, item=item, project=project)
        work()
        ticket.refresh_from_db()
        return item, ticket, server

    return begin


@settings(
    max_examples=20,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@example(steps=[("race", "Title 5")])
@given(steps=st.lists(STEPS, min_size=1, max_size=14))
def test_nothing_is_lost(setting, responder, steps):
    item, ticket, server = setting()
    issue = server.issues[ticket.remote_id]
    for what, detail in steps:
        if what == "ours":
            _ours(item, detail, responder)
            item.refresh_from_db()
        elif what == "theirs":
            server.edit(issue.pk, **dict([detail]))
        elif what == "sync":
            _work(ticket)
        else:
            if what == "race":
                _ours(item, ("title", detail), responder)
                what, detail = "edit between", 0
            _arm(server, what, detail, issue.pk)
            _work(ticket)
    server.before = server.after = None
    for _ in range(3):
        touch(ticket.tracker_id, [ticket.remote_id], timezone.now())
        _work(ticket)
    item.refresh_from_db()
    ticket.refresh_from_db()
    assert ticket.problem == ""
    tables = ticket.project.tables(Table())
    ours = values_of(item)
    for name in (Field.TITLE, Field.STATE, Field.DUE, Field.PRIORITY):
        assert tables.read(name, issue.raw[name], ours[name]) == ours[name], name
    _check_that_nothing_vanished(item, ticket, issue)


def _check_that_nothing_vanished(item: ActionItem, ticket: Ticket, issue) -> None:
    """Whatever Allclear wrote over in the tracker was known here: as a value that both had, or as a conflict."""
    tables = ticket.project.tables(Table())
    known = {(conflict.field, conflict.theirs) for conflict in TicketConflict.objects.filter(ticket=ticket)}
    for entry in AuditEntry.objects.filter(subject=item.reference):
        known |= {
            (name, value) for name, pair in entry.changes.items() if isinstance(pair, list) for value in pair
        }
    last: dict[Field, str] = {}
    for change in issue.changes:
        if change.field not in last:  # as it was made
            last[change.field] = change.before
            known.add((change.field, tables.read(change.field, change.before, "")))
        if change.by == BOT:
            theirs = tables.read(change.field, last[change.field], "")
            assert change.field == Field.STATE or (change.field, theirs) in known, change
            known.add((change.field, tables.read(change.field, change.after, "")))
        last[change.field] = change.after
