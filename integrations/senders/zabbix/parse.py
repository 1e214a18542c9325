"""Problems of Zabbix, by the media type in `MEDIA_TYPE`: it is imported there and posts one JSON object an event.

Sources: https://www.zabbix.com/documentation/current/en/manual/config/notifications/media/webhook
and https://www.zabbix.com/documentation/current/en/manual/appendix/macros/supported_by_location
"""

import json
from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from alerts.observed import Observed, Parsed, Told
from integrations.senders.base import UnreadableError, an_object, text_of
from integrations.senders.payload_fields import (
    NAMES_OF_SERVICE,
    filled,
    json_in,
    key_of,
    links_of,
    moment_of,
    named_in,
    tags_of,
)

FIELDS = {
    "event_id": "{EVENT.ID}",
    "event_value": "{EVENT.VALUE}",
    "update_status": "{EVENT.UPDATE.STATUS}",
    "acknowledged": "{EVENT.ACK.STATUS}",
    "trigger_id": "{TRIGGER.ID}",
    "name": "{EVENT.NAME}",
    "severity": "{EVENT.SEVERITY}",
    "host": "{HOST.NAME}",
    "host_groups": "{TRIGGER.HOSTGROUP.NAME}",
    "description": "{TRIGGER.DESCRIPTION}",
    "operational_data": "{EVENT.OPDATA}",
    "tags": "{EVENT.TAGSJSON}",
    "started_at": "{EVENT.TIMESTAMP}",
    "recovered_at": "{EVENT.RECOVERY.TIMESTAMP}",
    "updated_at": "{EVENT.UPDATE.TIMESTAMP}",
    "trigger_url": "{TRIGGER.URL}",
    "url": "{$ZABBIX.URL}/tr_events.php?triggerid={TRIGGER.ID}&eventid={EVENT.ID}",
}
MEDIA_TYPE = (
    """zabbix_export:
  version: '6.0'
  media_types:
    - name: Allclear
      type: WEBHOOK
      parameters:
        - name: address
          value: '{ALERT.SENDTO}'
"""
    + "".join(f"        - name: {name}\n          value: '{macro}'\n" for name, macro in FIELDS.items())
    + """      script: |
        var fields = JSON.parse(value), request = new HttpRequest(), address = fields.address;
        delete fields.address;
        request.addHeader('Content-Type: application/json');
        var answer = request.post(address, JSON.stringify(fields));
        if (request.getStatus() < 200 || request.getStatus() > 299) {
          throw 'Not accepted: ' + request.getStatus() + ' ' + answer;
        }
        return 'OK';
      message_templates:
"""
    + "".join(
        f"        - event_source: TRIGGERS\n          operation_mode: {mode}\n"
        "          subject: '{EVENT.NAME}'\n          message: '{EVENT.NAME}'\n"
        for mode in ("PROBLEM", "RECOVERY", "UPDATE")
    )
)


def parse(body: Any, headers: Mapping[str, str], mapping: Mapping[str, str]) -> Parsed:
    body = an_object(body)
    said = {name: _said(body.get(name)) for name in FIELDS}
    if not said["event_id"]:
        raise UnreadableError(
            "“event_id” is missing. Import the media type from the page of this integration into Zabbix."
        )
    state = _state(said)
    labels = tags_of(json_in(said["tags"]) if isinstance(body.get("tags"), str) else body.get("tags"))
    labels |= filled({name: said[name] for name in ("trigger_id", "host_groups", "operational_data")})
    started_at = moment_of(said["started_at"])
    ends = {Told.FIRING: started_at, Told.RESOLVED: moment_of(said["recovered_at"])}
    observed = Observed(
        dedup_key=key_of(said["event_id"]),
        group_key=key_of(f"trigger:{said['trigger_id']}") if said["trigger_id"] else "",
        state=state,
        title=said["name"],
        description=said["description"] or said["operational_data"],
        severity=said["severity"],
        service=named_in(labels, NAMES_OF_SERVICE),
        source=said["host"],
        at=ends[state] if state in ends else moment_of(said["updated_at"]),
        started_at=started_at,
        labels=labels,
        links=links_of(("Runbook", said["trigger_url"]), ("Zabbix", said["url"])),
        is_one_occurrence=True,  # Zabbix 6.0 tells no time that can be read
    )
    return Parsed((observed,))


def _state(said: Mapping[str, str]) -> Told:
    """Of an update, such as a message of somebody, only whether the problem is acknowledged counts."""
    if said["event_value"] == "0":
        return Told.RESOLVED
    if said["event_value"] != "1":
        raise UnreadableError(
            f"“event_value” is “{said['event_value'][:60]}”, not “1” for a problem or “0” for its end."
        )
    if said["update_status"] != "1":
        return Told.FIRING
    return Told.ACKNOWLEDGED if said["acknowledged"].casefold() == "yes" else Told.UNACKNOWLEDGED


def _said(value: Any) -> str:
    """Zabbix leaves a macro as it is, or writes *UNKNOWN*, where it has nothing to say."""
    text = text_of(value)
    is_macro = text.startswith("{") and not text.startswith('{"')
    return "" if is_macro or text == "*UNKNOWN*" else text


def sample(service: str) -> dict[str, Any]:
    return {
        "event_id": "1",
        "event_value": "1",
        "update_status": "0",
        "acknowledged": "No",
        "trigger_id": "1",
        "name": "A test alert",
        "severity": "Warning",
        "host": "test",
        "tags": json.dumps([{"tag": "service", "value": service}]),
        "started_at": str(int(timezone.now().timestamp())),
        "recovered_at": "{EVENT.RECOVERY.TIMESTAMP}",
    }
