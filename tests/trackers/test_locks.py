"""Do people and workers that are at the same tracker at once wait for each other, and never for ever?"""

import threading

import pytest
from django.db import connection, transaction

from action_items.models import ActionItem
from trackers.models import Ticket, Tracker
from trackers.workflow import create_ticket, remove_tracker


@pytest.mark.django_db(transaction=True)
def test_a_tracker_that_is_removed_while_a_ticket_is_asked_for(ticket, item, project, admin, responder):
    locked, faults = threading.Event(), []

    def ask():
        try:
            with transaction.atomic():
                ActionItem.objects.select_for_update().get(pk=item.pk)
                locked.set()
                removing.join(0.7)  # until it waits for the item
                create_ticket(by=responder, item=item, project=project)
        except Exception as fault:  # noqa: BLE001
            faults.append(fault)
        finally:
            connection.close()

    def remove():
        locked.wait(5)
        try:
            remove_tracker(by=admin, tracker=ticket.tracker)
        except Exception as fault:  # noqa: BLE001
            faults.append(fault)
        finally:
            connection.close()

    removing = threading.Thread(target=remove)
    asking = threading.Thread(target=ask)
    asking.start()
    removing.start()
    asking.join(20)
    removing.join(20)
    assert faults == []
    assert not Ticket.objects.exists()
    assert not Tracker.objects.exists()
