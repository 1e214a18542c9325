"""What a subscriber is sent: texts, HTML and headers; never an internal word, as all of it comes from what is shown."""

from functools import cached_property
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

from django.template.loader import render_to_string
from django.utils.translation import gettext

from core.text import one_line
from statuspages import api_v2
from statuspages.languages import speaking, speaking_english
from statuspages.models import StatusPage
from statuspages.view_models import Shown, ShownIncident, ShownMaintenance

AUTOMATIC = {"Auto-Submitted": "auto-generated"}
LEAVE = f"leave-{uuid4().hex}"  # stands for each reader's own way out; nobody can write it into a text


def confirmation(page: StatusPage, link: str, url: str) -> dict[str, Any]:
    """Repeats nothing of what was typed but the host: a stranger may have typed it to be read by somebody else."""
    names = {"name": page.name, "host": urlsplit(url).hostname}
    with speaking(page):
        asked = gettext("Somebody, hopefully you, asked for updates of %(name)s by e-mail.")
        if url:
            asked = gettext(
                "Somebody, hopefully you, asked for notifications of %(name)s sent to a webhook at %(host)s."
            )
        subject = gettext("Confirm: %(name)s status updates") % names
        how = gettext("Open this page to confirm it within three days:")
        otherwise = gettext("If it was not you, do nothing: nothing more will come.")
    return {
        "subject": one_line(subject),
        "text": f"{asked % names}\n\n{how}\n{link}\n\n{otherwise}\n",
        "headers": AUTOMATIC,
        "secret": True,
    }


class PageMessage:
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
            "List-Id": f"{self._written['list']} <{self.page.slug}.status.{domain}>",
            "List-Unsubscribe": f"<{leave}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        }
        forms = {form: self._written[form].replace(LEAVE, leave) for form in ("text", "html")}
        return {"subject": self._written["subject"], "headers": headers} | forms

    def hook(self, *, leave: str) -> dict[str, Any]:
        """The body of a webhook: the page and the entry in the shapes of the interface."""
        return self._told | {"data": self._told["data"] | {"unsubscribe": leave}}

    def _what(self) -> str:
        update = self.entry.updates[0]
        if self.is_reminder:
            return gettext("Begins soon")
        return gettext("Correction") if update.is_correction else update.status_words

    @cached_property
    def _written(self) -> dict[str, str]:
        """In the page's language, once for all readers."""
        with speaking(self.page):
            return self._write()

    def _write(self) -> dict[str, str]:
        folder = "maintenances" if self.is_work else "incidents"
        what = self._what()
        context = {
            "page": self.page,
            "entry": self.entry,
            "update": self.entry.updates[0],
            "what": what,
            "is_work": self.is_work,
            "link": f"{self.page.root}/{folder}/{self.entry.code}",
            "leave": LEAVE,
        }
        subject = gettext("[%(page)s] %(what)s: %(title)s")
        return {
            "subject": one_line(subject % {"page": self.page.name, "what": what, "title": self.entry.title}),
            "list": one_line(self.page.shown_name),
            "text": render_to_string("statuspages/mail/news.txt", context),
            "html": render_to_string("statuspages/mail/news.html", context),
        }

    @cached_property
    def _told(self) -> dict[str, Any]:
        with speaking_english():
            return self._tell()

    def _tell(self) -> dict[str, Any]:
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
