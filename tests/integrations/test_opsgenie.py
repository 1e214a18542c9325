"""Does what sends to Opsgenie or Jira Service Management work here with another host alone?"""

from uuid import UUID

import opsgenie_sdk
import pytest
from opsgenie_sdk.exceptions import ApiException, AuthenticationException

from alerts.models import Alert, AlertState
from integrations.models import LARGEST, Payload, PayloadState

ADDRESSES = ["", "/jsm/ops/integration"]


def api_at(url: str, key: str) -> opsgenie_sdk.AlertApi:
    configuration = opsgenie_sdk.Configuration()
    configuration.host = url
    configuration.api_key = {"Authorization": key}
    configuration.retry_enabled = False
    return opsgenie_sdk.AlertApi(opsgenie_sdk.ApiClient(configuration=configuration))


@pytest.fixture(params=ADDRESSES, ids=["opsgenie", "jsm"])
def api(request, live_server, made):
    _, key = made("opsgenie", opens="nothing")
    return api_at(live_server.url + request.param, key)


def the_alert() -> Alert:
    return Alert.objects.get()


def test_create_acknowledge_unacknowledge_close(api, work):
    asked = {
        "message": "Disk is full",
        "alias": "disk",
        "priority": "P1",
        "tags": ["db"],
        "details": {"n": "1"},
    }
    answer = api.create_alert(create_alert_payload=asked)
    assert answer.result == "Request will be processed"
    work()
    assert (the_alert().title, the_alert().severity, the_alert().labels) == (
        "Disk is full",
        "P1",
        {"n": "1", "tags": "db"},
    )
    for verb, state in (
        (api.acknowledge_alert, AlertState.ACKNOWLEDGED),
        (api.un_acknowledge_alert, AlertState.FIRING),
        (api.close_alert, AlertState.RESOLVED),
    ):
        verb(identifier="disk", identifier_type="alias")
        work()
        assert the_alert().state == state


def test_the_sdk_finds_the_alert_of_its_request(api, work):
    answer = api.create_alert(create_alert_payload={"message": "Disk is full"})
    with pytest.raises(ApiException):  # 404: it might not be processed yet
        api.get_request_status(request_id=answer.request_id)
    work()
    status = api.get_request_status(request_id=answer.request_id).data
    assert (status.is_success, status.action, status.alias) == (True, "Create", the_alert().dedup_key)
    assert UUID(status.alert_id).int == the_alert().pk
    found = answer.retrieve_resulting_action().data
    assert (found.message, found.status, found.acknowledged) == ("Disk is full", "open", False)


@pytest.mark.parametrize("kind", ["id", "tiny", "alias"])
def test_an_alert_is_found_by_each_identifier(api, work, kind):
    api.create_alert(create_alert_payload={"message": "Disk is full", "alias": "disk", "priority": "P2"})
    work()
    known = {"id": str(UUID(int=the_alert().pk)), "tiny": str(the_alert().pk), "alias": "disk"}
    found = api.get_alert(identifier=known[kind], identifier_type=kind).data
    assert (found.alias, found.priority, found.tiny_id) == ("disk", "P2", known["tiny"])
    api.close_alert(identifier=known[kind], identifier_type=kind)
    work()
    assert the_alert().state == AlertState.RESOLVED


def test_list_and_count_hold_the_alerts_of_this_integration_alone(api, work, made, live_server):
    _, other = made("opsgenie", name="Another", opens="nothing")
    api_at(live_server.url, other).create_alert(create_alert_payload={"message": "Not mine"})
    for alias in ("a", "b", "c"):
        api.create_alert(create_alert_payload={"message": alias, "alias": alias})
    api.close_alert(identifier="a", identifier_type="alias")
    work()
    assert [one.alias for one in api.list_alerts().data] == ["c", "b", "a"]
    assert [one.alias for one in api.list_alerts(query="status:open", limit=1, offset=1).data] == ["b"]
    assert [one.alias for one in api.list_alerts(query="status:closed").data] == ["a"]
    assert [one.alias for one in api.list_alerts(query="alias:b").data] == ["b"]
    assert api.count_alerts(query="status=open").data.count == 2


