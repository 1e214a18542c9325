"""How runs of automations look."""

import json
from typing import Any

from django import template
from django.utils.safestring import SafeString

from automations.models import AutomationRun, Content, RunState
from core.templatetags.state_marks import state_mark

register = template.Library()

LOOK = {
    RunState.REQUESTED: ("k-warn", "user-check"),
    RunState.WAITING: ("", "loader"),
    RunState.CALLING: ("", "loader"),
    RunState.ACCEPTED: ("k-ok", "check"),
    RunState.REJECTED: ("k-bad", "x"),
    RunState.NOT_SENT: ("k-bad", "unplug"),
    RunState.UNKNOWN: ("k-warn", "circle-question-mark"),
    RunState.REFUSED: ("muted", "ban"),
    RunState.EXPIRED: ("muted", "timer-off"),
}


@register.simple_tag
def run_state(run: AutomationRun) -> SafeString:
    """The mark of a run with its word; of a called one with the status of the answer."""
    tone, name = LOOK[RunState(run.state)]
    status = f" · {run.status_code}" if run.status_code else ""
    return state_mark(tone, name, f"{run.get_state_display()}{status}")


@register.filter
def written_body(sent: dict[str, Any]) -> str:
    """What was sent, for people; empty where nothing was."""
    if sent.get("content") == Content.NONE or not sent.get("body"):
        return ""
    return json.dumps(sent["body"], ensure_ascii=False, indent=2)
