"""Fields of requests and answers: text, choices, names of the catalogue, people, times."""

import re
from typing import Any, NoReturn

from django.db.models import Model, QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.fields import empty
from rest_framework.utils import html

from accounts.models import User, UserQuerySet
from api.json_types import wrong_types
from api.times import UtcField
from core.text import without_directions
from incidents.models import Incident

LONGEST_TEXT = 10_000
FEW = 12
"""As many names are told to whoever named something that is not there."""
LONGEST_LIST = 1000
"""Entries of a list or an object in a body, where a field says nothing less: each may ask the database."""
MOST_UNKNOWN = 20  # fields that a refusal names
MOST_CHOICES = 20  # choices that it names


class Body(serializers.Serializer):
    """What a request may say. A field that is not known is refused by its name, as is JSON of another type."""

    default_error_messages = {"invalid": "Write a JSON object, in braces."}

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, dict):
            unknown = [name for name in data if name not in self.fields or self.fields[name].read_only]
            if unknown:
                known = sorted(name for name, field in self.fields.items() if not field.read_only)
                there = f"There are {', '.join(known)}." if known else "There are none here."
                raise serializers.ValidationError(
                    {name: [f"There is no such field. {there}"] for name in unknown[:MOST_UNKNOWN]},
                    code="unknown",
                )
            self._require_short(data)
            if self.context.get("is_json"):
                wrong = {
                    name: list(wrong_types(self.fields[name], value))[:1] for name, value in data.items()
                }
                if any(wrong.values()):
                    raise serializers.ValidationError(
                        {name: told for name, told in wrong.items() if told}, code="wrong_type"
                    )
        said = super().to_internal_value(data)
        return {name: _each_once(value) for name, value in said.items()}

    def _require_short(self, data: dict[str, Any]) -> None:
        """Before any entry is looked at: fields themselves count last."""
        refused = {}
        for name, value in data.items():
            most = getattr(self.fields[name], "max_length", None) or LONGEST_LIST
            if isinstance(value, list | dict) and len(value) > most:
                refused[name] = [f"Ensure this field has no more than {most} elements."]
        if refused:
            raise serializers.ValidationError(refused, code="max_length")


def _each_once(value: Any) -> Any:
    """A list of records without those that were named before."""
    if isinstance(value, list) and value and all(isinstance(one, Model) for one in value):
        return list(dict.fromkeys(value))
    return value


def body(name: str, /, **fields: serializers.Field) -> type[Body]:
    """A `Body` of that name with these fields, for operations that need nothing more."""
    return type(name, (Body,), dict(fields))


class TextField(serializers.CharField):
    """Text without null characters and invisible direction characters, at most `max_length` characters."""

    def __init__(self, max_length: int = LONGEST_TEXT, **options: Any):
        options.setdefault("allow_blank", not options.get("required", True))
        super().__init__(max_length=max_length, **options)

    def to_internal_value(self, data: Any) -> str:
        return without_directions(super().to_internal_value(data))


class Once(serializers.CharField):
    """A secret that is told once and stored nowhere: an answer repeated for its Idempotency-Key leaves it empty."""

    def __init__(self, **options: Any):
        options.setdefault("help_text", "Shown once. Empty where an answer is repeated.")
        super().__init__(read_only=True, **options)


def told_once(serializer: Any) -> set[str]:
    """The names of such fields of a serializer, also inside others."""
    names: set[str] = set()
    for name, field in getattr(getattr(serializer, "child", serializer), "fields", {}).items():
        names |= {name} if isinstance(field, Once) else told_once(field)
    return names


def text(max_length: int = LONGEST_TEXT, **options: Any) -> TextField:
    """A text that must be given and say something."""
    return TextField(max_length, **options)


def optional_text(max_length: int = LONGEST_TEXT, **options: Any) -> TextField:
    return TextField(max_length, required=False, **options)


class Choice(serializers.ChoiceField):
    """Whoever sends another value is told which there are."""

    def __init__(self, choices: Any, **options: Any):
        super().__init__(choices, **options)
        there = ", ".join(str(one) for one in list(self.choices)[:MOST_CHOICES])
        end = ", …" if len(self.choices) > MOST_CHOICES else "."
        self.error_messages["invalid_choice"] = f"“{{input}}” is not one of the choices: {there}{end}"


def choice(choices: Any, **options: Any) -> Choice:
    """One of the values of a `TextChoices`, or of a list."""
    return Choice(choices=getattr(choices, "choices", choices), **options)


def flag(**options: Any) -> serializers.BooleanField:
    return serializers.BooleanField(required=False, **options)


def moment(**options: Any) -> UtcField:
    return UtcField(required=options.pop("required", False), **options)


class Named(serializers.SlugRelatedField):
    """A record by the word it is known by, such as a service by its slug."""

    default_error_messages = {
        "does_not_exist": "There is no “{value}” here that you can choose.{there}",
        "invalid": "Write its name as text.",
    }

    def run_validation(self, data: Any = empty) -> Any:
        """Nothing is null in JSON; an empty text is that in a form only."""
        if data == "" and self.context.get("is_json"):
            self.fail("does_not_exist", value="")
        return super().run_validation(data)

    def fail(self, key: str, **values: Any) -> NoReturn:
        if key == "does_not_exist":
            rows: Any = self.get_queryset()
            names = rows.values_list(self.slug_field, flat=True)[: FEW + 1]
            values["there"] = f" There are: {', '.join(map(str, names))}." if 0 < len(names) <= FEW else ""
        super().fail(key, **values)