def test_another_integration_finds_neither_alert_nor_request(api, work, made, live_server):
    answer = api.create_alert(create_alert_payload={"message": "Disk is full", "alias": "disk"})
    work()
    other = api_at(live_server.url, made("opsgenie", name="Another")[1])
    for ask in (
        lambda: other.get_alert(identifier="disk", identifier_type="alias"),
        lambda: other.get_alert(identifier=str(UUID(int=the_alert().pk))),
        lambda: other.get_request_status(request_id=answer.request_id),
    ):
        with pytest.raises(ApiException):
            ask()


def test_what_changes_no_state_is_stored_and_understood(api, work):
    api.create_alert(create_alert_payload={"message": "Disk is full", "alias": "disk"})
    api.add_note(
        identifier="disk", identifier_type="alias", add_note_to_alert_payload={"note": "Looking at it"}
    )
    api.delete_alert(identifier="disk", identifier_type="alias")
    work()
    assert the_alert().state == AlertState.FIRING
    outcomes = Payload.objects.order_by("pk").values_list("state", "outcome")
    assert list(outcomes) == [
        ("processed", "1 fired"),
        ("processed", "“notes” changes no state"),
        ("processed", "“delete” changes no state"),
    ]


def test_a_close_right_after_its_creation_closes_it(api, work):
    api.create_alert(create_alert_payload={"message": "Disk is full", "alias": "disk"})
    api.close_alert(identifier="disk", identifier_type="alias")
    work()
    assert the_alert().state == AlertState.RESOLVED


def test_without_a_known_key(live_server):
    with pytest.raises(AuthenticationException):
        api_at(live_server.url, "alc_in_0").create_alert(create_alert_payload={"message": "x"})
    assert not Payload.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "message"),
        ({"message": " "}, "message"),
        ({"message": "x", "priority": "high"}, "priority"),
        ({"message": "x", "priority": ["P1"]}, "priority"),
        ({"message": "x", "alias": "a" * 513}, "alias"),
        (b"{", "body"),
        (b"[]", "body"),
        (b"[" * 100_000, "body"),
    ],
)
def test_what_opsgenie_refuses_is_refused_and_noted(send, made, body, field):
    integration, key = made("opsgenie")
    answer = send("/v2/alerts", body, Authorization=f"GenieKey {key}")
    assert (answer.status_code, list(answer.json()["errors"])) == (422, [field])
    assert integration.payloads.get().state == PayloadState.REJECTED


@pytest.mark.django_db
def test_a_body_that_is_too_large_is_noted(send, made):
    integration, key = made("opsgenie")
    assert send("/v2/alerts", b"x" * (LARGEST + 1), key).status_code == 413
    assert integration.payloads.get().state == PayloadState.REJECTED


@pytest.mark.django_db
@pytest.mark.parametrize("body", [{"message": "Sent to the other address"}, ["odd"], b"{"])
def test_the_status_of_what_came_to_hooks_is_no_fault(client, send, made, work, body):
    _, key = made("opsgenie")
    request_id = UUID(int=int(send("/hooks/", body, key).json()["id"]))
    work()
    headers = {"Authorization": f"GenieKey {key}"}
    answer = client.get(f"/v2/alerts/requests/{request_id}", headers=headers)
    assert (answer.status_code, answer.json()["data"]["isSuccess"]) == (200, False)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "identifier", ["nonsense", "9" * 30, "ffffffff-ffff-ffff-ffff-ffffffffffff", "a" * 600]
)
@pytest.mark.parametrize("kind", ["id", "tiny", "alias", "nonsense"])
def test_an_identifier_of_nothing(client, made, identifier, kind):
    _, key = made("opsgenie")
    path = f"/v2/alerts/{identifier}?identifierType={kind}"
    assert client.get(path, headers={"Authorization": f"GenieKey {key}"}).status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize(
    "query", ["limit=x&offset=-1", "limit=99999999999", "query=status:nonsense", "sort=%F0"]
)
def test_an_odd_list_is_no_fault(client, made, query):
    _, key = made("opsgenie")
    headers = {"Authorization": f"GenieKey {key}"}
    assert client.get(f"/v2/alerts?{query}", headers=headers).json()["data"] == []
