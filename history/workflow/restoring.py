"""What Allclear exported, stored again row by row."""

from typing import Any, cast

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db.models import DateTimeField, Field, JSONField, Model
from django.utils.dateparse import parse_datetime
from django.utils.text import slugify

from accounts.models import InstallationRole, Team, User
from history.entry import Own, Refused
from history.external_references import find, of_document
from history.models import ImportedEntry
from history.rows import ADDED_LATER, BY_MODEL, FAR, INCIDENT, NAMED, VERSION, Table, Whole, is_many
from history.workflow.after_import import settle
from history.workflow.attachments import put_piece
from history.workflow.writing import Desk
from incidents.models import Audience, Incident, IncidentType, Role, Service, Severity, StatusUpdate
from incidents.workflow.transitions import next_number
from retros.models import Factor, RetrospectiveFormat
from retros.vocabulary import normalised
from statuspages.models import StatusPage

FILE = "file"
EMPTY = (JSONField, ArrayField)  # where [] and {} are something


def restore(desk: Desk, own: Own) -> None:
    """Store it in the caller's transaction, told to nobody; Refused with what is wrong with it."""
    document = own.document
    if document.get("allclear") != VERSION:
        raise Refused(f"it was written by another version ({str(document.get('allclear'))[:20]})")
    if FILE in document:
        put_piece(desk.run.source, document[FILE])
        ImportedEntry.objects.create(source=desk.run.source, source_id=own.source_id, run=desk.run)
        return
    whole = of_document(document)
    if whole is None:
        raise Refused("it is of an unknown kind")
    rows = document.get("rows") or {}
    if not isinstance(rows, dict) or set(rows) - {table.name for table in whole.tables}:
        raise Refused("its rows are of unknown kinds")
    try:
        _Restorer(desk, whole, document).restore(own.source_id, rows)
    except (ValidationError, ValueError, TypeError, OverflowError) as odd:
        told = " ".join(odd.messages) if isinstance(odd, ValidationError) else str(odd)
        raise Refused(told[:300]) from odd


