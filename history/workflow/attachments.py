"""Files of evidence in the lines of an export: cut into pieces, each written at its own place when it comes back."""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.storage import default_storage
from django.db.models import QuerySet

from history.entry import Refused
from history.external_references import find, outside_id
from history.rows import INCIDENT, VERSION
from timeline.models import Evidence

PIECE = 1024 * 1024  # bytes
LONGEST_NAME = 83  # with its folder within the hundred letters a file's path has in the database


def pieces_of(incidents: QuerySet[Any]) -> Iterator[dict[str, Any]]:
    """One document a piece; a file that is not there any more is passed over."""
    having = Evidence.objects.filter(incident__in=incidents).exclude(file="")
    for pk in list(having.order_by("incident__number", "pk").values_list("pk", flat=True)):
        evidence = Evidence.objects.select_related("incident__imported_from").get(pk=pk)
        stored = str(evidence.file)
        if not default_storage.exists(stored):
            continue
        of = outside_id(evidence.incident)
        place = Evidence.objects.filter(incident=evidence.incident, pk__lt=pk).count()
        name = stored.rsplit("/", 1)[-1]
        with evidence.file.open("rb") as stream:
            whole = hashlib.file_digest(stream, "sha256").hexdigest()
            stream.seek(0)
            offset = 0
            while (content := stream.read(PIECE)) or not offset:
                yield {
                    "allclear": VERSION,
                    "id": f"{of}/evidence/{place}/{offset}",
                    "title": name,
                    "file": {
                        "of": [of, place],
                        "name": name,
                        "size": evidence.file.size,
                        "sha256": whole,
                        "offset": offset,
                        "content": base64.b64encode(content).decode(),
                    },
                }
                offset += len(content)
                if offset >= evidence.file.size:
                    break


def put_piece(source: str, told: Any) -> None:
    """Write it where it belongs; the last one makes the file its evidence's. A second time changes nothing."""
    of, name, size, offset, content = _checked(told)
    incident = find(INCIDENT, source, of[0])
    rows = Evidence.objects.filter(incident=incident).order_by("pk")
    evidence = rows[of[1]] if incident and 0 <= of[1] < rows.count() else None
    if evidence is None:
        raise Refused("the evidence it belongs to is not here")
    if evidence.file:
        return
    digest = hashlib.sha256(f"{source}/{of[0]}/{of[1]}".encode()).digest()
    stored = f"evidence/{base64.urlsafe_b64encode(digest)[:7].decode()}/{name}"
    path = Path(default_storage.path(stored))
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("r+b" if path.exists() else "wb") as stream:
        stream.seek(offset)
        stream.write(content)
    if offset + len(content) < size:
        return
    with path.open("rb") as stream:
        is_whole = hashlib.file_digest(stream, "sha256").hexdigest() == told["sha256"]
    if not is_whole:
        path.unlink()
        raise Refused("the file is not what it was: a piece is missing or another")
    evidence.file.name = stored
    evidence.save(update_fields=["file"])


def _checked(told: Any) -> tuple[tuple[str, int], str, int, int, bytes]:
    if not isinstance(told, dict):
        raise Refused("the file is not an object")
    of, size, offset = told.get("of"), told.get("size"), told.get("offset")
    is_told = isinstance(of, list) and len(of) == 2 and isinstance(of[0], str) and type(of[1]) is int
    if (
        not is_told
        or type(size) is not int
        or type(offset) is not int
        or not isinstance(told.get("sha256"), str)
    ):
        raise Refused("the file does not say where it belongs")
    assert isinstance(of, list)
    if not 0 <= size <= settings.UPLOAD_MAX_BYTES:
        raise Refused(f"the file has {size:,} bytes, and the limit is {settings.UPLOAD_MAX_BYTES:,}")
    try:
        content = base64.b64decode(str(told.get("content")), validate=True)
    except binascii.Error as error:
        raise Refused("the content of the file is not base64") from error
    if not 0 <= offset <= offset + len(content) <= size:
        raise Refused("a part is outside its file")
    name = re.sub(r"[^-\w.]", "", str(told.get("name"))).lstrip(".")[-LONGEST_NAME:] or "file"
    return (of[0], of[1]), name, size, offset, content
