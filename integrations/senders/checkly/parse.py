"""Webhooks of Checkly, with the payload that it proposes.

Source: https://www.checklyhq.com/docs/integrations/alerts/webhooks/
"""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from alerts.observed import Observed, Parsed, Told
from integrations.senders.base import UnreadableError, an_object, text_of
from integrations.senders.payload_fields import (
    NAMES_OF_SERVICE,
    filled,
    first_of,
    key_of,
    links_of,
    moment_of,
    named_in,
    tags_of,
    told_of,
)

STATES = {
    "alert_failure": Told.FIRING,
    "alert_failure_remain": Told.FIRING,
    "alert_failure_degraded": Told.FIRING,
    "alert_degraded": Told.FIRING,
    "alert_degraded_remain": Told.FIRING,
    "alert_degraded_failure": Told.FIRING,
    "alert_ssl": Told.FIRING,
    "alert_recovery": Told.RESOLVED,
    "alert_degraded_recovery": Told.RESOLVED,
}
SILENT = ("no_alert",)
DEGRADED = ("alert_degraded", "alert_degraded_remain", "alert_failure_degraded")


def parse(body: Any, headers: Mapping[str, str], mapping: Mapping[str, str]) -> Parsed:
    body = an_object(body)
    word = text_of(body.get("alert_type"))
    state = told_of(word, "alert_type", STATES, SILENT)
    if state is None:
        return Parsed(note="Checkly says that this is no alert.")
    key = first_of(body.get("check_id"), body.get("check_name"))
    if not key:
        raise UnreadableError("“check_id” is missing. Keep it in the payload of the webhook in Checkly.")
    is_certificate = word.casefold() == "alert_ssl"
    labels = tags_of(body.get("tags")) | filled(
        {
            name: body.get(name)
            for name in (
                "check_type",
                "group_name",
                "response_time",
                "api_check_response_status_code",
                "ssl_days_remaining",
                "ssl_check_domain",
            )
        }
    )
    observed = Observed(
        # A certificate that ends soon is another alert than a check that fails.
        dedup_key=key_of(key, "certificate") if is_certificate else key_of(key),
        group_key=key_of(text_of(body.get("group_name"))),
        state=state,
        title=first_of(body.get("check_name"), body.get("event"), body.get("alert_title")),
        description=text_of(body.get("check_error_message")),
        severity=_severity(word.casefold()) if state == Told.FIRING else "",
        service=named_in(labels, NAMES_OF_SERVICE),
        source=first_of(body.get("run_location"), body.get("region")),
        at=moment_of(body.get("started_at")),
        labels=labels,
        links=links_of(("Checkly", first_of(body.get("link"), body.get("result_link")))),
    )
    return Parsed((observed,))


def _severity(word: str) -> str:
    """Checkly has no word for it but the one in the type of the alert."""
    if word == "alert_ssl":
        return "ssl"
    return "degraded" if word in DEGRADED else "failure"


def sample(service: str) -> dict[str, Any]:
    return {
        "event": "A test alert has failed",
        "alert_type": "ALERT_FAILURE",
        "check_name": "A test alert",
        "group_name": "",
        "check_id": "test",
        "check_type": "API",
        "check_error_message": "",
        "run_location": "Ireland",
        "started_at": timezone.now().isoformat(),
        "tags": f"service:{service}",
        "link": "",
    }
