"""Notifications of Icinga 2 and of Nagios, by the commands in `COMMANDS`, which post one JSON object each.

The commands need `jq` and `curl`. Sources: https://icinga.com/docs/icinga-2/latest/doc/03-monitoring-basics/#notifications
and https://assets.nagios.com/downloads/nagioscore/docs/nagioscore/4/en/macrolist.html
"""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from alerts.observed import Observed, Parsed, Told
from integrations.senders.base import UnreadableError, an_object, text_of
from integrations.senders.payload_fields import filled, key_of, links_of, moment_of, told_of

COMMANDS = r"""# Icinga 2: two notification commands. Put the address of this integration in place of ADDRESS, and apply them
# with a Notification. vars.application of a host or service says the name of the service here.
object NotificationCommand "allclear-service" {
  command = [ "/bin/sh", "-c", "jq -n '{type: env.TYPE, host: env.ALERT_HOST, service: env.ALERT_SERVICE, state: env.STATE, output: env.OUTPUT, time: env.TIME, last_change: env.LAST_CHANGE, application: env.APPLICATION, notes_url: env.NOTES_URL}' | curl -fsS -m 10 --retry 3 -H 'Content-Type: application/json' --data @- ADDRESS" ]
  env = {
    TYPE = "$notification.type$"
    ALERT_HOST = "$host.name$"
    ALERT_SERVICE = "$service.name$"
    STATE = "$service.state$"
    OUTPUT = "$service.output$"
    TIME = "$icinga.timet$"
    LAST_CHANGE = "$service.last_state_change$"
    APPLICATION = "$application$"
    NOTES_URL = "$service.notes_url$"
  }
}
object NotificationCommand "allclear-host" {
  command = [ "/bin/sh", "-c", "jq -n '{type: env.TYPE, host: env.ALERT_HOST, state: env.STATE, output: env.OUTPUT, time: env.TIME, last_change: env.LAST_CHANGE, application: env.APPLICATION, notes_url: env.NOTES_URL}' | curl -fsS -m 10 --retry 3 -H 'Content-Type: application/json' --data @- ADDRESS" ]
  env = {
    TYPE = "$notification.type$"
    ALERT_HOST = "$host.name$"
    STATE = "$host.state$"
    OUTPUT = "$host.output$"
    TIME = "$icinga.timet$"
    LAST_CHANGE = "$host.last_state_change$"
    APPLICATION = "$application$"
    NOTES_URL = "$host.notes_url$"
  }
}

# Nagios: two commands, for the contact that gets the notifications. _APPLICATION is a custom variable.
define command {
  command_name allclear-service
  command_line /usr/bin/jq -n --arg type '$NOTIFICATIONTYPE$' --arg host '$HOSTNAME$' --arg service '$SERVICEDESC$' --arg state '$SERVICESTATE$' --arg output '$SERVICEOUTPUT$' --arg time '$TIMET$' --arg last_change '$LASTSERVICESTATECHANGE$' --arg application '$_SERVICEAPPLICATION$' --arg notes_url '$SERVICENOTESURL$' '$$ARGS.named' | /usr/bin/curl -fsS -m 10 --retry 3 -H 'Content-Type: application/json' --data @- ADDRESS
}
define command {
  command_name allclear-host
  command_line /usr/bin/jq -n --arg type '$NOTIFICATIONTYPE$' --arg host '$HOSTNAME$' --arg state '$HOSTSTATE$' --arg output '$HOSTOUTPUT$' --arg time '$TIMET$' --arg last_change '$LASTHOSTSTATECHANGE$' --arg application '$_HOSTAPPLICATION$' --arg notes_url '$HOSTNOTESURL$' '$$ARGS.named' | /usr/bin/curl -fsS -m 10 --retry 3 -H 'Content-Type: application/json' --data @- ADDRESS
}
"""
STATES = {"problem": Told.FIRING, "recovery": Told.RESOLVED, "acknowledgement": Told.ACKNOWLEDGED}
SILENT = (
    "custom",
    "flappingstart",
    "flappingstop",
    "flappingend",
    "flappingdisabled",
    "downtimestart",
    "downtimeend",
    "downtimeremoved",
    "downtimecancelled",
)


def parse(body: Any, headers: Mapping[str, str], mapping: Mapping[str, str]) -> Parsed:
    body = an_object(body)
    host, check = _said(body.get("host")), _said(body.get("service"))
    if not host:
        raise UnreadableError(
            "“host” is missing. Copy the command from the page of this integration into Icinga or Nagios."
        )
    state = told_of(body.get("type"), "type", STATES, SILENT)
    if state is None:
        return Parsed(note=f"A notification of the type {text_of(body.get('type'))} changes no state.")
    changed_at = moment_of(body.get("last_change"))
    at = moment_of(body.get("time"))
    observed = Observed(
        dedup_key=key_of(host, check),
        state=state,
        title=f"{check} on {host}" if check else host,
        description=text_of(body.get("output")),
        severity=_said(body.get("state")) if state == Told.FIRING else "",
        service=_said(body.get("application")),
        source=host,
        # Reminders have the time of the problem: the change to its present state.
        at=at or changed_at,
        started_at=changed_at if state == Told.FIRING else None,
        labels=filled({"host": host, "check": check}),
        links=links_of(("Runbook", _said(body.get("notes_url")))),
    )
    return Parsed((observed,))


def _said(value: Any) -> str:
    """A macro without a value stays as it is written."""
    text = text_of(value)
    return "" if text.startswith("$") and text.endswith("$") else text


def sample(service: str) -> dict[str, Any]:
    now = str(int(timezone.now().timestamp()))
    return {
        "type": "PROBLEM",
        "host": "test",
        "service": "A test alert",
        "state": "WARNING",
        "output": "",
        "time": now,
        "last_change": now,
        "application": service,
        "notes_url": "",
    }
