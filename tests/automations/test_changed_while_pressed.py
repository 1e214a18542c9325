"""Is what a run shows what its target gets, where an administrator changes the automation at the same moment?"""

import pytest

from automations.models import AutomationRun
from automations.workflow import change_automation, run_automation
from tests.alerts.test_lock_order import at_once
from tests.automations.conftest import work

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_change_that_is_being_saved_is_waited_for(automation, hit, commander, admin, target):
    at_once(
        lambda: change_automation(by=admin, automation=automation, template='{"ref": "next"}'),
        lambda: run_automation(incident=hit, automation=automation, by=commander),
        lambda: None,
    )
    work()
    assert AutomationRun.objects.get().sent["body"] == {"ref": "next"}
    assert [one.body for one in target.requests] == ['{"ref": "next"}']
