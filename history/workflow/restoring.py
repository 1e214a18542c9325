"""What Allclear exported, stored again row by row."""

from datetime import datetime
from typing import Any, cast

from django.core.exceptions import ValidationError
from django.db.models import Field, Model

from accounts.models import InstallationRole, User
from audit.workflow import record_beginnings
from history.models import ImportedEntry
from history.past import Own, Refused
from history.rows import NAMED, TABLE_OF, TABLES, VERSION, fields_of, kind_of
from history.workflow.writing import Desk
from incidents.models import Incident, IncidentType, Role, Service, Severity
from incidents.workflow.basics import next_number


def restore(desk: Desk, own: Own) -> int:
    """Store it in the caller's transaction, told to nobody; Refused with what is wrong with it."""
    document = own.document
    if document.get("allclear") != VERSION:
        raise Refused(f"it was written by another version ({str(document.get('allclear'))[:20]})")
    rows = document.get("rows") or {}
    if not isinstance(rows, dict) or set(rows) - {table.name for table in TABLES}:
        raise Refused("its rows are of unknown kinds")
    _Restorer(desk, document).restore(own.source_id, rows)
    return 1


class _Restorer:
    """One incident; `made` holds what was stored by its place in the document."""

    def __init__(self, desk: Desk, document: dict) -> None:
        self.desk, self.document = desk, document
        self.made: dict[str, list[Any]] = {}
        self.people: dict[str, User] = {}

    def restore(self, source_id: str, rows: dict[str, Any]) -> None:
        values = self._values(Incident, self.document.get("incident"), 0)
        origin = values["source"]
        incident = Incident(**values)
        incident.number = next_number()
        incident.source = Incident.Source.IMPORT
        incident.save(force_insert=True)
        for table in TABLES:
            made = self.made[table.name] = []
            for place, row in enumerate(_listed(rows, table.name)):
                found = self._values(table.model, row, place)
                if table.path == "incident":
                    found["incident"] = incident
                made.append(table.model(**found))
            _store(table.model, made)
        ImportedEntry.objects.create(
            source=self.desk.run.source,
            source_id=source_id,
            run=self.desk.run,
            incident=incident,
            origin=origin,
            merged_into=str(self.document.get("merged_into") or "")[:200],
        )
        changes = {"title": incident.title, "file": self.desk.run.name, "source_id": source_id}
        record_beginnings(
            action="incident.imported",
            by=self.desk.run.by,
            beginnings=[(incident.chain, incident.reference, changes)],
        )

    def _values(self, model: type[Model], row: Any, place: int) -> dict[str, Any]:
        if not isinstance(row, dict):
            raise Refused(f"a row of {model._meta.verbose_name_plural} is not an object")
        found: dict[str, Any] = {}
        for field in fields_of(model):
            value = row.get(field.name)
            kind = kind_of(field)
            if kind == "row":
                found[field.name] = self._row(field, value, place, is_own=field.related_model is model)
            elif kind == "name":
                found[field.name] = self._named(field, value)
            else:
                found[field.name] = _value(field, value)
        return found

    def _row(self, field: Field, value: Any, place: int, *, is_own: bool) -> Any:
        if value is None:
            if not field.null:
                raise Refused(f"{field.model._meta.verbose_name}: {field.name} is missing")
            return None
        known = self.made.get(TABLE_OF[cast(Any, field.related_model)], [])
        limit = place if is_own else len(known)
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < limit:
            raise Refused(
                f"{field.model._meta.verbose_name}: {field.name} points to itself, in a circle, or nowhere"
            )
        return known[value]

    def _named(self, field: Field, value: Any) -> Any:
        if value is None:
            if not field.null:
                raise Refused(f"{field.model._meta.verbose_name}: {field.name} is missing")
            return None
        if not isinstance(value, str) or not value or len(value) > 254:
            raise Refused(f"{field.model._meta.verbose_name}: {field.name} is not a name")
        model = cast(Any, field.related_model)
        if model is User:
            return self._person(value)
        if model is Service:
            self.desk.learn_services([value[:100]])
            return self.desk.services[value[:100].casefold()]
        if model in (Severity, Role):
            entry = model.objects.filter(**{NAMED[model]: value}).first()
            if entry is None:
                raise Refused(f"there is no {model._meta.verbose_name} “{value[:40]}” here")
            return entry
        return IncidentType.objects.get_or_create(name=value[:60])[0]

    def _person(self, email: str) -> User:
        """The one of that address, else somebody who cannot sign in."""
        if email not in self.people:
            known = User.objects.filter(email__iexact=email).first()
            names = self.document.get("people")
            name = names.get(email) if isinstance(names, dict) else ""
            self.people[email] = known or User.objects.create_user(
                cast(str, User._meta.get_field("email").clean(email, None)),
                name=str(name or email)[:100],
                installation_role=InstallationRole.STAKEHOLDER,
                is_active=False,
            )
        return self.people[email]


def _listed(rows: dict[str, Any], name: str) -> list[Any]:
    found = rows.get(name) or []
    if not isinstance(found, list):
        raise Refused(f"{name} is not a list")
    return found


def _value(field: Field, value: Any) -> Any:
    if value is None and field.null:
        return None
    if value in ("", [], {}) and (field.blank or field.empty_strings_allowed):
        return value
    try:
        cleaned = field.clean(value, None)
    except (ValidationError, TypeError, OverflowError) as error:
        told = " ".join(error.messages) if isinstance(error, ValidationError) else str(error)
        raise Refused(f"{field.model._meta.verbose_name}, {field.name}: {told}"[:300]) from error
    if (
        isinstance(cleaned, datetime)
        and "T" in str(value)
        and datetime.fromisoformat(str(value)).tzinfo is None
    ):
        raise Refused(f"{field.name} has no time zone: {str(value)[:40]}")
    return cleaned


def _store(model: type[Model], made: list[Any]) -> None:
    """At once, unless rows of the same kind point to each other: then in their order."""
    if any(field.related_model is model for field in model._meta.concrete_fields if field.is_relation):
        for row in made:
            row.save(force_insert=True)
    else:
        model._default_manager.bulk_create(made)
