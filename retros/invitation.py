"""The session as an iCalendar invitation (RFC 5545, 5546)."""

from datetime import UTC, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone
from icalendar import Calendar, Event, vCalAddress, vText

from accounts.models import Installation
from notifications import mail_server
from retros.models import Retrospective


def invitation(retrospective: Retrospective, *, is_off: bool = False) -> bytes:
    """A request to attend, or its cancellation (RFC 5546, 3.2.2 and 3.2.5).

    The id stays the same and the sequence rises with each appointment, so that calendars replace the one before.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//Allclear//Retrospectives//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if is_off else "REQUEST")
    calendar.add_component(_event(retrospective, is_off=is_off))
    return calendar.to_ical()


def _event(retrospective: Retrospective, *, is_off: bool) -> Event:
    host = urlsplit(settings.PUBLIC_URL).hostname or "localhost"
    url = settings.PUBLIC_URL + retrospective.get_absolute_url()
    event = Event()
    event.add("uid", f"retrospective-{retrospective.pk}@{host}")
    event.add("sequence", retrospective.calendar_sequence or 0)
    event.add("dtstamp", timezone.now().astimezone(UTC))
    event.add("summary", f"Retrospective: {retrospective.title}")
    starts = retrospective.scheduled_at
    if starts:
        event.add("dtstart", starts.astimezone(UTC))
        event.add("dtend", (starts + timedelta(minutes=retrospective.minutes)).astimezone(UTC))
    if retrospective.place:
        event.add("location", retrospective.place)
    event.add("description", "\n\n".join(filter(None, [retrospective.objectives, url])))
    event.add("url", url)
    event.add("status", "CANCELLED" if is_off else "CONFIRMED")
    event.add("organizer", _organizer(retrospective))
    for participant in retrospective.participants.select_related("user"):
        attendee = _address(participant.user.email, str(participant.user))
        attendee.params |= {"ROLE": "REQ-PARTICIPANT", "PARTSTAT": "NEEDS-ACTION", "RSVP": "TRUE"}
        event.add("attendee", attendee, encode=False)
    return event


def _organizer(retrospective: Retrospective) -> vCalAddress:
    leader = retrospective.facilitator or retrospective.owner
    if leader:
        return _address(leader.email, str(leader))
    sender = mail_server.sender()
    return _address(sender.rpartition("<")[2].rstrip(">"), str(Installation.get()))


def _address(email: str, name: str) -> vCalAddress:
    address = vCalAddress(f"mailto:{email}")
    address.params["cn"] = vText(name)
    return address
