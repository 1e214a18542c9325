"""Does every refusal say in JSON what is wrong, and with which field?"""

from base64 import b64encode

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from api.registry import OPERATIONS
from retros.workflow import add_contributing_factor, start_retrospective
from tests.api.client import ApiClient


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"title": ""}, "/title"),
        ({"title": "x", "severity": "SEV9"}, "/severity"),
        ({"title": "x", "services": ["no-such"]}, "/services"),
        ({"title": "x", "colour": "red"}, "/colour"),
        ({"title": "x", "impact_started_at": "2026-03-01T14:33:00"}, "/impact_started_at"),
        ({"title": "x", "impact_started_at": "2999-01-01T00:00:00Z"}, "/impact_started_at"),
        ({"title": "a\0b"}, "/title"),
        ({"title": "x" * 201}, "/title"),
        ({"title": ["x"]}, "/title"),
        ([], ""),
    ],
)
def test_a_value_that_cannot_be_used(calls, body, pointer):
    problem = calls.post("incidents", body)
    assert calls.status == 422, problem
    assert problem["errors"][0]["pointer"] == pointer
    assert problem["detail"]


def test_a_nested_value_is_named_by_its_place(calls, incident):
    problem = calls.post(
        f"incidents/{incident.reference}/mitigation",
        {"services": [{"service": "nope", "impact": "degraded"}]},
    )
    assert problem["errors"][0]["pointer"] == "/services/0/service"


@pytest.mark.parametrize(
    ("path", "field", "value", "most"),
    [
        ("incidents", "services", "payments", 1000),
        ("{at}/mitigation", "services", {"service": "payments", "impact": "degraded"}, 1000),
        ("{at}/status-updates", "evidence", 1, 50),
        ("{at}/status-updates", "audiences", "public", 4),
    ],
)
def test_the_length_of_a_list_comes_before_its_entries(calls, incident, path, field, value, most):
    """Each entry may ask the database."""
    path = path.format(at=f"incidents/{incident.reference}")
    calls.get("me")
    with CaptureQueriesContext(connection) as asked:
        problem = calls.post(path, {field: [value] * (most + 1)})
    assert calls.status == 422
    assert problem["errors"] == [
        {
            "pointer": f"/{field}",
            "code": "max_length",
            "detail": f"Ensure this field has no more than {most} elements.",
        }
    ]
    assert len(asked) < 20


def test_a_refusal_is_not_as_long_as_the_request(calls):
    problem = calls.post("incidents", {f"field {number}": 1 for number in range(5000)})
    assert calls.status == 422
    assert len(problem["errors"]) == 20


def test_what_does_not_fit_the_state(calls, incident):
    problem = calls.post(f"incidents/{incident.reference}/reopening", {"reason": "It is back"})
    assert calls.status == 409
    assert problem["title"] == "It does not fit the present state"


def test_a_body_that_is_no_json(calls):
    answer = calls.client.post(
        "/api/v1/incidents",
        "{",
        content_type="application/json",
        headers={"authorization": f"Bearer {calls.token}"},
    )
    assert answer.status_code == 400
    assert answer.json()["detail"] == "The body is not valid JSON."


DEEP = 100_000


@pytest.mark.parametrize(
    "body",
    [
        '{"title": "a\\ud83d"}',
        '{"title": "a", "service_impact": "\\ud83d"}',
        '{"\\ud83d": 1}',
        '{"title": "a", "services": ["\\ud83d"]}',
        "[" * DEEP,
        "[" * DEEP + "]" * DEEP,
        '{"title":' * DEEP + "1" + "}" * DEEP,
        '{"title":' * 60 + "1" + "}" * 60,
        '{"title": 1' + "0" * 5000 + "}",
        '{"title": NaN}',
    ],
)
def test_json_that_nothing_can_be_made_of(calls, body):
    calls.client.raise_request_exception = False
    answer = calls.client.post(
        "/api/v1/incidents",
        body,
        content_type="application/json",
        headers={"authorization": f"Bearer {calls.token}"},
    )
    assert answer.status_code == 400, answer.content[:200]
    assert answer.json()["detail"]


def test_head_is_answered_as_get_without_a_body(calls, incident):
    calls.get(f"incidents/{incident.reference}")
    answer = calls.client.head(
        f"/api/v1/incidents/{incident.reference}", headers={"authorization": f"Bearer {calls.token}"}
    )
    assert answer.status_code == 200
    assert answer["ETag"] == calls.last["ETag"]
    assert answer.content == b""


@pytest.mark.parametrize(
    "path", ["nonsense", "incidents/INC-999999", "incidents/x y", "incidents/INC-1/nonsense"]
)
def test_an_address_with_nothing(calls, path):
    problem = calls.get(path)
    assert (calls.status, problem["status"]) == (404, 404)


@pytest.mark.parametrize(
    "query",
    ["limit=0", "limit=201", "limit=x", "cursor=nonsense", "cursor=cD1hYmM%3D", "colour=red", "q=colour:red"],
)
def test_a_parameter_that_makes_no_sense(calls, query):
    problem = calls.get(f"incidents?{query}")
    assert calls.status == 400, problem
    assert problem["errors"][0]["pointer"] == query.split("=")[0]


