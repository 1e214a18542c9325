"""Files to import, written where a test may read them."""

import json
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection

from incidents.models import Incident
from notifications.models import Delivery, OutboxMessage
from statuspages.models import ScheduledMaintenance
from subscribers.models import Notice
from timeline.models import TimelineEvent


def line(number: int = 1, **fields) -> dict:
    """One public incident of the line format; `fields` replace what it says."""
    return {
        "id": f"p{number}",
        "title": f"Search is slow {number}",
        "impact": "minor",
        "started_at": "2024-03-01T10:00:00Z",
        "resolved_at": "2024-03-01T11:30:00Z",
        "components": ["Search"],
        "updates": [
            {"at": "2024-03-01T10:05:00Z", "status": "Investigating", "message": "We are looking."},
            {"at": "2024-03-01T11:30:00Z", "status": "Resolved", "message": "It is over."},
        ],
    } | fields


@pytest.fixture
def written(tmp_path):
    """`written(content)` is the path of a file that holds bytes, text, or JSON lines of a list."""

    def write(content, name: str = "history.jsonl"):
        path = tmp_path / name
        if isinstance(content, list):
            content = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in content)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


@pytest.fixture
def imported(db):
    """`imported(path)` runs the command and returns its report; a file that is broken gives its words instead."""

    def run(path, form: str = "jsonl", **options):
        out = StringIO()
        try:
            call_command("import_incidents", path, format=form, json=True, stdout=out, **options)
        except CommandError as error:
            return str(error)
        return json.loads(out.getvalue())

    return run


def stored() -> dict[str, int]:
    """How much there is of everything an import could leave behind or set off."""
    models = (Incident, TimelineEvent, ScheduledMaintenance, OutboxMessage, Delivery, Notice)
    return {model.__name__: model.objects.count() for model in models}


EMPTY = (
    "TRUNCATE incidents_incident, incidents_changeevent, retros_retrospective, retros_actionitem, retros_factor, "
    "statuspages_statuspage, audit_auditentry, audit_auditchain CASCADE"
)


def exported(**options) -> str:
    out = StringIO()
    call_command("export_incidents", "-", stdout=out, stderr=StringIO(), **options)
    return out.getvalue()


def there_and_back(imported, written) -> tuple[str, str]:
    """What was exported, and what is exported once all is gone and was imported again."""
    before = exported(private=True)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(EMPTY)
        cursor.execute("UPDATE incidents_referencecounter SET last = 0")
    report = imported(written(before), public=True)
    assert report["refused"] == 0, report["rows_refused"]
    return before, exported(private=True)
