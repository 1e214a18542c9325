"""What the command prints, and with which exit code it ends."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from audit.models import AuditEntry
from incidents.models import Incident
from notifications.models import OutboxMessage
from timeline.models import TimelineEvent

from .conftest import SMALL_DAY

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("replay", *arguments, stdout=out)
    return out.getvalue()


def test_json_is_one_object():
    outcome = json.loads(run(str(SMALL_DAY), "--json"))
    assert list(outcome) == ["reference", "status", "metrics", "counts"]
    assert outcome["status"] == "closed"


def test_second_run_says_where_the_first_is_and_changes_nothing():
    first = json.loads(run(str(SMALL_DAY), "--json"))
    counted = [m.objects.count() for m in (Incident, TimelineEvent, AuditEntry, OutboxMessage)]
    assert json.loads(run(str(SMALL_DAY), "--json")) == first
    assert f"already replayed as {first['reference']}" in run(str(SMALL_DAY))
    assert [m.objects.count() for m in (Incident, TimelineEvent, AuditEntry, OutboxMessage)] == counted


def test_missing_file(tmp_path):
    with pytest.raises(CommandError, match="cannot be read: No such file") as error:
        run(str(tmp_path / "none.json"))
    assert error.value.returncode == 1


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b'{"a": NaN}', b"\xff\xfe", b"[" * 100_000],
    ids=["empty", "cut", "NaN", "bytes", "deep"],
)
def test_not_json_is_one_clear_line(tmp_path, content):
    path = tmp_path / "day.json"
    path.write_bytes(content)
    with pytest.raises(CommandError) as error:
        run(str(path))
    assert len(str(error.value).splitlines()) == 1
    assert "is not" in str(error.value)


def test_a_folder_is_no_file(tmp_path):
    with pytest.raises(CommandError, match="cannot be read"):
        run(str(tmp_path))
