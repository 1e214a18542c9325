"""Declarations kept while the server is away, and their delivery: once, with their own time.

Each has an id that goes along as `declaration_id`: the server makes one incident of it, however often it is sent.
"""

import json
import uuid
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from platformdirs import user_state_path

from allclear_cli import times
from allclear_cli.failures import CommandError
from allclear_cli.output import note
from allclear_cli.private_files import write_private
from allclear_cli.server import Server


@dataclass(frozen=True)
class Kept:
    id: str
    url: str  # the server it is for
    at: str
    body: dict[str, Any]
    refused: str = ""  # why the server did not accept it

    @property
    def title(self) -> str:
        return str(self.body.get("title", ""))


def keep(url: str, body: dict[str, Any]) -> Kept:
    """Store it with the present time: detected now, and what is affected is affected from now on."""
    at = times.now()
    own = {"detected_at": at} | ({"impact_started_at": at} if body.get("services") else {})
    kept = Kept(str(body["declaration_id"]), url, at, own | body)
    _store(kept)
    return kept


def all_kept(url: str = "") -> list[Kept]:
    """Oldest first; with `url` those for that server."""
    found = []
    for path in _folder().glob("*.json"):
        try:
            found.append(Kept(**json.loads(path.read_text(encoding="utf-8"))))
        except (ValueError, TypeError):
            note(f"{path} cannot be read as a kept declaration.")
        except FileNotFoundError:
            continue  # delivered by another command meanwhile
    return sorted((one for one in found if url in ("", one.url)), key=lambda one: (one.at, one.id))


def forget(kept: Kept) -> None:
    _path(kept.id).unlink(missing_ok=True)


def deliver(server: Server, kept: Kept) -> Any:
    """The incident it has become. A refusal stays with it; raises the CommandError."""
    try:
        made = server.ask("POST", "incidents", body=kept.body, is_patient=False).json()
    except CommandError as failure:
        if failure.is_refusal:
            _store(replace(kept, refused=" ".join([failure.sentence, *failure.details])))
        raise
    forget(kept)
    note(f"Delivered {made['reference']} “{kept.title}”, declared offline at {times.shown(kept.at)}.")
    return made


def deliver_waiting(server: Server) -> None:
    """Before a command: those not refused yet. Where the server is away, the command says so itself."""
    for kept in all_kept(server.url):
        if kept.refused:
            continue
        try:
            deliver(server, kept)
        except CommandError as failure:
            if not failure.is_refusal:
                return
            note(f"Not delivered: “{kept.title}”, declared offline at {times.shown(kept.at)}.")
            note("\n".join([f"  {failure.sentence}", *(f"  {one}" for one in failure.details)]))
            note("  It stays kept. See: allclear send --help")


def _folder() -> Path:
    return user_state_path("allclear", appauthor=False) / "declarations"


def _path(key: str) -> Path:
    return _folder() / f"{uuid.UUID(key)}.json"


def _store(kept: Kept) -> None:
    write_private(_path(kept.id), json.dumps(asdict(kept), ensure_ascii=False, indent=2) + "\n")
