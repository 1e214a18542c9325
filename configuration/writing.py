"""Writing entries through the operations of the API, each with the API's own checks."""

from typing import Any

from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import DatabaseError, DataError, IntegrityError, transaction
from django.http import Http404
from rest_framework import serializers
from rest_framework.exceptions import APIException

from accounts.models import User
from api.errors import refused
from configuration.entries import Entry, Mistake, Path
from configuration.kinds import CHANNELS, COMPONENTS, MESSAGE_TEMPLATES, WITH_SECRET, Act, Kind, body_of
from configuration.references import Look
from configuration.telling import flat, is_told, says, told_rows
from core.conflict import Conflict
from notifications.addresses import usable_address
from notifications.kinds import DeliveryKind

Said = dict[str, Any]
REFUSALS = (APIException, ValidationError, Conflict, Http404, ObjectDoesNotExist, DataError, IntegrityError)


class Writer:
    """Writes entries for `by`, and gathers what is wrong with them."""

    def __init__(self, by: User, look: Look, mistakes: list[Mistake]):
        self.by, self.look, self.mistakes = by, look, mistakes

    def write(self, kind: Kind, entries: list[Entry]) -> None:
        """All entries of a kind: first what stands alone, then what may name others of the kind."""
        entries = [entry for entry in entries if not entry.has_failed and self._prepare(kind, entry)]
        for entry in sorted(entries, key=lambda entry: not entry.said.get(kind.first, False)):
            self._write_alone(kind, entry)
        for name in kind.late:
            for entry in entries:
                if name in entry.said and not entry.has_failed:
                    self._change(kind, entry, kind.edit, {name: entry.said[name]})

    def _prepare(self, kind: Kind, entry: Entry) -> bool:
        """Put in what a word of the entry stands for."""
        if kind.name == CHANNELS and "url" in entry.said:
            self._look_up_address(entry)
        if kind.name in WITH_SECRET and "secret" in entry.said:
            self._look_up(entry, "secret")
        if kind.name == COMPONENTS and entry.said.get("group") is not None:
            self._find_group(entry)
        for name in self._fixed(kind, entry):
            if entry.said[name] != entry.told[name]:
                self._refuse(entry, (name,), f"It is “{entry.told[name]}” and cannot be changed.")
        return not entry.has_failed

    def _look_up(self, entry: Entry, name: str) -> str | None:
        """What a reference stands for, which the entry says from now on; None where that is not known."""
        try:
            entry.said[name] = self.look(str(entry.said[name]))
        except ValueError as error:
            self._refuse(entry, (name,), str(error))
            return None
        return str(entry.said[name])

    def _look_up_address(self, entry: Entry) -> None:
        url = self._look_up(entry, "url")
        if url is None:
            return
        kind = entry.said.get("kind", entry.told.get("kind", DeliveryKind.WEBHOOK))
        try:
            _kind, url = usable_address(kind, url)
        except ValidationError as refusal:
            self._refuse(entry, ("url",), " ".join(refusal.messages))
        entry.said["url"] = url

    def _find_group(self, entry: Entry) -> None:
        assert entry.parent is not None
        name, page = entry.said["group"], entry.parent.record
        if entry.told.get("group") == name:
            del entry.said["group"]
            return
        group = page.groups.filter(name=name).first() if isinstance(name, str) and "\0" not in name else None
        if group is None:
            self._refuse(entry, ("group",), f"There is no group “{name}” on this page.")
        else:
            entry.said["group"] = group.pk

    def _fixed(self, kind: Kind, entry: Entry) -> list[str]:
        """What can be said of something new only."""
        if entry.record is None:
            return []
        only_new = set(body_of(kind.add)._declared_fields) - set(body_of(kind.edit)._declared_fields)
        return [name for name in entry.said if name in only_new and name in entry.told]

    def _write_alone(self, kind: Kind, entry: Entry) -> None:
        beside = kind.also[1] if kind.also else ()
        is_new = entry.record is None
        left = (*beside, kind.parent, *self._fixed(kind, entry))
        said = {name: value for name, value in entry.said.items() if name not in left}
        late = {name for name in kind.late if is_new or said.get(name)}
        alone = {name: value for name, value in said.items() if name not in late}
        self._change(kind, entry, kind.add if is_new else kind.edit, alone)
        more = {name: entry.said[name] for name in beside if name in entry.said}
        if kind.also and more and not entry.has_failed:
            self._change(kind, entry, kind.also[0], more)

    def _change(self, kind: Kind, entry: Entry, name: str, said: Said) -> None:
        """Run the operation `name` with what is said, unless all of it is so already."""
        if entry.record is not None and is_told(entry.told, said):
            entry.wanted |= {key: flat(value) for key, value in said.items()}
            return
        act = Act(self.by, name, _records(kind, entry))
        body = body_of(name)
        keys = {key: value for key, value in said.items() if key not in body._declared_fields}
        kept = {
            key: value
            for key, value in said.items()
            if key not in keys
            and key != "secret"  # goes along with an address that changes
            and not body._declared_fields[key].required
            and _is_as_told(entry, key, value)
        }
        data = {key: value for key, value in said.items() if key not in keys | kept}
        known = self._checked(entry, act, data)
        if known is None:
            return
        entry.wanted |= {key: flat(value) for key, value in known.items() if key in data} | keys | kept
        if entry.record is not None and says(entry.told, entry.wanted):
            return
        if act.operation.method == "PUT":
            known = {key: entry.told[key] for key in body._declared_fields if key in entry.told} | known
        slug = {"slug": keys["slug"]} if "slug" in keys and entry.record is None else {}
        self._run(kind, entry, act, known | slug)

    def _checked(self, entry: Entry, act: Act, data: Said) -> Said | None:
        body = act.operation.body
        assert body is not None
        asked = body(data=data, context={"call": act})
        if asked.is_valid():
            return dict(asked.validated_data)
        self._tell(entry, serializers.ValidationError(asked.errors))
        return None

    def _run(self, kind: Kind, entry: Entry, act: Act, data: Said) -> None:
        act.data = data
        try:
            with transaction.atomic():
                made = act.operation.run(act)
        except REFUSALS as refusal:
            self._tell(entry, refusal)
            return
        entry.record = made["channel"] if isinstance(made, dict) else made
        entry.record, entry.told = told_rows(kind, self.by, entry.record.pk)[0]

    def _tell(self, entry: Entry, refusal: Exception) -> None:
        for pointer, sentence in reasons(refusal):
            path = tuple(int(part) if part.isdigit() else part for part in pointer.split("/")[1:])
            self._refuse(entry, _nearer(entry, path, sentence), sentence)

    def _refuse(self, entry: Entry, path: Path, sentence: str) -> None:
        entry.has_failed = True
        self.mistakes.append(entry.mistake(path, sentence))


def _records(kind: Kind, entry: Entry) -> dict[str, Any]:
    records = {kind.part: entry.record} if entry.record is not None else {}
    if kind.name == MESSAGE_TEMPLATES:
        records |= {name: entry.said[name] for name in ("audience", "stage")}
    if entry.parent is not None:
        records[kind.parent] = entry.parent.record
    return records


def _is_as_told(entry: Entry, name: str, value: Any) -> bool:
    """A text that stands there already need not pass the checks of today, such as for spaces at its end."""
    return isinstance(value, str) and entry.record is not None and bool(entry.told.get(name) == value)


def _nearer(entry: Entry, path: Path, sentence: str) -> Path:
    """The very name in a list, where the sentence says which."""
    value = entry.said.get(str(path[0])) if len(path) == 1 else None
    names = value if isinstance(value, list) else []
    place = next((place for place, one in enumerate(names) if f"“{one}”" in sentence), None)
    return path if place is None else (*path, place)


def reasons(refusal: Exception) -> list[tuple[str, str]]:
    """(JSON pointer, sentence) of what was refused."""
    if isinstance(refusal, DatabaseError):
        return [("", "A value cannot be stored, or does not fit what is there.")]
    return refused(refusal) or [("", str(refusal))]