def named(rows: QuerySet[Any], by: str = "slug", **options: Any) -> Named:
    return Named(queryset=rows, slug_field=by, **options)


def at_address(asker: User, people: UserQuerySet, address: str) -> User | None:
    """Who of `people` has this e-mail address, as far as `asker` may find out who has an account.

    Responders give others work by their addresses. Stakeholders know their own only: to them any other address is as
    good as one that nobody has.
    """
    if "\0" in address:
        return None
    found = people.with_email(address[:254]).first()
    return found if asker.is_responder or found == asker else None


@extend_schema_field({"oneOf": [{"type": "integer"}, {"type": "string", "format": "email"}]})
class PersonField(serializers.Field):
    """A person by id or e-mail address; by default somebody active."""

    default_error_messages = {
        "unknown": "There is nobody active with this id or e-mail address.",
        "invalid": "Write a person's id or e-mail address.",
    }

    def __init__(self, people: UserQuerySet | None = None, **options: Any):
        super().__init__(**options)
        self.people = people

    def to_internal_value(self, data: Any) -> User:
        people = User.objects.active() if self.people is None else self.people.all()
        if isinstance(data, bool) or not isinstance(data, int | str):
            self.fail("invalid")
        if isinstance(data, int):
            found = people.filter(pk=data).first() if 0 < data < 2**63 else None
        else:
            found = at_address(self.context["call"].user, people, data)
        if found is None:
            self.fail("unknown")
        return found

    def to_representation(self, value: User) -> dict[str, Any]:
        return {"id": value.pk, "name": str(value)}


def person(**options: Any) -> PersonField:
    return PersonField(**options)


class PersonName(serializers.Serializer):
    """A person by id and name."""

    id = serializers.IntegerField()
    name = serializers.CharField()


@extend_schema_field(PersonName)
class ShownPerson(serializers.Field):
    """Who it was, by id and name."""

    def __init__(self, **options: Any):
        super().__init__(read_only=True, **options)

    def to_representation(self, value: Any) -> dict[str, Any]:
        return {"id": value.pk, "name": str(value)}


def untold_of(relation: str) -> list[str]:
    """The columns of a person that `ShownPerson` does not tell, to be left in the database."""
    told = {"id", "name", "email"}
    return [f"{relation}__{field.name}" for field in User._meta.concrete_fields if field.name not in told]


class RecordId(serializers.PrimaryKeyRelatedField[Any]):
    """The id of another record, or null."""

    def __init__(self, **options: Any):
        super().__init__(read_only=True, allow_null=True, **options)


@extend_schema_field(OpenApiTypes.STR)
class Reference(serializers.Field):
    """The reference of an incident, retrospective or action item, such as INC-14."""

    def __init__(self, **options: Any):
        super().__init__(read_only=True, **options)

    def to_representation(self, value: Any) -> str:
        return value if isinstance(value, str) else value.reference


@extend_schema_field({"type": "string", "maxLength": 20})
class IncidentField(serializers.Field):
    """An incident the caller reaches, by its reference, such as INC-14."""

    default_error_messages = {
        "unknown": "There is no incident with this reference that you can reach.",
        "invalid": "Write a reference, such as INC-14.",
    }

    def to_internal_value(self, data: Any) -> Incident:
        if not isinstance(data, str) or not data.strip():
            self.fail("invalid")
        reached = Incident.objects.visible_to(self.context["call"].user)
        found = reached.of_reference(data.strip()[:20]).first()
        if found is None:
            self.fail("unknown")
        return found

    def to_representation(self, value: Any) -> str:
        return value.reference


class RecordIn(serializers.Field):
    """A record of the one that the address names, by its id: `RecordIn("incident", "mitigations")`."""

    default_error_messages = {
        "unknown": "There is none with this id here.",
        "invalid": "Write an id, a whole number.",
    }

    def __init__(self, part: str, relation: str, **options: Any):
        super().__init__(**options)
        self.part, self.relation = part, relation

    def to_internal_value(self, data: Any) -> Any:
        is_form = html.is_html_input(self.root.initial_data)  # and has nothing but text and files
        if is_form and isinstance(data, str) and re.fullmatch("[0-9]{1,19}", data):
            data = int(data)
        if isinstance(data, bool) or not isinstance(data, int):
            self.fail("invalid")
        rows = self.rows_of(self.context["call"][self.part])
        found = rows.filter(pk=data).first() if 0 < data < 2**63 else None
        if found is None:
            self.fail("unknown")
        return found

    def rows_of(self, owner: Any) -> Any:
        """Those that can be named of the record in the address."""
        return getattr(owner, self.relation)

    def to_representation(self, value: Any) -> int:
        return value.pk


extend_schema_field(OpenApiTypes.INT64)(RecordIn)


class ByKey(serializers.DictField):
    """An object whose keys are chosen from a list: `{"public": "…", "stakeholders": "…"}`."""

    default_error_messages = {"key": "“{name}” is not one of {known}."}

    def __init__(self, keys: Any, child: serializers.Field, **options: Any):
        super().__init__(child=child, **options)
        self.keys = list(getattr(keys, "values", keys))

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        said = super().to_internal_value(data)
        for key in said:
            if key not in self.keys:
                self.fail("key", name=key, known=", ".join(self.keys))
        return said


class ShownPeople(serializers.ListField):
    """Who they are, of a relation that was loaded."""

    child = ShownPerson()

    def __init__(self, **options: Any):
        super().__init__(read_only=True, **options)

    def to_representation(self, data: Any) -> list[Any]:
        return super().to_representation(data.all())
