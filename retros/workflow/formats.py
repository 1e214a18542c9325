"""The organisation's own formats, and the format of one retrospective."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.text import slugify

from accounts.models import User
from audit.workflow import INSTALLATION, record_audit
from retros.models import Column, RetrospectiveFormat
from retros.models.formats import KEY, as_stored, validate_columns
from retros.workflow.common import require_administrator

IN_USE = "A retrospective uses this format, so it can't be removed."
SHIPPED = "This format comes with Allclear. Add your own instead."
LONGEST_KEY = 20


@transaction.atomic
def add_format(*, by: User, name: str, columns: Iterable[tuple[str, str, str]]) -> RetrospectiveFormat:
    """`columns` are (name, question, icon), in order."""
    require_administrator(by)
    made = RetrospectiveFormat(name=_named(name))
    made.columns = _columns(columns, {})
    made.save()
    _record("added", made, by, columns=["", _names(made)])
    return made


@transaction.atomic
def change_format(
    *, retrospective_format: RetrospectiveFormat, by: User, name: str, columns: Iterable[tuple[str, str, str]]
) -> RetrospectiveFormat:
    """For retrospectives that start from now on: those that have begun keep their columns."""
    stored = _lock_own(retrospective_format, by)
    before = {"name": stored.name, "columns": _names(stored)}
    told = stored.columns
    stored.name = _named(name, but=stored)
    stored.columns = _columns(
        columns, {column.name.casefold(): column.key for column in stored.columns_shown}
    )
    after = {"name": stored.name, "columns": _names(stored)}
    if before == after and told == stored.columns:
        return stored
    stored.save(update_fields=["name", "columns"])
    changes = {key: [before[key], after[key]] for key in before if before[key] != after[key]}
    _record("changed", stored, by, **changes)
    return stored


@transaction.atomic
def remove_format(*, retrospective_format: RetrospectiveFormat, by: User) -> None:
    """Raises ValidationError while a retrospective uses it."""
    stored = _lock_own(retrospective_format, by)
    if stored.retrospectives.exists():
        raise ValidationError(IN_USE)
    _record("removed", stored, by, columns=[_names(stored), ""])
    stored.delete()


def _lock_own(retrospective_format: RetrospectiveFormat, by: User) -> RetrospectiveFormat:
    require_administrator(by)
    stored = RetrospectiveFormat.objects.select_for_update().filter(pk=retrospective_format.pk).first()
    if stored is None:
        raise ValidationError("This format was removed.")
    if stored.is_shipped:
        raise ValidationError(SHIPPED)
    return stored


def _named(name: str, but: RetrospectiveFormat | None = None) -> str:
    name = " ".join(name.split())
    if not name or len(name) > 60:
        raise ValidationError({"name": "Give the format a name of at most 60 characters."})
    others = RetrospectiveFormat.objects.all()
    if but is not None:
        others = others.exclude(pk=but.pk)
    if others.filter(name__iexact=name).exists():
        raise ValidationError({"name": f"There is a format named {name} already."})
    return name


def _columns(columns: Iterable[tuple[str, str, str]], known: dict[str, str]) -> list[dict[str, str]]:
    """As stored; a column that keeps its name keeps its key."""
    made: list[Column] = []
    taken = set(known.values())
    for name, question, icon in columns:
        name = " ".join(name.split())
        if name.casefold() in {column.name.casefold() for column in made}:
            raise ValidationError({"columns": f"Two columns are named {name}."})
        key = known.get(name.casefold()) or _key(name, taken)
        taken.add(key)
        made.append(Column(key, name, " ".join(question.split()), icon))
    if len(made) < 2:
        raise ValidationError({"columns": "A format needs at least two columns."})
    stored = as_stored(made)
    validate_columns(stored)
    return stored


def _key(name: str, taken: set[str]) -> str:
    """Of the name; with a number where it is taken or has no Latin letter."""
    plain = slugify(name).replace("-", "_")[:LONGEST_KEY].strip("_")
    if KEY.fullmatch(plain) and plain not in taken:
        return plain
    number = 1
    while (key := f"column_{number}") in taken:
        number += 1
    return key


def _names(one: RetrospectiveFormat) -> str:
    return ", ".join(column.name for column in one.columns_shown)


def _record(what: str, one: RetrospectiveFormat, by: User, **changes: list[str]) -> None:
    record_audit(
        chain=INSTALLATION, action=f"retrospective_format.{what}", subject=one.name, by=by, changes=changes
    )
