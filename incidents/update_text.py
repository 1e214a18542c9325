"""What each audience would read of an update, as typed so far."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from incidents.models import Audience, Incident
from incidents.workflow.wording import fill, variables


@dataclass(frozen=True)
class Preview:
    audience: str
    label: str
    status: str
    parts: list[tuple[str, str]]
    next_update_at: datetime | None
    left_out: str


def preview(incident: Incident, form) -> list[Preview]:
    """One preview per chosen audience, from what the form holds right now."""
    data = {name: form[name].value() or "" for name in ("known", "unknown", "doing", "workaround", "ask")}
    chosen = form["audiences"].value() or []
    return [
        _preview(incident, audience, data, _next(form), variables(incident, chosen))
        for audience in Audience.values
        if audience in chosen
    ]


def _preview(
    incident: Incident, audience: str, data: dict[str, str], next_at: datetime | None, values: dict[str, str]
) -> Preview:
    is_public = audience == Audience.PUBLIC
    labels = [("known", ""), ("unknown", "What we do not know yet"), ("doing", "What we are doing")]
    labels += [("workaround", "What you can do"), ("ask", "What we ask of you")]
    parts = [(label, fill(data[name], values)) for name, label in labels if data[name].strip()]
    wording = incident.public_status if is_public else incident.get_status_display()
    left_out = ""
    if is_public:
        left_out = "Left out for the public: severity, names, hypotheses."
        if incident.public_status != incident.get_status_display():
            left_out += (
                f" The public wording of “{incident.get_status_display().lower()}” is “{wording.lower()}”."
            )
    return Preview(audience, str(Audience(audience).label), wording, parts, next_at, left_out)


def _next(form) -> datetime | None:
    if "next_minutes" not in form.fields:
        return None
    moment = getattr(form, "cleaned_data", {}).get("next_update_at")
    minutes = form["next_minutes"].value()
    if moment or not re.fullmatch(r"[0-9]{1,4}", str(minutes or "")):
        return moment
    return timezone.now() + timedelta(minutes=int(minutes))