@pytest.mark.parametrize(
    "place", ["p=99999999999999999999", "r=1&p=99999999999999999999", "o=3", "p=-1", "r=1"]
)
@pytest.mark.parametrize("search", ["", "q=overloaded&"])
def test_a_cursor_that_somebody_wrote(calls, monkeypatch, place, search):
    """A number that the list does not have is a place like any other."""
    monkeypatch.setattr("shell.search.COMMON", 0)  # every word is in many texts
    calls.get(f"incidents?{search}cursor={b64encode(place.encode()).decode()}")
    assert calls.status == 200


def test_a_cursor_of_another_list(api, admin):
    calls = api(admin)
    calls.client.raise_request_exception = False
    calls.get("me")
    lists = [one.path for one in OPERATIONS if one.is_list and "{" not in one.path]
    assert len(lists) > 20
    for path in lists:
        for position in ("abc", "2026-13-45", "%00", "a%00b"):
            calls.get(f"{path}?cursor={b64encode(f'p={position}'.encode()).decode()}")
            assert calls.status in (200, 400), path


def test_a_method_that_is_not_there(calls):
    calls.delete("incidents")
    assert calls.status == 405


def test_null_characters_in_an_address(calls):
    calls.get("incidents?q=%00")
    assert calls.status == 400


def test_a_trailing_slash_leads_to_the_address_without(calls, incident):
    calls.get(f"incidents/{incident.reference}/?x=1")
    assert calls.status == 308
    assert calls.last["Location"] == f"/api/v1/incidents/{incident.reference}?x=1"


def test_a_stakeholder_changes_nothing(api, stakeholder, incident):
    calls = api(stakeholder)
    problem = calls.patch(f"incidents/{incident.reference}", {"title": "Mine"})
    assert calls.status == 403
    assert problem["detail"] == "Only responders can change an incident."


def test_too_many_requests_say_when_to_come_back(calls, settings):
    settings.API_RATE = "2 per hour"
    for _time in range(2):
        calls.get("me")
        assert calls.status == 200
        assert calls.last["RateLimit-Policy"] == '"token";q=2;w=3600'
    calls.get("me")
    assert calls.status == 429
    assert int(calls.last["Retry-After"]) > 0


def test_more_tokens_send_no_more_than_a_few_times_as_much(api, commander, responder, settings):
    settings.API_RATE = "2 per hour"
    statuses = []
    for _token in range(6):
        calls = api(commander)
        for _time in range(2):
            problem = calls.get("me")
            statuses.append(calls.status)
            if calls.status == 200:
                assert calls.last["RateLimit-Policy"] == '"token";q=2;w=3600'
    assert statuses == [200] * 10 + [429] * 2
    assert problem["detail"].startswith("At most 10 requests in 3600 seconds by all tokens of an account.")
    assert int(calls.last["Retry-After"]) > 0
    of_another = api(responder)
    of_another.get("me")
    assert of_another.status == 200


def test_tokens_that_do_not_work_are_counted_by_address(db, settings):
    settings.API_RATE_UNKNOWN = "2 per hour"
    client = ApiClient("alc_" + "0" * 32)
    statuses = []
    for _time in range(3):
        client.get("me")
        statuses.append(client.status)
    assert statuses == [401, 401, 429]


def test_a_name_that_is_not_there_comes_with_those_that_are(calls, severity):
    problem = calls.post("incidents", {"title": "x", "severity": "SEV9"})
    assert problem["errors"][0]["detail"] == (
        "There is no “SEV9” here that you can choose. There are: SEV1, SEV2, SEV3, SEV4, SEV5."
    )


def test_a_value_that_can_never_be_used_is_named(api, admin, commander, incident):
    """It is 422 with a pointer, not 409: no other state of things would take it."""
    calls = api(admin)
    twice = [{"name": "Good"}, {"name": "good"}]
    problem = calls.post("retrospective-formats", {"name": "Ours", "columns": twice})
    assert (calls.status, problem["errors"][0]["pointer"]) == (422, "/columns")
    retrospective = start_retrospective(incident=incident, by=commander)
    factor = add_contributing_factor(retrospective=retrospective, by=commander, text="No limit")
    at = f"retrospectives/{retrospective.pk}/contributing-factors/{factor.pk}/place"
    problem = calls.put(at, {"parent": factor.pk})
    assert (calls.status, problem["errors"][0]["pointer"]) == (422, "/parent")


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        ([], "Write a JSON object, in braces."),
        ({}, "title: This field is required."),
        ({"title": 5}, "title: Write text."),
        ({"title": "x", "colour": "red"}, "colour: There is no such field. There are "),
        (
            {"title": "x", "service_impact": "bad"},
            "service_impact: “bad” is not one of the choices: degraded, ",
        ),
    ],
)
def test_the_sentence_alone_names_the_field(calls, body, detail):
    assert calls.post("incidents", body)["detail"].startswith(detail)


def test_a_choice_that_does_not_exist_is_answered_with_those_that_do(calls):
    problem = calls.get("incidents?status=fixng")
    assert "“fixng” is not one of the choices: " in problem["detail"]
    assert "fixing" in problem["detail"]
