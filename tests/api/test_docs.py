"""Do the pages of the API tell of every operation and every error, with examples that can be sent?"""

import json

import pytest
from django.urls import reverse
from openapi_schema_validator import OAS31Validator

from api.error_help import EXPLAINED
from api.errors import TYPES
from api.fields import Body
from api.openapi import openapi_schema
from api.reference import entries, sections
from api.registry import OPERATIONS
from api.shapes.base import Shape, Telling

pytestmark = pytest.mark.django_db


@pytest.fixture
def as_stakeholder(client, stakeholder):
    client.force_login(stakeholder)
    return client


def text(response) -> str:
    assert response.status_code == 200
    return response.content.decode()


def test_every_operation_is_on_the_page_of_its_tag(as_stakeholder):
    assert {entry.name for entry in entries()} == {operation.name for operation in OPERATIONS}
    assert sum(len(section.entries) for section in sections()) == len(OPERATIONS)
    start = text(as_stakeholder.get(reverse("api_docs")))
    for section in sections():
        url = reverse("api_docs_tag", args=[section.slug])
        assert url in start
        page = text(as_stakeholder.get(url))
        assert all(f'id="{entry.name}"' in page for entry in section.entries)


def test_it_tells_scope_limits_choices_and_what_must_be_given():
    declare = next(entry for entry in entries() if entry.name == "declare_incident")
    fields = {field.name: field for field in declare.body}
    assert declare.scope == "incidents:write"
    assert fields["title"].is_required
    assert fields["title"].kind == "text, at most 200 characters"
    assert "partial_outage" in fields["service_impact"].choices
    assert [answer.shape for answer in declare.answers] == ["Incident"]
    phase = next(
        field for entry in entries() if entry.name == "set_retrospective_entry_phase" for field in entry.body
    )
    assert (phase.kind, phase.shape, phase.choices[:2]) == ("text or empty", "", ("introduced", "detected"))
    assert declare.curl.startswith("curl -X POST http")


def test_every_example_fits_its_body():
    schema = openapi_schema()
    for entry in entries():
        if entry.example:
            body = schema["paths"][entry.path][entry.method.lower()]["requestBody"]["content"]
            described = body["application/json"]["schema"] | {"components": schema["components"]}
            OAS31Validator(described).validate(json.loads(entry.example))


def test_every_link_to_a_shape_leads_somewhere():
    for section in sections():
        named = {name for name, _about, _fields in section.shapes}
        answered = {answer.shape for entry in section.entries for answer in entry.answers if answer.shape}
        inner = {field.shape for _name, _about, fields in section.shapes for field in fields if field.shape}
        assert answered | inner <= named


def test_every_error_is_explained_at_the_anchor_that_its_type_names(as_stakeholder):
    page = text(as_stakeholder.get("/api/v1/docs/errors"))
    assert set(EXPLAINED) == {kind for kind, _title in TYPES.values()}
    assert all(f'id="{kind}"' in page for kind in EXPLAINED)


def test_search_finds_by_words_of_the_summary(as_stakeholder):
    page = text(as_stakeholder.get(reverse("api_docs"), {"q": "declare suspected"}))
    assert reverse("api_docs_tag", args=["incidents"]) + "#accept" in page
    assert "<script>" not in text(as_stakeholder.get(reverse("api_docs"), {"q": "<script>x"}))


def test_there_is_no_page_of_another_tag(as_stakeholder):
    assert as_stakeholder.get(reverse("api_docs_tag", args=["nothing"])).status_code == 404


def test_words_for_those_who_write_shapes_are_not_told():
    described = json.dumps(openapi_schema())
    for base in (Body, Shape, Telling):
        assert base.__doc__.splitlines()[0] not in described


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("close_incident", {"owner": "ana@example.org"}),
        ("open_retrospective", {"incidents": ["INC-14"]}),
        ("set_channel_events", {"events": ["incident.declared", "severity.changed"]}),
    ],
)
def test_an_example_asks_for_one_thing_that_is_not_refused(name, body):
    entry = next(entry for entry in entries() if entry.name == name)
    assert json.loads(entry.example) == body
    assert json.dumps(body) in entry.curl
