"""The same through the API: read what is configured, plan, apply."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api.fields import Body, flag
from api.operations.administrators import administrators
from api.registry import Call, item, verb
from configuration.applying import apply_configuration
from configuration.entries import Document, Mistaken
from configuration.kinds import KINDS
from configuration.plans import Plan
from configuration.references import reading_for_requests
from configuration.telling import exported

SCOPE, TAG = "admin", "Configuration"
MOST = 1000
LISTS = {
    "type": "object",
    "additionalProperties": {"type": ["array", "null"], "items": {"type": "object"}},
    "description": "A list of entries for each kind, as in the files. docs/configuration.schema.json lists all fields.",
}


@extend_schema_field(LISTS)
class ListsByKind(serializers.Field):
    """Entries by kind, which the configuration's own checks read."""

    def to_internal_value(self, data: Any) -> Any:
        return data

    def to_representation(self, value: Any) -> Any:
        return value


class ConfigurationBody(Body):
    configuration = ListsByKind()
    prune = flag(help_text="Remove entries of these kinds that are missing here and not in use.")


class CurrentConfiguration(serializers.Serializer):
    configuration = ListsByKind(read_only=True)


class ConfigurationFieldChange(serializers.Serializer):
    name = serializers.CharField()
    before = serializers.JSONField()
    after = serializers.JSONField()


class ConfigurationChange(serializers.Serializer):
    kind = serializers.CharField()
    name = serializers.CharField()
    action = serializers.ChoiceField(choices=["added", "changed", "removed"])
    fields = ConfigurationFieldChange(many=True)  # type: ignore[assignment]  # a serializer's own name for its fields


class ConfigurationEntryKept(serializers.Serializer):
    kind = serializers.CharField()
    name = serializers.CharField()
    reason = serializers.CharField()


class ConfigurationPlan(serializers.Serializer):
    changes = ConfigurationChange(many=True)
    kept = ConfigurationEntryKept(many=True, help_text="What pruning did not remove, and why.")


def _run(call: Call, *, dry_run: bool) -> Plan:
    _require_few(call.data["configuration"])
    try:
        return apply_configuration(
            by=call.user,
            documents=[Document(call.data["configuration"])],
            look=reading_for_requests,
            prune=call.data.get("prune", False),
            dry_run=dry_run,
        )
    except Mistaken as refusal:
        raise serializers.ValidationError({"configuration": _by_place(refusal)}) from refusal


def _require_few(said: Any) -> None:
    """A request has to be answered while its sender waits."""
    if _entries_in(said) > MOST:
        sentence = f"A request holds at most {MOST} entries. Use bin/manage apply on the server."
        raise serializers.ValidationError({"configuration": [sentence]})


def _entries_in(said: Any) -> int:
    """How many entries there are, with the groups and components of pages."""
    named = said.items() if isinstance(said, dict) else ()
    lists = [rows for name, rows in named if name in KINDS and isinstance(rows, list)]
    return sum(len(rows) + sum(map(_entries_in, rows)) for rows in lists)


def _by_place(refusal: Mistaken) -> dict[str, Any]:
    """As nested as the values are, so that each error points at its own."""
    found: dict[str, Any] = {}
    for mistake in refusal.mistakes:
        inner = found
        for part in mistake.at:
            inner = inner.setdefault(str(part), {})
        inner.setdefault("non_field_errors", []).append(mistake.sentence)
    return found


item(
    "configuration",
    CurrentConfiguration,
    administrators(lambda call: {"configuration": exported(call.user)}),
    name="get_configuration",
    summary="The whole configuration, in the form in which it is applied. Administrators only.",
    scope=SCOPE,
    tag=TAG,
)
verb(
    "POST",
    "configuration/plan",
    apply_configuration,
    name="plan_configuration",
    body=ConfigurationBody,
    answer=ConfigurationPlan,
    run=lambda call: _run(call, dry_run=True),
    scope=SCOPE,
    tag=TAG,
    summary="Show what applying a configuration would change, without changing it. Administrators only.",
)
verb(
    "POST",
    "configuration/apply",
    apply_configuration,
    body=ConfigurationBody,
    answer=ConfigurationPlan,
    run=lambda call: _run(call, dry_run=False),
    scope=SCOPE,
    tag=TAG,
    summary="Apply a configuration, all of it or nothing. Administrators only.",
)
