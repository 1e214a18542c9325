"""The copy of every public page, kept as files: what is served while the database is away.

`status/SLUG` below the data folder is a link to a folder that is written whole before the link turns to it, so a
reader finds the old page or the new one and never a half of each. `status/hosts/NAME` leads to the page of a host.
"""

import os
import shutil
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

from django.conf import settings
from django.utils import timezone

from incidents.models import StatusUpdate
from statuspages.models import ScheduledMaintenance, StatusPage
from statuspages.public_routes import CSS, FEED_TYPES, HTML, ICS, JSON, PNG, SVG, Answer, Frame, everything
from statuspages.status_snapshot import Window, incidents_on, read, told
from statuspages.uptime import midnight
from statuspages.view_models import Shown

MONTHS_KEPT = 12  # of those in which anything happened; what is older waits until the database is back
HOSTS, WHOLE = "hosts", "whole"
HURTING = timedelta(minutes=5)
OUTDATED = timedelta(minutes=10)  # a reader may still be in the folder before
TYPES = {".json": JSON, ".ics": ICS, ".svg": SVG, ".css": CSS, ".png": PNG} | {
    f".{form}": kind for form, kind in FEED_TYPES.items()
}


def folder() -> Path:
    return settings.DATA_DIR / "status"


def file_of(address: str) -> str:
    """The file an address is kept in: pages end in .html, everything else says what it is itself."""
    if address and Path(address).suffix in TYPES:
        return address
    return f"{address or 'index'}.html"


def exists(page: StatusPage) -> bool:
    return (folder() / page.slug).exists()


def write(page: StatusPage) -> None:
    """Write the page as it is now and turn to it; then no change that came before is waiting any more."""
    version = page.version
    shown = read(page, Window(newest_months=MONTHS_KEPT))
    shown.months = shown.months[:MONTHS_KEPT]
    whole = folder() / WHOLE
    whole.mkdir(parents=True, exist_ok=True)
    place = Path(tempfile.mkdtemp(prefix=f"{page.slug}.", dir=whole))
    place.chmod(0o755)
    for address, answer in everything(shown, Frame(copied_at=shown.now)):
        target = place / file_of(address)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(answer.body)
        at = answer.changed_at.timestamp()
        os.utime(target, (at, at))
    _turn(folder() / page.slug, place)
    StatusPage.objects.filter(pk=page.pk).update(
        copied_version=version, copied_at=shown.now, copy_due_at=next_change(shown)
    )


def next_change(shown: Shown) -> datetime:
    """When the page changes although nobody does anything.

    A day ends, an update is sent, the time of the next one passes, or a maintenance window is reached.
    """
    page, now = shown.page, shown.now
    today = now.astimezone(page.zone).date()
    moments = [midnight(today + timedelta(days=1), page.zone)]
    leaving = StatusUpdate.objects.posted().filter(leaves_at__gt=now, incident__in=incidents_on(page))
    moments += leaving.order_by("leaves_at").values_list("leaves_at", flat=True)[:1]
    for starts_at, ends_at in (
        ScheduledMaintenance.objects.filter(page=page).open().values_list("starts_at", "ends_at")
    ):
        moments += [t for t in (starts_at, ends_at) if t > now]
    moments += [incident.next_at for incident in shown.active if incident.next_at]
    if told(page).filter(incident__in=incidents_on(page).open()).exists():
        moments.append(now + HURTING)  # uptime falls while it hurts
    return min(moments)


def forget_closed() -> None:
    """Pages that are not public any more have no copy; nor do folders that nothing leads to."""
    if not folder().exists():
        return
    pages = dict(StatusPage.objects.open_to_public().values_list("slug", "host"))
    hosts = {host: slug for slug, host in pages.items() if host}
    for link in folder().iterdir():
        if link.is_symlink() and link.name not in pages:
            link.unlink()
    (folder() / HOSTS).mkdir(exist_ok=True)
    for link in (folder() / HOSTS).iterdir():
        if link.name not in hosts:
            link.unlink()
    for host, slug in hosts.items():
        link, home = folder() / HOSTS / host, folder() / slug
        if not os.path.lexists(link) or os.readlink(link) != os.path.relpath(home, link.parent):
            _turn(link, home)
    used = {(folder() / slug).resolve() for slug in pages}
    old = (timezone.now() - OUTDATED).timestamp()
    for place in (folder() / WHOLE).glob("*"):
        if place not in used and place.stat().st_ctime < old:
            shutil.rmtree(place, ignore_errors=True)


def find(name: str, address: str) -> Answer | None:
    """What was kept of a page, by its short name or its host; None where nothing was."""
    home = folder().resolve()
    path = (home / name / file_of(address)).resolve()
    if not path.is_relative_to(home / WHOLE) or not path.is_file():
        return None
    at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    return Answer(path.read_bytes(), TYPES.get(path.suffix, HTML), at)


def _turn(link: Path, target: Path) -> None:
    """Let `link` lead to `target`, in one step."""
    link.parent.mkdir(parents=True, exist_ok=True)
    spare = link.with_name(f".{link.name}.{uuid4().hex}")
    spare.symlink_to(os.path.relpath(target, link.parent))
    spare.replace(link)
