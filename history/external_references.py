"""What a document is called in files, here and wherever it is brought in; and which of ours a name of a file means."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Model, QuerySet
from django.utils.crypto import salted_hmac

from history.models import ImportedEntry
from history.rows import BY_MODEL, WHOLES, Whole
from incidents.models import ChangeEvent, Incident
from statuspages.models import ScheduledMaintenance

BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


def installation_mark() -> str:
    """The same here for ever, and hardly ever elsewhere: references of two installations never look alike."""
    return salted_hmac("history.installation", settings.REFERENCE_PREFIX, algorithm="sha256").hexdigest()[:12]


def outside_id(row: Any) -> str:
    """Needs `imported_from` loaded beside it, or asks."""
    origin: ImportedEntry | None = getattr(row, "imported_from", None)
    if origin is not None and origin.source_id.startswith("allclear/"):
        return origin.source_id
    return f"allclear/{installation_mark()}/{_name(row)}"


def _name(row: Any) -> str:
    """With the moment it was made: another one of the same number, in a database begun anew, is another one."""
    if isinstance(row, ScheduledMaintenance):
        return f"maintenance/{row.uid}"
    at = row.at if isinstance(row, ChangeEvent) else row.created_at
    made = f"{(at - BEGINNING) // timedelta(microseconds=1):x}"
    if isinstance(row, Incident):
        return f"{row.reference}/{made}"
    return f"{BY_MODEL[type(row)].key}/{row.pk}/{made}"


def find(whole: Whole, source: str, outside: str) -> Any | None:
    """Ours of that name: brought in from `source` before, or from here."""
    entry = ImportedEntry.objects.filter(source=source, source_id=outside).select_related(whole.key).first()
    return getattr(entry, whole.key) if entry else born_here(whole, outside)


def born_here(whole: Whole, outside: str) -> Model | None:
    """The one that was exported here and is still there."""
    start = f"allclear/{installation_mark()}/"
    if not outside.startswith(start):
        return None
    name, _, rest = outside.removeprefix(start).partition("/")
    rows: QuerySet[Any] = whole.model._default_manager.filter(imported_from__isnull=True)
    if whole.model is Incident:
        rows = Incident.objects.of_reference(name).filter(imported_from__isnull=True)
    elif name != whole.key:
        return None
    elif whole.model is ScheduledMaintenance:
        rows = rows.filter(uid=rest) if re.fullmatch(r"[0-9a-f-]{36}", rest) else rows.none()
    else:
        number = rest.partition("/")[0]
        is_number = number.isascii() and number.isdigit() and len(number) < 19
        rows = rows.filter(pk=int(number)) if is_number else rows.none()
    return next((row for row in rows if outside_id(row) == outside), None)


def of_document(document: dict[str, Any]) -> Whole | None:
    """What a line is about."""
    return next((whole for key, whole in WHOLES.items() if key in document), None)
