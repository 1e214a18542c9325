"""What a subscriber is sent: texts, HTML and headers; never an internal word, as all of it comes from what is shown."""

from functools import cached_property
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

from django.template.loader import render_to_string
from django.utils import timezone

from config.text import one_line
from statuspages import api_v2
from statuspages.models import StatusPage
from statuspages.shown import Shown, ShownIncident, ShownMaintenance

AUTOMATIC = {"Auto-Submitted": "auto-generated"}
LEAVE = f"leave-{uuid4().hex}"  # stands for each reader's own way out; nobody can write it into a text


def confirmation(page: StatusPage, link: str, url: str) -> dict[str, Any]:
    """Repeats nothing of what was typed but the host: a stranger may have typed it to be read by somebody else."""
    what = f"updates of {page.name} by e-mail"
    if url:
        what = f"notifications of {page.name} sent to a webhook at {urlsplit(url).hostname}"
    return {
        "subject": one_line(f"Confirm: {page.name} status updates"),
        "text": (
            f"Somebody, hopefully you, asked for {what}.\n\nOpen this page to confirm it within three days:\n{link}\n\n"
            "If it was not you, do nothing: nothing more will come.\n"
        ),
        "headers": AUTOMATIC,
        "secret": True,
    }


class Letter:
    """The newest word on an incident or a maintenance: written once, then addressed to each of its readers."""

    def __init__(self, shown: Shown, entry: ShownIncident | ShownMaintenance, *, is_reminder: bool = False):
        self.shown, self.entry, self.is_reminder = shown, entry, is_reminder
        self.page, self.is_work = shown.page, isinstance(entry, ShownMaintenance)

    def mail(self, *, leave: str, delivery: UUID) -> dict[str, Any]:
        """In the thread of its mails."""
        domain = urlsplit(self.page.root).hostname
        thread = f"<{self.entry.code}@{domain}>"
        headers = AUTOMATIC | {
            "Message-ID": f"<{delivery}@{domain}>",
            "In-Reply-To": thread,
            "References": thread,
            "List-Id": f"{one_line(self.page.name)} status <{self.page.slug}.status.{domain}>",
            "List-Unsubscribe": f"<{leave}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        }
        forms = {form: text.replace(LEAVE, leave) for form, text in self._written.items()}
        return {
            "subject": one_line(f"[{self.page.name}] {self._what}: {self.entry.title}"),
            "headers": headers,
        } | forms

    def hook(self, *, leave: str) -> dict[str, Any]:
        """The body of a webhook: the page and the entry in the shapes of the interface."""
        return self._told | {"data": self._told["data"] | {"unsubscribe": leave}}

    @property
    def _what(self) -> str:
        update = self.entry.updates[0]
        return "Begins soon" if self.is_reminder else "Correction" if update.is_correction else update.status

    @cached_property
    def _written(self) -> dict[str, str]:
        folder = "maintenances" if self.is_work else "incidents"
        context = {
            "page": self.page,
            "entry": self.entry,
            "update": self.entry.updates[0],
            "what": self._what,
            "is_work": self.is_work,
            "link": f"{self.page.root}/{folder}/{self.entry.code}",
            "leave": LEAVE,
        }
        with timezone.override(self.page.zone):
            return {
                "text": render_to_string("statuspages/mail/news.txt", context),
                "html": render_to_string("statuspages/mail/news.html", context),
            }

    @cached_property
    def _told(self) -> dict[str, Any]:
        data = {
            "page": api_v2.told_page(self.shown),
            "status": api_v2.told_status(self.shown),
            "unsubscribe": "",
        }
        if isinstance(self.entry, ShownMaintenance):
            told = {"maintenance": api_v2.told_maintenance(self.shown, self.entry)}
            return {"type": "maintenance.update", "data": data | told}
        told = {"incident": api_v2.told_incident(self.shown, self.entry)}
        return {"type": "incident.status_update", "data": data | told}