class _Restorer:
    """One document; `made` holds what was stored by its place in it."""

    def __init__(self, desk: Desk, whole: Whole, document: dict[str, Any]) -> None:
        self.desk, self.whole, self.document = desk, whole, document
        self.made: dict[str, list[Any]] = {}
        self.people: dict[str, User] = {}

    def restore(self, source_id: str, rows: dict[str, Any]) -> None:
        values, many = self._values(self.whole.model, self.whole.fields, self.document[self.whole.key], 0)
        origin = ""
        if self.whole is INCIDENT:
            origin = values["source"]
            values |= {"source": Incident.Source.IMPORT, "number": next_number()}
        if self.whole.model is StatusPage and not self.desk.run.is_public:
            values["is_published"] = False
        root = self.whole.model(**values)
        root.save(force_insert=True)
        _relate(root, many)
        for table in self.whole.tables:
            self.made[table.name] = []
            self._fill(table, root, _listed(rows, table.name))
        ImportedEntry.objects.create(
            source=self.desk.run.source,
            source_id=source_id,
            run=self.desk.run,
            origin=origin,
            merged_into=str(self.document.get("merged_into") or "")[:200],
            **{self.whole.key: root},
        )
        settle(self.desk, root, self.document, self.made, source_id)

    def _fill(self, table: Table, root: Any, rows: list[Any]) -> None:
        made = self.made[table.name]
        relations = []
        fields = table.fields
        for place, row in enumerate(rows):
            found, many = self._values(table.model, fields, row, place)
            if "__" not in table.path:
                found[table.path] = root
            if table.model is StatusUpdate and not self.desk.run.is_public:
                found["audiences"] = _inside(found["audiences"])
            made.append(table.model(**found))
            relations.append(many)
        _store(table.model, made)
        for row, many in zip(made, relations, strict=True):
            _relate(row, many)

    def _values(
        self, model: type[Model], fields: list[Any], row: Any, place: int
    ) -> tuple[dict[str, Any], dict[str, list[Any]]]:
        if not isinstance(row, dict):
            raise Refused(f"a row of {model._meta.verbose_name_plural} is not an object")
        found: dict[str, Any] = {}
        many: dict[str, list[Any]] = {}
        for field in fields:
            if field.name in ADDED_LATER and field.name not in row:
                continue
            value = row.get(field.name)
            if is_many(field):
                many[field.name] = [self._target(field, one, place) for one in _listed(row, field.name)]
            elif self.whole.kind_of(field) == "value":
                found[field.name] = _value(field, value)
            elif value is None:
                if not field.null:
                    raise Refused(f"{field.model._meta.verbose_name}: {field.name} is missing")
                found[field.name] = None
            else:
                found[field.name] = self._target(field, value, place)
        return found, many

    def _target(self, field: Any, value: Any, place: int) -> Any:
        match self.whole.kind_of(field):
            case "row":
                return self._row(field, value, place)
            case "name":
                return self._named(field, value)
            case "whole":
                return self._found(BY_MODEL[field.related_model], value)
        whole, table = FAR[field.related_model]
        if not isinstance(value, list) or len(value) != 2 or type(value[1]) is not int:
            raise Refused(f"{field.model._meta.verbose_name}: {field.name} does not say what it points to")
        root = self._found(whole, value[0])
        rows = table.model._default_manager.filter(**{table.path: root}).order_by("pk")
        if not 0 <= value[1] < rows.count():
            raise Refused(f"{field.model._meta.verbose_name}: {field.name} points to nowhere")
        return rows[value[1]]

    def _found(self, whole: Whole, value: Any) -> Any:
        found = find(whole, self.desk.run.source, value) if isinstance(value, str) else None
        if found is None:
            told = str(value).rpartition("allclear/")[2][:60]
            raise Refused(f"the {whole.model._meta.verbose_name} “{told}” it belongs to is not here")
        return found

    def _row(self, field: Any, value: Any, place: int) -> Any:
        table = self.whole.table_of[field.related_model]
        known = self.made.get(table.name, [])
        limit = place if field.related_model is field.model else len(known)
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < limit:
            raise Refused(
                f"{field.model._meta.verbose_name}: {field.name} points to itself, in a circle, or nowhere"
            )
        return known[value]

    def _named(self, field: Any, value: Any) -> Any:
        if not isinstance(value, str) or not value or len(value) > 300:
            raise Refused(f"{field.model._meta.verbose_name}: {field.name} is not a name")
        model = field.related_model
        if model is User:
            return self._person(value[:254])
        if model is Service:
            self.desk.learn_services([value[:100]])
            return self.desk.services[value[:100].casefold()]
        if model in (Severity, Role):
            known = self.desk.known.setdefault(model, {})
            if value not in known:
                known[value] = model.objects.filter(**{NAMED[model]: value}).first()
            if known[value] is None:
                raise Refused(f"there is no {model._meta.verbose_name} “{value[:40]}” here")
            return known[value]
        if model is RetrospectiveFormat:
            return model.objects.filter(name=value).first()  # its columns are in the row itself
        if model is Team:
            return _team(value[:100])
        if model is Factor:
            return self._factor(value)
        return IncidentType.objects.get_or_create(name=value[:60])[0]

    def _factor(self, text: str) -> Factor:
        """As the organisation names it: the one that is here already, however it is written."""
        told = self.document.get("vocabulary")
        category = _value(
            Factor._meta.get_field("category"), told.get(text, "") if isinstance(told, dict) else ""
        )
        return Factor.objects.get_or_create(
            key=normalised(text), defaults={"text": text, "category": category}
        )[0]

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


def _inside(audiences: list[str]) -> list[str]:
    """Nothing is shown in public that whoever brings it in has not asked to be."""
    return [audience for audience in audiences if audience != Audience.PUBLIC] or [Audience.RESPONDERS]


def _team(name: str) -> Team:
    found: Team | None = Team.objects.filter(name__iexact=name).first()
    if found:
        return found
    slug = slugify(name)[:90] or "team"
    taken = Team.objects.filter(slug=slug).exists()
    return Team.objects.create(name=name, slug=f"{slug}-{Team.objects.count()}" if taken else slug)


def _relate(row: Any, many: dict[str, list[Any]]) -> None:
    for name, targets in many.items():
        if targets:
            getattr(row, name).set(targets)


def _listed(rows: dict[str, Any], name: str) -> list[Any]:
    found = rows.get(name) or []
    if not isinstance(found, list):
        raise Refused(f"{name} is not a list")
    return found


def _value(field: Any, value: Any) -> Any:
    if value is None and field.null:
        return None
    if (value == "" and field.empty_strings_allowed) or (value in ([], {}) and isinstance(field, EMPTY)):
        return value
    if isinstance(field, DateTimeField):
        moment = parse_datetime(str(value))
        if moment is None or moment.tzinfo is None:
            raise Refused(f"{field.name} is no time with a zone: {str(value)[:40]}")
    try:
        return field.clean(value, None)
    except (ValidationError, TypeError, OverflowError) as error:
        told = " ".join(error.messages) if isinstance(error, ValidationError) else str(error)
        raise Refused(f"{field.model._meta.verbose_name}, {field.name}: {told}"[:300]) from error


def _store(model: type[Model], made: list[Any]) -> None:
    """At once, unless rows of the same kind point to each other: then in their order."""
    fields: list[Field[Any, Any]] = [field for field in model._meta.concrete_fields if field.is_relation]
    if any(field.related_model is model for field in fields):
        for row in made:
            row.save(force_insert=True)
    else:
        model._default_manager.bulk_create(made)
