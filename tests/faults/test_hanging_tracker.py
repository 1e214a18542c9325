"""Does a tracker that accepts and never answers hold up messages, or another tracker?"""

import pytest
from django.utils import timezone

from accounts.models import InstallationRole, User
from action_items.workflow import add_action_item
from notifications.workflow import deliver
from tests.faults.conftest import percentile, until, works
from tests.faults.consumer import messages_due
from tests.faults.receiver import Hanging
from trackers.models import Ticket, TrackerProject
from trackers.workflow import add_tracker, create_ticket

pytestmark = [pytest.mark.alone, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def hanging():
    endpoint = Hanging()
    yield endpoint
    endpoint.close()


def test_messages_are_late_by_two_seconds_at_most(installation, receiver, hanging, report):
    admin = User.objects.create_user(
        "hang@example.test", name="Hang", installation_role=InstallationRole.ADMINISTRATOR
    )
    tracker = add_tracker(by=admin, kind="redmine", name="Hangs", url=hanging.url.rstrip("/"), secret="t")
    project = TrackerProject.objects.create(
        tracker=tracker, remote_id="1", key="pay", name="Pay", looked_at=timezone.now(), look_at=None
    )
    for number in range(20):
        item = add_action_item(by=admin, title=f"Item {number}")
        create_ticket(by=admin, item=item, project=project)
    running = installation()
    running.start("worker-1")
    assert until(works, seconds=30)
    assert until(lambda: hanging.calls > 0, seconds=30)
    rows, due = messages_due(receiver.url, 200, within=11)
    deliver(*rows)
    assert until(lambda: len(receiver.arrivals) >= len(due), seconds=40)
    late = [arrival.at - due[arrival.key] for arrival in receiver.arrivals]
    report(
        hanging_calls=hanging.calls, others=len(late),
        p99_s=f"{percentile(late, 0.99):.2f}", latest_s=f"{max(late):.2f}",
    )  # fmt: skip
    assert percentile(late, 0.99) <= 2
    assert Ticket.objects.filter(state="creating").count() == 20
