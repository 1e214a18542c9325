"""What becomes of linked tickets whose project is removed, and added again?"""

from django.utils import timezone

from action_items.workflow import start_action_item
from trackers.face import Field
from trackers.models import Ticket
from trackers.workflow import add_project, remove_project


def _look(work):
    Ticket.objects.update(next_at=timezone.now())
    work()


def test_only_their_state_is_shown(item, ticket, project, server, admin, responder, work, client):
    remove_project(by=admin, project=project)
    server.edit(ticket.remote_id, title="Something else", state="closed")
    _look(work)
    item.refresh_from_db()
    ticket.refresh_from_db()
    assert (item.title, item.state) == ("Alert on saturation", "open")
    assert ticket.said(Field.STATE) == "Closed"
    client.force_login(responder)
    assert "Not synced" in client.get(item.get_absolute_url()).content.decode()


def test_they_are_synced_again_once_it_is_added_again(item, ticket, project, server, admin, responder, work):
    remove_project(by=admin, project=project)
    _look(work)
    start_action_item(item=item, by=responder)
    server.edit(ticket.remote_id, title="Something else")
    work()
    add_project(by=admin, tracker=ticket.tracker, remote_id="10")
    work()
    item.refresh_from_db()
    assert item.title == "Something else"
    assert server.issues[ticket.remote_id].raw[Field.STATE] == "doing"
