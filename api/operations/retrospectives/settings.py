"""How the installation holds retrospectives: settings, formats, words of hints, what costs are counted by."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.exceptions import ValidationError as Refusal
from rest_framework import serializers

from api.fields import Body, body, choice, named, optional_text, text
from api.registry import Call, item, listing, verb
from api.shapes.catalogue import RoleName
from api.shapes.retrospectives import (
    HintWordShape,
    RetrospectiveFormatShape,
    RetrospectiveSettingsShape,
)
from incidents.models import Role
from retros import workflow
from retros.models import GUESSES, CostAssumptions, RetrospectiveSettings, RoleRate
from retros.models.formats import FALLBACK_ICON, FORMAT_ICONS, LONGEST_NAME, LONGEST_QUESTION, MOST_COLUMNS

READS: dict[str, Any] = {"scope": "retrospectives:read", "tag": "Retrospectives"}
RUNS: dict[str, Any] = {"scope": "admin", "tag": "Retrospectives"}
MOST_DAYS = 32_767

# -- settings -----------------------------------------------------------------------------------------------


def _settings(call: Call) -> RetrospectiveSettings:
    return RetrospectiveSettings.get()


item(
    "retrospective-settings",
    RetrospectiveSettingsShape,
    _settings,
    name="get_retrospective_settings",
    summary="The retrospective settings.",
    **READS,
)
verb(
    "PUT",
    "retrospective-settings",
    workflow.describe_retrospectives,
    name="change_retrospective_settings",
    body=body(
        "RetrospectiveSettingsBody",
        framing=text(help_text="What every retrospective opens with."),
        soak_days=serializers.IntegerField(min_value=0, max_value=MOST_DAYS),
        reading_hours=serializers.IntegerField(min_value=0, max_value=MOST_DAYS),
        hides_dots=serializers.BooleanField(),
        waivers_need_second_person=serializers.BooleanField(),
    ),
    answer=RetrospectiveSettingsShape,
    summary="Change the retrospective settings.",
    **RUNS,
)

# -- formats ------------------------------------------------------------------------------------------------

FORMATS = "retrospective-formats"


class ColumnBody(Body):
    name = text(LONGEST_NAME)
    question = optional_text(LONGEST_QUESTION)
    icon = choice([name for name, _words in FORMAT_ICONS], required=False)


FormatBody = body(
    "RetrospectiveFormatBody",
    name=text(60),
    columns=serializers.ListField(child=ColumnBody(), min_length=2, max_length=MOST_COLUMNS),
)


def _columns(call: Call) -> dict[str, Any]:
    columns = [
        (one["name"], one.get("question", ""), one.get("icon", FALLBACK_ICON)) for one in call.data["columns"]
    ]
    return {"by": call.user, "name": call.data["name"], "columns": columns}


listing(
    FORMATS,
    RetrospectiveFormatShape,
    lambda call: RetrospectiveFormatShape.rows(call.user),
    name="list_retrospective_formats",
    summary="Formats for retrospectives without an incident.",
    **READS,
)
item(
    f"{FORMATS}/{{retrospective_format}}",
    RetrospectiveFormatShape,
    name="get_retrospective_format",
    summary="One retrospective format.",
    **READS,
)
verb(
    "POST",
    FORMATS,
    workflow.add_format,
    name="add_retrospective_format",
    body=FormatBody,
    answer=RetrospectiveFormatShape,
    run=lambda call: workflow.add_format(**_columns(call)),
    status=201,
    location=lambda made: f"/api/v1/{FORMATS}/{made.pk}",
    summary="Add a retrospective format.",
    **RUNS,
)
verb(
    "PUT",
    f"{FORMATS}/{{retrospective_format}}",
    workflow.change_format,
    name="change_retrospective_format",
    body=FormatBody,
    answer=RetrospectiveFormatShape,
    run=lambda call: workflow.change_format(
        retrospective_format=call["retrospective_format"], **_columns(call)
    ),
    **RUNS,
    summary="Change a format, for retrospectives that start from now on.",
)
verb(
    "DELETE",
    f"{FORMATS}/{{retrospective_format}}",
    workflow.remove_format,
    name="remove_retrospective_format",
    summary="Remove a format that no retrospective uses.",
    **RUNS,
)

# -- words of hints -----------------------------------------------------------------------------------------

listing(
    "hint-words",
    HintWordShape,
    lambda call: HintWordShape.rows(call.user),
    name="list_hint_words",
    summary="The organisation's own words for hints on wording.",
    **READS,
)
item(
    "hint-words/{hint_word}",
    HintWordShape,
    name="get_hint_word",
    summary="One word for hints on wording.",
    **READS,
)
verb(
    "POST",
    "hint-words",
    workflow.add_hint_word,
    body=body("HintWordBody", words=text(100), ask=text(300, help_text="What to ask instead.")),
    answer=HintWordShape,
    status=201,
    location=lambda made: f"/api/v1/hint-words/{made.pk}",
    **RUNS,
    summary="Add a word for hints on wording.",
)
verb(
    "DELETE",
    "hint-words/{hint_word}",
    workflow.remove_hint_word,
    run=lambda call: workflow.remove_hint_word(by=call.user, word=call["hint_word"]),
    **RUNS,
    summary="Remove a word for hints on wording.",
)

# -- what costs are counted by ------------------------------------------------------------------------------


def _amount() -> serializers.DecimalField:
    return serializers.DecimalField(min_value=0, max_digits=12, decimal_places=2)


class GuessesBody(Body):
    """Three guesses, from low to high."""

    low = _amount()
    likely = _amount()
    high = _amount()


class RoleRateBody(GuessesBody):
    role = named(Role.objects.all())


class CostAssumptionsBody(Body):
    """As a whole: a rate that is not given is taken back."""

    currency = text(3)
    hour = GuessesBody(required=False, allow_null=True, help_text="An hour of a person.")
    minute = GuessesBody(required=False, allow_null=True, help_text="A minute in which every user is hit.")
    roles = serializers.ListField(child=RoleRateBody(), required=False, max_length=200)


class CostGuessesShape(serializers.Serializer):
    low = _amount()
    likely = _amount()
    high = _amount()


class RoleRateShape(CostGuessesShape):
    role = RoleName()


class CostAssumptionsShape(serializers.Serializer):
    """What is assumed where money is counted; null where nobody has stated it."""

    currency = serializers.CharField()
    hour = CostGuessesShape(allow_null=True)
    minute = CostGuessesShape(allow_null=True)
    roles = RoleRateShape(many=True)


def _assumed() -> dict[str, Any]:
    assumed = CostAssumptions.get()
    told: dict[str, Any] = {"currency": assumed.currency}
    for name in ("hour", "minute"):
        guesses = assumed.guesses(name)
        told[name] = None if guesses[0] is None else dict(zip(GUESSES, guesses, strict=True))
    told["roles"] = list(RoleRate.objects.select_related("role").order_by("role__name", "pk"))
    return told


def _for_administrators(call: Call) -> dict[str, Any]:
    if not call.user.is_administrator:
        raise PermissionDenied("Only administrators see what costs are counted by.")
    return _assumed()


def _assume(call: Call) -> dict[str, Any]:
    said = call.data
    named_rates = {name: said.get(name) for name in ("hour", "minute")}
    named_rates |= {f"role_{rate['role'].pk}": rate for rate in said.get("roles", [])}
    nothing = (None, None, None)
    rates = {
        name: tuple(rate[guess] for guess in GUESSES) if rate else nothing
        for name, rate in named_rates.items()
    }
    try:
        workflow.assume_costs(by=call.user, currency=said["currency"], rates=rates)
    except Refusal as refusal:
        raise serializers.ValidationError(_placed(refusal, call)) from refusal
    return _assumed()


def _placed(refusal: Refusal, call: Call) -> dict[str, Any]:
    """The verb's names of fields, such as `hour_low` and `role_7_low`, as places in the body."""
    roles = [rate["role"].pk for rate in call.data.get("roles", [])]
    placed: dict[str, Any] = {}
    for name, sentences in refusal.message_dict.items():
        rate, _, guess = name.rpartition("_")
        if rate.startswith("role_"):
            placed.setdefault("roles", {})[roles.index(int(rate[5:]))] = {guess: sentences}
        elif rate:
            placed.setdefault(rate, {})[guess] = sentences
        else:
            placed[name] = sentences
    return placed


item(
    "cost-assumptions",
    CostAssumptionsShape,
    _for_administrators,
    name="get_cost_assumptions",
    summary="The assumptions that costs are calculated from. Administrators only.",
    **RUNS,
)
verb(
    "PUT",
    "cost-assumptions",
    workflow.assume_costs,
    name="change_cost_assumptions",
    body=CostAssumptionsBody,
    answer=CostAssumptionsShape,
    run=_assume,
    summary="Set the assumptions that costs are calculated from.",
    **RUNS,
)
