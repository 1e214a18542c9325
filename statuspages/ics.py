"""Maintenance as iCalendar (RFC 5545): what a page shows, for calendars that come back for it."""

from datetime import UTC

from django.utils.translation import gettext
from icalendar import Calendar, Event

from statuspages.view_models import Shown, ShownMaintenance


def calendar(shown: Shown, code: str = "") -> bytes:
    """One maintenance as an iCalendar file, or all of them; the cancelled stay, so that calendars remove them."""
    found = [m for m in shown.maintenances if code in ("", m.code)]
    made = Calendar()
    made.add("prodid", "-//Allclear//Status pages//EN")
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    made.add("x-wr-calname", gettext("%(name)s maintenance") % {"name": shown.page.name})
    for maintenance in found:
        made.add_component(_event(shown, maintenance))
    made.add_missing_timezones()
    return made.to_ical()


def _event(shown: Shown, maintenance: ShownMaintenance) -> Event:
    zone = shown.page.zone
    event = Event()
    event.add("uid", f"{maintenance.uid}@allclear")
    event.add("sequence", maintenance.version)
    event.add("dtstamp", maintenance.changed_at.astimezone(UTC))
    event.add("created", maintenance.created_at.astimezone(UTC))
    event.add("last-modified", maintenance.changed_at.astimezone(UTC))
    event.add("dtstart", maintenance.starts_at.astimezone(zone))
    event.add("dtend", maintenance.ends_at.astimezone(zone))
    event.add("summary", f"{shown.page.name}: {maintenance.title}")
    affected = ", ".join(c.name for c in maintenance.components)
    event.add("description", "\n\n".join(filter(None, [affected, *(u.text for u in maintenance.updates)])))
    event.add("url", f"{shown.page.root}/maintenances/{maintenance.code}")
    event.add("status", "CANCELLED" if maintenance.state == "cancelled" else "CONFIRMED")
    event.add("transp", "TRANSPARENT")
    return event
