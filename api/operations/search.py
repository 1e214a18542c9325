"""Finding incidents, retrospectives and action items by words, as the pages do."""

from typing import Any

from django.db.models import Q
from rest_framework import serializers

from action_items.models import ActionItem
from action_items.models.items import number_of
from api.errors import Malformed
from api.fields import Body, Reference, text
from api.registry import Call, item
from api.shapes.catalogue import SeverityName
from incidents.models import Incident
from retros.models import Retrospective
from shell import search

SHOWN = 20


class SearchQuery(Body):
    q = text(200, help_text="Words, INC-14, ACT-7, or the search of the list: “sev1 open service:payments”.")


class FoundIncident(serializers.Serializer):
    reference = serializers.CharField()
    title = serializers.CharField()
    status = serializers.CharField()
    severity = SeverityName()
    url = serializers.CharField(source="get_absolute_url")


class FoundRetrospective(serializers.Serializer):
    id = serializers.IntegerField()
    title = serializers.CharField()
    status = serializers.CharField()
    url = serializers.CharField(source="get_absolute_url")


class FoundActionItem(serializers.Serializer):
    reference = Reference(source="*")
    title = serializers.CharField()
    state = serializers.CharField()
    url = serializers.CharField(source="get_absolute_url")


class FoundShape(serializers.Serializer):
    """At most 20 of each kind. A kind that the token may not read is null."""

    incidents = FoundIncident(many=True, allow_null=True)
    retrospectives = FoundRetrospective(many=True, allow_null=True)
    action_items = FoundActionItem(many=True, allow_null=True)


def _incidents(call: Call, typed: str) -> list[Incident]:
    asked = search.parse(typed)
    if asked.problems:
        raise Malformed(" ".join(asked.problems), name="q")
    if search.is_common(asked):
        near = search.found(asked, call.user, is_common=True)
        near = near.filter(number__gt=search.newest_number() - search.NEWEST)
        rows = list(near.select_related("severity").newest_first()[:SHOWN])
        if len(rows) == SHOWN:
            return rows
    return list(search.found(asked, call.user).select_related("severity").newest_first()[:SHOWN])


def _retrospectives(call: Call, typed: str) -> list[Retrospective]:
    found = Retrospective.objects.visible_to(call.user).filter(title__icontains=typed)
    return list(found.order_by("-pk")[:SHOWN])


def _action_items(call: Call, typed: str) -> list[ActionItem]:
    fits, number = Q(title__icontains=typed), number_of(typed)
    if number is not None:
        fits |= Q(pk=number)
    return list(ActionItem.objects.visible_one_by_one(call.user).filter(fits).order_by("-pk")[:SHOWN])


FINDERS = {
    "incidents": _incidents,
    "retrospectives": _retrospectives,
    "action_items": _action_items,
}


def _search(call: Call) -> dict[str, Any]:
    typed = call.query["q"].strip()
    return {
        kind: find(call, typed) if call.token is None or call.token.allows(f"{kind}:read") else None
        for kind, find in FINDERS.items()
    }


item(
    "search",
    FoundShape,
    _search,
    name="search",
    summary="Search incidents, retrospectives and action items, newest first.",
    query=SearchQuery,
    scope="",
    tag="Search",
)
