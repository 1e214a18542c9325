"""What a subscriber is sent: texts, HTML and headers; never an internal word, as all of it comes from what is shown."""

from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.template.loader import render_to_string
from django.utils import timezone

from statuspages import api_v2
from statuspages.models import StatusPage
from statuspages.shown import Shown, ShownIncident, ShownMaintenance

AUTOMATIC = {"Auto-Submitted": "auto-generated"}


def confirmation(page: StatusPage, link: str, url: str) -> dict[str, Any]:
    what = f"notifications of {page.name} sent to {url}" if url else f"updates of {page.name} by e-mail"
    return {
        "subject": f"Confirm: {page.name} status updates",
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
        "List-Id": f"{page.name} status <{page.slug}.status.{domain}>",
        "List-Unsubscribe": f"<{leave}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    return {"subject": f"[{page.name}] {what}: {entry.title}", "text": text, "html": html, "headers": headers}


def hook(shown: Shown, entry: ShownIncident | ShownMaintenance, *, leave: str) -> dict[str, Any]:
    """The body of a webhook: the page and the entry in the shapes of the interface."""
    is_work = isinstance(entry, ShownMaintenance)
    told = api_v2.told_maintenance(shown, entry) if is_work else api_v2.told_incident(shown, entry)
    return {
        "type": "maintenance.update" if is_work else "incident.status_update",
        "data": {
            "page": api_v2.told_page(shown),
            "status": api_v2.told_status(shown),
            "maintenance" if is_work else "incident": told,
            "unsubscribe": leave,
        },
    }
