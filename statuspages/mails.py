"""What a subscriber is sent: texts, HTML and headers; never an internal word, as all of it comes from what is shown."""

from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.template.loader import render_to_string
from django.utils import timezone

from config.text import one_line
from statuspages import api_v2
from statuspages.models import StatusPage
from statuspages.shown import Shown, ShownIncident, ShownMaintenance

AUTOMATIC = {"Auto-Submitted": "auto-generated"}


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


def news(
    shown: Shown,
    entry: ShownIncident | ShownMaintenance,
    *,
    leave: str,
    delivery: UUID,
    is_reminder: bool = False,
) -> dict[str, Any]:
    """The newest word on an incident or a maintenance, in the thread of its mails."""
    page = shown.page
    update = entry.updates[0]
    is_work = isinstance(entry, ShownMaintenance)
    link = f"{page.root}/{'maintenances' if is_work else 'incidents'}/{entry.code}"
    what = "Begins soon" if is_reminder else "Correction" if update.is_correction else update.status
    context = {
        "page": page,
        "entry": entry,
        "update": update,
        "what": what,
        "is_work": is_work,
        "link": link,
        "leave": leave,
    }
    with timezone.override(page.zone):
        text = render_to_string("statuspages/mail/news.txt", context)
        html = render_to_string("statuspages/mail/news.html", context)
    domain = urlsplit(page.root).hostname
    thread = f"<{entry.code}@{domain}>"
    headers = AUTOMATIC | {
        "Message-ID": f"<{delivery}@{domain}>",
        "In-Reply-To": thread,
        "References": thread,
        "List-Id": f"{one_line(page.name)} status <{page.slug}.status.{domain}>",
        "List-Unsubscribe": f"<{leave}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    subject = one_line(f"[{page.name}] {what}: {entry.title}")
    return {"subject": subject, "text": text, "html": html, "headers": headers}


def hook(shown: Shown, entry: ShownIncident | ShownMaintenance, *, leave: str) -> dict[str, Any]:
    """The body of a webhook: the page and the entry in the shapes of the interface."""
    around = {
        "page": api_v2.told_page(shown),
        "status": api_v2.told_status(shown),
        "unsubscribe": leave,
    }
    if isinstance(entry, ShownMaintenance):
        told = {"maintenance": api_v2.told_maintenance(shown, entry)}
        return {"type": "maintenance.update", "data": around | told}
    return {
        "type": "incident.status_update",
        "data": around | {"incident": api_v2.told_incident(shown, entry)},
    }
