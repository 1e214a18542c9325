"""Do the values of the chosen side hold, too, where a ticket is linked whose project has just been set up?"""

import time

import pytest

from trackers.face import Field
from trackers.models import Ticket, TicketConflict
from trackers.workflow import add_project, link_ticket


@pytest.mark.parametrize(("takes_theirs", "state"), [(True, "done"), (False, "open")])
def test_a_ticket_of_another_project(item, tracker, server, admin, responder, work, takes_theirs, state):
    issue = server.add("20", title="There", state="closed", priority="p4", owner="2", due_on="2027-05-01")
    server.each = lambda name: time.sleep(0.3) if name == "project" else None  # its states come late
    add_project(by=admin, tracker=tracker, remote_id="20")
    link_ticket(by=responder, item=item, tracker=tracker, address="OPS-1", takes_theirs=takes_theirs)
    work()
    work()
    item.refresh_from_db()
    assert item.state == state
    assert not TicketConflict.objects.exists()
    assert issue.raw[Field.STATE] == ("closed" if takes_theirs else "new")
    assert issue.raw[Field.PRIORITY] == ("p4" if takes_theirs else "p2")
    assert issue.raw[Field.TITLE] == ("There" if takes_theirs else "Alert on saturation")
    assert Ticket.objects.get().problem == ""
