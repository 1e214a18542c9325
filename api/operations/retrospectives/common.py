"""What the sections of a retrospective share: its address, rows named by id, who may look where writers work."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import User
from api.fields import PersonField, TextField, at_address
from api.registry import Call
from api.shapes.base import Shape
from incidents.models import Incident
from retros.access import people_of
from retros.permissions import can_facilitate, can_write, takes_part
from retros.workflow.common import ONLY_LEADERS, ONLY_WRITERS

RETROSPECTIVE = "retrospectives/{retrospective}"
TIMELINE = f"{RETROSPECTIVE}/timeline"
MOST_NAMED = 200
MOST_INCIDENTS = 50
LARGEST_ID = 2**63 - 1


def of_it(shape: type[Shape]) -> Callable[[Call], Any]:
    """The rows of the retrospective in the address."""
    return lambda call: shape.rows(call.user).filter(retrospective=call["retrospective"])


def address_of(made: Any, section: str) -> str:
    return f"/api/v1/retrospectives/{made.retrospective_id}/{section}/{made.pk}"


def for_writers(call: Call) -> Any:
    """The retrospective, for whoever writes in it, or did while it was open."""
    retrospective, person = call["retrospective"], call.user
    on_it = person.is_responder or takes_part(person, retrospective)
    if not (on_it if retrospective.is_published else can_write(person, retrospective)):
        raise PermissionDenied(ONLY_WRITERS)
    return retrospective


def for_leaders(call: Call) -> Any:
    """The retrospective, for whoever leads it."""
    if not can_facilitate(call.user, call["retrospective"]):
        raise PermissionDenied(ONLY_LEADERS)
    return call["retrospective"]


class RecordsIn(serializers.ListField):
    """Records by their ids, of those that `find` gives for the request; all are loaded at once."""

    child = serializers.IntegerField(min_value=1, max_value=LARGEST_ID)
    default_error_messages = {"unknown": "There is none with the id {ids} here."}

    def __init__(self, find: Callable[[Call], Any], **options: Any):
        super().__init__(max_length=MOST_NAMED, **options)
        self.find = find

    def to_internal_value(self, data: Any) -> list[Any]:
        wanted = list(dict.fromkeys(super().to_internal_value(data)))
        found = {record.pk: record for record in self.find(self.context["call"]).filter(pk__in=wanted)}
        if missing := [str(key) for key in wanted if key not in found]:
            self.fail("unknown", ids=", ".join(missing))
        return [found[key] for key in wanted]


class RecordFrom(serializers.Field):
    """A record by its id, of those that `find` gives for the request."""

    default_error_messages = {
        "unknown": "There is none with this id that you can reach.",
        "invalid": "Write an id, a whole number.",
    }

    def __init__(self, find: Callable[[Call], Any], **options: Any):
        super().__init__(**options)
        self.find = find

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, bool) or not isinstance(data, int):
            self.fail("invalid")
        found = self.find(self.context["call"]).filter(pk=data).first() if 0 < data <= LARGEST_ID else None
        if found is None:
            self.fail("unknown")
        return found


extend_schema_field(OpenApiTypes.INT64)(RecordFrom)


def standing_entries(call: Call) -> Any:
    return call["retrospective"].entries.standing()


class IncidentsIn(serializers.ListField):
    """Incidents in the caller's reach, by their references."""

    child = TextField(20)
    default_error_messages = {"unknown": "{name} is not an incident you can see."}

    def __init__(self, **options: Any):
        super().__init__(max_length=MOST_INCIDENTS, **options)

    def to_internal_value(self, data: Any) -> list[Incident]:
        names = list(dict.fromkeys(name.upper() for name in super().to_internal_value(data)))
        return [self._incident(name) for name in names]

    def _incident(self, name: str) -> Incident:
        reachable = Incident.objects.visible_to(self.context["call"].user).of_reference(name)
        found = reachable.select_related("severity", "retrospective").first()
        if found is None:
            self.fail("unknown", name=name)
        return found


class PersonOfIt(PersonField):
    """Whom a row of the timeline can be about: responders, those who take part, and the caller."""

    def to_internal_value(self, data: Any) -> User:
        call = self.context["call"]
        self.people = people_of(call["retrospective"]) | User.objects.filter(pk=call.user.pk)
        return super().to_internal_value(data)


class PersonAsked(serializers.CharField):
    """Of a filter: `me`, `nobody`, or a person's id or e-mail address. Gives a User, or None for nobody."""

    default_error_messages = {"unknown": "Write “me”, “nobody”, or a person's id or e-mail address."}

    def to_internal_value(self, data: Any) -> Any:
        said = super().to_internal_value(data)
        if said == "nobody":
            return None
        if said == "me":
            return self.context["call"].user
        everybody = User.objects.all()
        if said.isascii() and said.isdigit():
            found = everybody.filter(pk=int(said)).first() if len(said) < 19 else None
        else:
            found = at_address(self.context["call"].user, everybody, said)
        if found is None:
            self.fail("unknown")
        return found


class EntriesChanged(serializers.Serializer):
    """How many records were changed."""

    changed = serializers.IntegerField()


class Key(serializers.CharField):
    """The key of something that is offered, as it is listed."""

    def __init__(self, **options: Any):
        super().__init__(max_length=2000, **options)
