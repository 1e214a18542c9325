"""The parts of addresses: how the record they name is found, within what the caller can see."""

from collections.abc import Iterable
from typing import Any

from django.http import Http404

from api.registry import Call, part
from api.shapes.base import Shape
from api.shapes.incidents import (
    BriefLinkShape,
    EvidenceShape,
    IncidentShape,
    SavedViewShape,
    TimelineEventShape,
)
from api.shapes.response import (
    ChangeShape,
    HypothesisShape,
    MitigationShape,
    RecoveryCheckShape,
    TaskShape,
)
from api.shapes.status_updates import StatusUpdateShape
from incidents.models import Incident, Role, Service


def number(raw: str) -> int:
    """A whole number of an address. Raises Http404 for anything else."""
    if not (raw.isascii() and raw.isdigit() and len(raw) < 19):
        raise Http404
    return int(raw)


def _incident(call: Call, raw: str) -> Incident:
    return Incident.objects.visible_to(call.user).of_reference(raw).select_related("severity").get()


def within(name: str, shape: type[Shape], owner: str, about: str) -> None:
    """A part that is a record of the one before it, by its id, as the shape's rows have it in reach."""

    def load(call: Call, raw: str) -> Any:
        return shape.rows(call.user).get(pk=number(raw), **{owner: call[owner]})

    part(name, load, shape=shape, about=about, number=True)


def one_of(name: str, choices: Iterable[str], about: str, called: str = "") -> None:
    """A part that is one of a few words, not a record."""
    known = tuple(choices)

    def load(call: Call, raw: str) -> str:
        if raw not in known:
            raise Http404
        return raw

    part(name, load, shape=None, about=about, choices=known, called=called)


def _change(call: Call, raw: str) -> Any:
    return ChangeShape.rows(call.user).get(pk=number(raw), incidents=call["incident"])


part("incident", _incident, shape=IncidentShape, about="Its reference, such as INC-14.", key="reference")
within("hypothesis", HypothesisShape, "incident", "The id of a hypothesis of the incident.")
within("mitigation", MitigationShape, "incident", "The id of a mitigation of the incident.")
within("task", TaskShape, "incident", "The id of a task of the incident.")
within("check", RecoveryCheckShape, "incident", "The id of a recovery check of the incident.")
within("update", StatusUpdateShape, "incident", "The id of a status update of the incident.")
within("event", TimelineEventShape, "incident", "The id of an event of the incident's timeline.")
within("evidence", EvidenceShape, "incident", "The id of a piece of evidence of the incident.")
within("link", BriefLinkShape, "incident", "The id of a link to the brief of the incident.")
part("change", _change, shape=ChangeShape, about="The id of a change of the incident.", number=True)
part(
    "role",
    lambda call, raw: Role.objects.get(slug=raw),
    shape=None,
    about="The slug of a role, such as commander.",
    same="role_slug",
)
part(
    "service",
    lambda call, raw: Service.objects.get(slug=raw),
    shape=None,
    about="The slug of a service.",
    same="service_slug",
)
part(
    "view",
    lambda call, raw: SavedViewShape.rows(call.user).get(pk=number(raw)),
    shape=SavedViewShape,
    about="The id of a saved view of the caller.",
    number=True,
)
