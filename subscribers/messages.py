"""The words of a story as mail, webhook, chat message and inbox line, in the voice of the reader's audience."""

from dataclasses import asdict
from datetime import UTC, datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.text import Truncator

from accounts.models import Installation
from incidents.models import Audience, Incident
from notifications.models import OutboxMessage
from subscribers.announcements.incidents import Story
from subscribers.links import unsubscribe_url
from subscribers.mail_builder import headers, mail_id
from subscribers.recipients import Recipient

CHAT_LENGTH = 600


class Writer:
    """Writes one story for any recipient. What several read alike is rendered once."""

    def __init__(self, message: OutboxMessage, incident: Incident, story: Story):
        self.message, self.incident, self.story = message, incident, story
        self.now = timezone.now()
        self._bodies: dict[tuple, dict] = {}

    @cached_property
    def organisation(self) -> Installation:
        return Installation.get()

    @property
    def path(self) -> str:
        return self.story.path or self.incident.get_absolute_url()

    def audience(self, recipient: Recipient | None) -> str | None:
        """Whose words the recipient reads; None beside status updates, which are told to those inside only."""
        return recipient.reads(self.story.audiences) if recipient and self.story.update else None

    def subject(self, recipient: Recipient | None) -> str:
        """On one line, whatever was typed into the title."""
        drill = "[drill] " if self.incident.is_drill else ""
        if self.audience(recipient) == Audience.PUBLIC:
            words = f"{drill}[{self.organisation}] {self._public_title}: {self._public_headline}"
        else:
            severity = (self.story.update or self.incident).severity
            reference = f"{drill}[{self.incident.reference} {severity}]"
            asked = recipient is not None and recipient.person and recipient.person.pk in self.story.askers
            headline = f"{self.story.headline}, the update you asked for" if asked else self.story.headline
            words = f"{reference} {self.incident.title}: {headline}"
        return " ".join(words.split())

    def summary(self, recipient: Recipient | None) -> str:
        """One paragraph of it: what is said, also where a mail says first what was wrong."""
        said = [text for label, text in self._sections(self.audience(recipient)) if not label]
        return Truncator(said[0]).chars(500) if said else ""

    def mail(self, recipient: Recipient | None = None, *, address: str) -> dict[str, Any]:
        person = recipient.person if recipient else None
        unsubscribe = unsubscribe_url(recipient) if recipient else ""
        context = self._body(recipient) | {
            "why": self._why(recipient),
            "unsubscribe_url": unsubscribe,
            "settings_url": settings.PUBLIC_URL + reverse("my_notifications") if person else "",
        }
        return {
            "subject": self.subject(recipient),
            "text": render_to_string("subscribers/mail/news.txt", context),
            "html": render_to_string("subscribers/mail/news.html", context),
            "headers": self._headers(address, unsubscribe),
        }

    def webhook(self, recipient: Recipient) -> dict[str, Any]:
        """docs/webhooks.md shows one."""
        audience, update = self.audience(recipient), self.story.update
        is_public = audience == Audience.PUBLIC
        incident: dict[str, Any] = {
            "title": self._public_title if is_public else self.incident.title,
            "status": self._public_status if is_public else (update or self.incident).status,
            "is_drill": self.incident.is_drill,
        }
        if not is_public:
            incident |= {
                "reference": self.incident.reference,
                "severity": (update or self.incident).severity.name,
                "url": settings.PUBLIC_URL + self.incident.get_absolute_url(),
            }
        data: dict[str, Any] = {"incident": incident, "occurred_at": self.message.created_at}
        if update:
            assert audience is not None
            data["update"] = {
                "audience": audience,
                **asdict(update.text_for(audience)),
                "posted_at": update.posted_at,
                "next_update_at": update.next_update_at,
                "is_correction": update.corrects_id is not None,
            }
        else:
            data["change"] = self.story.data
        return {"type": self.story.type, "data": data}

    def chat(self, recipient: Recipient) -> dict[str, str]:
        parts = [Truncator(self.summary(recipient)).chars(CHAT_LENGTH)]
        update = self.story.update
        if update and update.next_update_at:
            parts.append(f"Next update by {update.next_update_at.astimezone(UTC):%H:%M} UTC.")
        is_public = self.audience(recipient) == Audience.PUBLIC
        url = "" if is_public else settings.PUBLIC_URL + self.path
        return {"title": self.subject(recipient), "body": "\n\n".join(p for p in parts if p), "url": url}

    # -- what the forms above are made of --------------------------------------------------------------------

    @property
    def _public_title(self) -> str:
        return (self.story.update.public_title if self.story.update else "") or "Incident"

    @property
    def _public_status(self) -> str:
        return self.story.update.public_status if self.story.update else self.incident.public_status

    @property
    def _public_headline(self) -> str:
        return "Correction" if self.story.update and self.story.update.corrects_id else self._public_status

    def _sections(self, audience: str | None) -> list[tuple[str, str]]:
        """(label, Markdown) with text in them; what is known has no label."""
        update = self.story.update
        if update is None or audience is None:
            return [("", self.story.text)] if self.story.text else []
        sections = update.text_for(audience).parts
        if update.correction_reason.strip() and audience != Audience.PUBLIC:
            sections.insert(0, ("What was wrong", update.correction_reason))
        return sections

    def _body(self, recipient: Recipient | None) -> dict[str, Any]:
        audience = self.audience(recipient)
        person = recipient.person if recipient else None
        zone = person.zone if person else ZoneInfo(self.organisation.time_zone)
        is_outside = recipient is not None and recipient.outside is not None  # cannot open the incident
        key = (audience, zone.key, person is None, is_outside)
        if key not in self._bodies:
            update, is_public = self.story.update, audience == Audience.PUBLIC
            subject = update or self.incident
            self._bodies[key] = {
                "incident": self.incident,
                "is_public": is_public,
                "title": self._public_title if is_public else self.incident.title,
                "status": self._public_status if is_public else subject.get_status_display(),
                "severity": None if is_public else subject.severity,
                "headline": "" if update else self.story.headline,
                "sections": self._sections(audience),
                "next_at": in_zone(update.next_update_at, zone, self.now) if update else "",
                "url": settings.PUBLIC_URL + self.path if person or not (update or is_outside) else "",
                "action": self.story.action,
                "organisation": self.organisation,
            }
        return self._bodies[key]

    def _why(self, recipient: Recipient | None) -> str:
        if recipient is None:
            return f"You get this as the duty contact of {self.organisation}."
        if recipient.outside:
            return f"You get this because {recipient.outside.email} subscribed to updates of {self.organisation}."
        if self.story.only is not None or recipient.roles:
            return f"You get this because you have a role in {self.incident.reference}."
        if recipient.is_on_it:
            return f"You get this because you are on {self.incident.reference}."
        if recipient.subscriptions:
            return "You get this because you subscribed to it."
        if recipient.person and recipient.person.pk == self.incident.reported_by_id:
            return f"You get this because you reported {self.incident.reference}."
        return "You get this because you are notified of every SEV1 and SEV2."

    def _headers(self, address: str, unsubscribe: str) -> dict[str, str]:
        """One thread an incident."""
        own = mail_id(_fingerprint(f"{self.message.pk}:mail:{address.lower()}"))
        return {"Message-ID": own} | headers(
            thread=_fingerprint(self.incident.chain), unsubscribe=unsubscribe
        )


def _fingerprint(text: str) -> str:
    return salted_hmac("subscribers.message-id", text, algorithm="sha256").hexdigest()[:32]


def in_zone(moment: datetime | None, zone: ZoneInfo, now: datetime) -> str:
    """04:18 Berlin (03:18 UTC), with the day where it is another one."""
    if moment is None:
        return ""
    local, utc = moment.astimezone(zone), moment.astimezone(UTC)
    day = "" if local.date() == now.astimezone(zone).date() else f"{local.day} {local:%B} "
    if zone.key == "UTC":
        return f"{day}{utc:%H:%M} UTC"
    return f"{day}{local:%H:%M} {zone.key.rsplit('/', 1)[-1].replace('_', ' ')} ({utc:%H:%M} UTC)"
