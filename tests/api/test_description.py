"""Is the description good enough to make clients from it: typed, and under names that stand alone?"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

import pytest

from api.choices import CHOICES
from api.openapi import openapi_schema
from api.registry import OPERATIONS

FREE = {
    "Alert.labels": "by the sender's names",
    "AlertSilence.matchers": "by the names of labels",
    "AddAlertRouteBody.outcomes": "by the sender's severity word",
    "RunAutomationBody.inputs": "by the names of the inputs",
    "AlertRoute.outcomes": "by the sender's severity word",
    "ChangeAlertRouteBody.outcomes": "by the sender's severity word",
    "TryAlertRouteBody.outcomes": "by the sender's severity word",
    "ChangeIntegrationBody.mapping": "by field",
    "Integration.mapping": "by field",
    "AuditEntry.changes": "by name of whatever was changed",
    "ConfigurationFieldChange.after": "a value of any field",
    "ConfigurationFieldChange.before": "a value of any field",
    "CurrentConfiguration.configuration": "docs/configuration.schema.json describes it",
    "Event.data": "the event type describes it",
    "EventType.data_schema": "a JSON Schema",
    "Import.columns": "by what the file calls them",
    "Import.summary": "by format",
    "MetricCohort.left_out": "by reason",
    "Metrics.all": "by metric",
    "Metrics.definitions": "by metric",
    "Metrics.groups": "by group and metric",
    "Problem.current": "any shape",
    "ApplyConfigurationBody.configuration": "docs/configuration.schema.json describes it",
    "PlanConfigurationBody.configuration": "docs/configuration.schema.json describes it",
    "ChangeTrackerProjectBody.extra": "by what the tracker calls its fields",
    "TrackerProject.extra": "by what the tracker calls its fields",
    "TrackerTable.means": "by the tracker's ids",
    "TrackerTable.sets": "by the values of states or priorities",
    "TrackerTableBody.means": "by the tracker's ids",
    "TrackerTableBody.sets": "by the values of states or priorities",
    "ConfirmImportBody.severities": "by word of the file",
    "RereadImportBody.columns": "by what the file calls them",
}
"""Fields whose keys or values only the data knows, and what they are by."""
VERBS_OF_READING = ("list", "get", "export", "stream", "search")


@pytest.fixture(scope="module")
def schemas() -> dict[str, Any]:
    return dict(openapi_schema()["components"]["schemas"])


def _below(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        yield path, value
        for key, inner in value.items():
            yield from _below(inner, f"{path}/{key}")
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from _below(inner, f"{path}/{place}")


def _is_sent(name: str) -> bool:
    return name.endswith("Body")


def test_an_answer_has_all_its_fields(schemas):
    optional = {
        name: missing
        for name, schema in schemas.items()
        if not _is_sent(name)
        and (missing := set(schema.get("properties", {})) - set(schema.get("required", [])))
    }
    assert optional == {"Problem": {"errors", "current"}}


def test_a_body_takes_nothing_else(schemas):
    """And nothing that is answered is closed: fields may be added."""
    closed = {name for name, schema in schemas.items() if schema.get("additionalProperties") is False}
    assert closed == {name for name in schemas if _is_sent(name)}


def test_every_body_is_named_after_its_operation():
    for methods in openapi_schema()["paths"].values():
        for operation in methods.values():
            for content in operation.get("requestBody", {}).get("content", {}).values():
                name = "".join(word.capitalize() for word in operation["operationId"].split("_"))
                assert content["schema"]["$ref"].endswith(f"/{name}Body")


def test_choices_that_occur_twice_have_a_name(schemas):
    places = defaultdict(list)
    for path, schema in _below({"paths": openapi_schema()["paths"], "schemas": schemas}):
        if isinstance(choices := schema.get("enum"), list):
            places[tuple(map(str, choices))].append(path)
    assert {choices: at for choices, at in places.items() if len(at) > 1} == {}
    assert set(CHOICES) <= set(schemas)


def test_what_is_free_is_known(schemas):
    def is_free(schema: dict[str, Any]) -> bool:
        is_object = schema.get("type") == "object" and "properties" not in schema
        return is_object or not schema.keys() & {"type", "$ref", "allOf", "anyOf", "oneOf", "enum"}

    found = {
        f"{name}.{field}"
        for name, schema in schemas.items()
        for field, about in schema.get("properties", {}).items()
        if is_free(about)
    }
    assert found == set(FREE)


def test_times_are_told_as_times(schemas):
    wrong = [
        f"{name}.{field}"
        for name, schema in schemas.items()
        for field, about in schema.get("properties", {}).items()
        if field.endswith("_at")
        and not about.keys() & {"$ref", "pattern"}
        and about.get("format") != "date-time"
    ]
    assert wrong == []


def test_no_shape_has_a_field_of_its_own_name(schemas):
    """A generator calls a variable after each, and takes the one for the other."""
    own = {name: re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower() for name in schemas}
    assert [name for name, field in own.items() if field in schemas[name].get("properties", {})] == []


def test_operations_have_names_that_say_what_they_do():
    for operation in OPERATIONS:
        verb = operation.name.split("_")[0]
        assert (verb in VERBS_OF_READING) == (operation.method == "GET"), operation.name
        if operation.is_list:
            assert verb == "list", operation.name
        if operation.method == "PATCH":
            assert verb in ("change", "set"), operation.name


def test_parts_of_addresses_are_called_what_they_are():
    paths = openapi_schema()["paths"]
    assert "/api/v1/retrospectives/{retrospective}/sections/{section}" in paths
    assert not [path for path in paths if re.search(r"\{(read|document|\w+_slug)\}", path)]


def test_no_two_operations_are_described_alike():
    """A summary that was copied describes another operation."""
    counted = Counter(operation.summary for operation in OPERATIONS)
    assert [summary for summary, count in counted.items() if count > 1] == []
