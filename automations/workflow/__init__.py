"""The verbs of automations and their runs."""

from automations.workflow.running import confirm_run, refuse_run, repeat_run, run_automation
from automations.workflow.setting_up import add_automation, change_automation, remove_automation

__all__ = [
    "add_automation",
    "change_automation",
    "confirm_run",
    "refuse_run",
    "remove_automation",
    "repeat_run",
    "run_automation",
]
