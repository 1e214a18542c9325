"""What the documents of senders show of formats that no recorded payload has."""

import json
from base64 import b64encode
from datetime import UTC, datetime
from typing import Any

import pytest

from alerts.observed import Changed, Link, Observed, Parsed, Told
from integrations.senders import SENDERS, UnreadableError, load

load()


def _parse(kind: str, body: Any, **headers: str) -> Parsed:
    return SENDERS[kind].parse(body, {name.replace("_", "-"): text for name, text in headers.items()}, {})


def _alert(kind: str, body: Any, **headers: str) -> Observed:
    (alert,) = _parse(kind, body, **headers).alerts
    return alert


def _change(kind: str, body: Any, **headers: str) -> Changed:
    (change,) = _parse(kind, body, **headers).changes
    return change


def _at(year: int, month: int, day: int, *time: int) -> datetime:
    hour, minute, second, micros = (*time, 0, 0, 0, 0)[:4]
    return datetime(year, month, day, hour, minute, second, micros, tzinfo=UTC)


GRAFANA = {
    "receiver": "My Super Webhook",
    "status": "resolved",
    "alerts": [
        {
            "status": "resolved",
            "labels": {"alertname": "High memory usage", "severity": "page", "service": "web"},
            "annotations": {"runbook_url": "https://runbook.example/1"},
            "startsAt": "2021-10-12T09:51:03.157076+02:00",
            "endsAt": "2021-10-12T10:00:00+02:00",
            "generatorURL": "https://grafana.example/alerting/1/edit",
            "fingerprint": "c6eadffa33fcdf37",
            "silenceURL": "https://grafana.example/silence/new",
            "dashboardURL": "https://grafana.example/d/1",
            "panelURL": "https://grafana.example/d/1?viewPanel=2",
        },
        {
            "status": "firing",
            "labels": {"alertname": "High CPU usage"},
            "annotations": {},
            "startsAt": "2021-10-12T09:56:03+02:00",
            "endsAt": "0001-01-01T00:00:00Z",
            "fingerprint": "bc97ff14869b13e3",
        },
    ],
    "groupKey": "{}:{}",
    "truncatedAlerts": 3,
    "title": "[FIRING:2]",
    "state": "alerting",
}


def test_grafana_tells_several_alerts_and_closes_their_group() -> None:
    parsed = _parse("grafana", GRAFANA)
    first, second = parsed.alerts
    assert (first.state, first.title, first.service) == (Told.RESOLVED, "High memory usage", "web")
    assert (first.started_at, first.at) == (_at(2021, 10, 12, 7, 51, 3, 157076), _at(2021, 10, 12, 8))
    assert [link.label for link in first.links] == ["Runbook", "Dashboard", "Panel", "Alert rule", "Silence"]
    assert (second.state, second.at) == (Told.FIRING, _at(2021, 10, 12, 7, 56, 3))
    assert parsed.closed_groups == ("{}:{}",)
    assert parsed.note == "3 left out by the sender (max_alerts)"


@pytest.mark.parametrize(("state", "told"), [("no_data", Told.FIRING), ("ok", Told.RESOLVED)])
def test_older_grafana_takes_the_state_not_the_title(state: str, told: Told) -> None:
    assert _alert("grafana", {"ruleId": 1, "title": "[Alerting] not ok", "state": state}).state == told


def test_older_grafana_that_is_paused_tells_no_state() -> None:
    assert _parse("grafana", {"ruleId": 1, "state": "paused"}) == Parsed(note="The rule is paused.")


SENTRY_METRIC = {
    "action": "critical",
    "data": {
        "description_title": "Critical: Too many errors",
        "description_text": "1000 events in the last 10 minutes",
        "web_url": "https://sentry.io/organizations/test/alerts/rules/details/5/",
        "metric_alert": {
            "id": "68",
            "title": "Too many errors",
            "date_started": "2020-09-14T19:11:23.588Z",
            "date_detected": "2020-09-14T19:12:00Z",
            "date_closed": None,
            "alert_rule": {"id": "7", "name": "Too many errors", "projects": ["backend"]},
        },
    },
}


def test_sentry_metric_alert_fires_by_its_action_and_is_grouped_by_its_rule() -> None:
    alert = _alert("sentry", SENTRY_METRIC, Sentry_Hook_Resource="metric_alert")
    assert (alert.dedup_key, alert.group_key, alert.state) == ("metric:68", "rule:7", Told.FIRING)
    assert (alert.title, alert.severity, alert.service) == ("Too many errors", "critical", "backend")
    assert (alert.started_at, alert.at) == (_at(2020, 9, 14, 19, 11, 23, 588000), _at(2020, 9, 14, 19, 12))


def test_sentry_metric_alert_is_resolved_by_its_action_alone() -> None:
    closed = json.loads(json.dumps(SENTRY_METRIC)) | {"action": "resolved"}
    assert _alert("sentry", closed).state == Told.RESOLVED
    still = json.loads(json.dumps(SENTRY_METRIC))
    still["data"]["metric_alert"]["date_closed"] = "2020-09-14T20:00:00Z"
    assert _alert("sentry", still).state == Told.FIRING


def test_sentry_issue_alert_and_issue_are_one_alert() -> None:
    event = {
        "event_id": "e4874d664c3540c1a32eab185f12c5ab",
        "title": "ReferenceError: heck is not defined",
        "level": "error",
        "issue_url": "https://sentry.io/api/0/issues/1170820242/",
        "url": "https://sentry.io/api/0/projects/test-org/front-end/events/e4874d664c35/",
        "web_url": "https://sentry.io/organizations/test-org/issues/1170820242/",
        "datetime": "2019-08-19T21:06:09.000Z",
        "tags": [["browser", "Chrome 75"]],
    }
    body = {"action": "triggered", "data": {"event": event, "triggered_rule": "Very important"}}
    fired = _alert("sentry", body, Sentry_Hook_Resource="event_alert", Sentry_Hook_Timestamp="1566248777")
    assert (fired.dedup_key, fired.service, fired.severity) == ("issue:1170820242", "front-end", "error")
    assert fired.at == _at(2019, 8, 19, 21, 6, 17)
    issue = {"id": "1170820242", "title": "ReferenceError", "project": {"slug": "front-end"}}
    over = _alert("sentry", {"action": "resolved", "data": {"issue": issue}}, Sentry_Hook_Resource="issue")
    assert (over.dedup_key, over.state) == (fired.dedup_key, Told.RESOLVED)


def test_sentry_issue_that_is_assigned_changes_no_state() -> None:
    assert _parse("sentry", {"action": "assigned", "data": {"issue": {"id": "1"}}}).note


def test_eventbridge_alarm_and_the_same_by_sns_are_one_alert() -> None:
    arn = "arn:aws:cloudwatch:us-east-1:123456789012:alarm:ServerCpuTooHigh"
    event = {
        "source": "aws.cloudwatch",
        "detail-type": "CloudWatch Alarm State Change",
        "resources": [arn],
        "region": "us-east-1",
        "detail": {
            "alarmName": "ServerCpuTooHigh",
            "state": {"value": "OK", "timestamp": "2019-10-02T17:20:48.554+0000", "reason": "Fine"},
        },
    }
    by_event = _alert("cloudwatch", event)
    assert (by_event.state, by_event.at) == (Told.RESOLVED, _at(2019, 10, 2, 17, 20, 48, 554000))
    alarm = {"AlarmName": "ServerCpuTooHigh", "AlarmArn": arn, "NewStateValue": "ALARM"}
    by_sns = _alert("cloudwatch", {"Type": "Notification", "Message": json.dumps(alarm)})
    assert (by_sns.dedup_key, by_sns.state) == (by_event.dedup_key, Told.FIRING)


def test_alarm_without_data_changes_no_state() -> None:
    assert _parse("cloudwatch", {"AlarmName": "a", "NewStateValue": "INSUFFICIENT_DATA"}).note


def test_datadog_takes_the_transition_and_keeps_one_key_for_a_group_of_a_monitor() -> None:
    body = {
        "alert_id": "1234",
        "scope": "host:web-1,service:shop",
        "transition": "Recovered",
        "title": "[P2] [Triggered on {host:web-1}] [shop] CPU is high",
        "priority": "P2",
        "hostname": "web-1",
        "link": "https://app.datadoghq.com/event/event?id=1",
        "snapshot": "null",
        "last_updated": "1600000000000",
    }
    alert = _alert("datadog", body)
    assert (alert.dedup_key, alert.group_key) == ("1234/host:web-1,service:shop", "1234")
    assert (alert.state, alert.service, alert.severity) == (Told.RESOLVED, "shop", "P2")
    assert (alert.at, alert.links) == (_at(2020, 9, 13, 12, 26, 40), (Link("Datadog", body["link"]),))
    assert alert.title == "[shop] CPU is high"


@pytest.mark.parametrize(
    ("state", "told"),
    [("ACTIVATED", Told.FIRING), ("ACKNOWLEDGED", Told.ACKNOWLEDGED), ("CLOSED", Told.RESOLVED)],
)
def test_new_relic_issue(state: str, told: Told) -> None:
    body = {
        "id": "36f4-issue",
        "issueUrl": "https://radar-api.service.newrelic.com/accounts/1/issues/36f4",
        "title": ["Latency of checkout is high"],
        "priority": "CRITICAL",
        "impactedEntities": ["checkout"],
        "state": state,
        "createdAt": 1617881246260,
        "updatedAt": 1617881256260,
    }
    alert = _alert("newrelic", body)
    assert (alert.state, alert.title, alert.service) == (told, "Latency of checkout is high", "checkout")
    assert (alert.started_at, alert.at) == (
        _at(2021, 4, 8, 11, 27, 26, 260000),
        _at(2021, 4, 8, 11, 27, 36, 260000),
    )


def test_older_new_relic_incident() -> None:
    body = {
        "incident_id": 9007199254740993,
        "current_state": "closed",
        "condition_name": "Error rate",
        "severity": "WARNING",
        "incident_url": "https://alerts.newrelic.com/1",
        "runbook_url": "https://runbook.example/1",
        "targets": [{"name": "checkout", "labels": {"team": "shop"}}],
        "timestamp": 1617881246260,
    }
    alert = _alert("newrelic", body)
    assert (alert.dedup_key, alert.state, alert.service) == ("9007199254740993", Told.RESOLVED, "checkout")
    assert [link.label for link in alert.links] == ["New Relic", "Runbook"]


def test_azure_common_schema_takes_its_condition_not_its_end() -> None:
    essentials = {
        "alertId": "/subscriptions/1/providers/Microsoft.AlertsManagement/alerts/b9569717",
        "alertRule": "WCUS-R2-Gen2",
        "severity": "Sev3",
        "monitorCondition": "Fired",
        "configurationItems": ["wcus-r2-gen2"],
        "firedDateTime": "2019-03-22T13:58:24.3713213Z",
        "resolvedDateTime": "2019-03-22T14:03:16.2246313Z",
    }
    body = {"schemaId": "azureMonitorCommonAlertSchema", "data": {"essentials": essentials}}
    fired = _alert("azuremonitor", body)
    assert (fired.state, fired.at) == (Told.FIRING, _at(2019, 3, 22, 13, 58, 24, 371321))
    essentials["monitorCondition"] = "Resolved"
    over = _alert("azuremonitor", body)
    assert (over.state, over.at) == (Told.RESOLVED, _at(2019, 3, 22, 14, 3, 16, 224631))
    assert (over.dedup_key, over.severity, over.source) == (fired.dedup_key, "Sev3", "wcus-r2-gen2")


@pytest.mark.parametrize(
    ("value", "update", "acknowledged", "told"),
    [
        ("1", "0", "No", Told.FIRING),
        ("1", "1", "Yes", Told.ACKNOWLEDGED),
        ("1", "1", "No", Told.UNACKNOWLEDGED),
        ("0", "0", "Yes", Told.RESOLVED),
    ],
)
def test_zabbix(value: str, update: str, acknowledged: str, told: Told) -> None:
    body = {
        "event_id": "42",
        "event_value": value,
        "update_status": update,
        "acknowledged": acknowledged,
        "trigger_id": "7",
        "name": "Disk is full",
        "severity": "High",
        "host": "db-1",
        "tags": '[{"tag": "service", "value": "billing"}]',
        "started_at": "1600000000",
        "recovered_at": "1600000060" if value == "0" else "{EVENT.RECOVERY.TIMESTAMP}",
        "trigger_url": "",
        "url": "{$ZABBIX.URL}/tr_events.php?triggerid=7&eventid=42",
    }
    alert = _alert("zabbix", body)
    assert (alert.state, alert.service, alert.group_key) == (told, "billing", "trigger:7")
    assert alert.links == ()


def test_zabbix_media_type_posts_what_is_read() -> None:
    for name in SENDERS["zabbix"].sample("checkout"):
        assert f"- name: {name}\n" in SENDERS["zabbix"].to_copy


def test_nagios_reminder_is_no_new_occurrence() -> None:
    body = SENDERS["nagios"].sample("checkout")
    assert _alert("nagios", body | {"time": "1900000000"}).started_at == _alert("nagios", body).started_at


@pytest.mark.parametrize("kind", ["DOWNTIMESTART", "FLAPPINGSTART", "CUSTOM"])
def test_nagios_notification_that_changes_no_state(kind: str) -> None:
    assert _parse("nagios", SENDERS["nagios"].sample("checkout") | {"type": kind}).note


@pytest.mark.parametrize(("status", "told"), [(0, Told.FIRING), (1, Told.RESOLVED)])
def test_uptime_kuma(status: int, told: Told) -> None:
    body = SENDERS["uptimekuma"].sample("checkout")
    body["heartbeat"] |= {"status": status, "time": "2024-09-24 23:51:35.527"}
    alert = _alert("uptimekuma", body)
    assert (alert.state, alert.at) == (told, _at(2024, 9, 24, 23, 51, 35, 527000))


def test_uptime_kuma_test_is_noted() -> None:
    assert _parse("uptimekuma", {"heartbeat": None, "monitor": None, "msg": "My Alert Testing"}).note


DATA = {"title": "Queue is full", "status": "resolved", "service": "checkout"}


@pytest.mark.parametrize(
    "content", [{"data": DATA}, {"data_base64": b64encode(json.dumps(DATA).encode()).decode()}]
)
def test_cloudevent_in_structured_mode(content: dict[str, Any]) -> None:
    event = {"specversion": "1.0", "id": "1", "type": "queue", "source": "/q", "subject": "orders"}
    alert = _alert("cloudevents", event | {"time": "2024-01-01T00:00:00Z"} | content)
    assert (alert.dedup_key, alert.title, alert.state) == ("/q/orders", "Queue is full", Told.RESOLVED)
    assert (alert.source, alert.at) == ("/q", _at(2024, 1, 1))


def test_cloudevent_in_binary_mode_is_the_same_alert() -> None:
    alert = _alert(
        "cloudevents", DATA, Ce_Specversion="1.0", Ce_Type="queue", Ce_Source="/q", Ce_Subject="orders"
    )
    assert (alert.dedup_key, alert.title, alert.state) == ("/q/orders", "Queue is full", Told.RESOLVED)


def test_statuspage_incident_that_is_opened_again_begins_again() -> None:
    updates = [
        {"status": "investigating", "body": "Again", "created_at": "2024-01-01T03:00:00Z"},
        {"status": "resolved", "body": "Over", "created_at": "2024-01-01T02:00:00Z"},
        {"status": "investigating", "body": "First", "created_at": "2024-01-01T01:00:00Z"},
    ]
    incident = {"id": "1", "name": "Down", "status": "investigating", "created_at": "2024-01-01T01:00:00Z"}
    again = _alert("statuspage", {"incident": incident | {"incident_updates": updates}})
    first = _alert("statuspage", {"incident": incident | {"incident_updates": updates[2:]}})
    assert (again.started_at, first.started_at) == (_at(2024, 1, 1, 3), _at(2024, 1, 1, 1))


@pytest.mark.parametrize("status", ["scheduled", "in_progress", "completed"])
def test_maintenance_of_a_statuspage_is_no_alert(status: str) -> None:
    assert _parse("statuspage", {"incident": {"id": "1", "name": "Work", "status": status}}).note


def test_pagerduty_event_that_changes_no_state_is_noted() -> None:
    for kind in ("pagey.ping", "incident.annotated", "service.updated"):
        assert _parse("pagerduty_webhook", {"event": {"event_type": kind, "data": {"id": "1"}}}).note


@pytest.mark.parametrize(("state", "said"), [("failure", "failed"), ("error", "failed")])
def test_github_deployment_that_fails(state: str, said: str) -> None:
    body = SENDERS["github"].sample("checkout")
    body["deployment_status"]["state"] = state
    change = _change("github", body, X_GitHub_Event="deployment_status")
    assert change.title == f"Deployment of checkout (main) to production {said}"


def test_github_run_that_was_cancelled_is_no_change() -> None:
    run = {"id": 1, "name": "Test", "conclusion": "cancelled", "updated_at": "2024-01-01T00:00:00Z"}
    assert _parse("github", {"action": "completed", "workflow_run": run, "repository": {"name": "a"}}).note


def test_gitlab_deployment_release_and_one_that_runs() -> None:
    body = SENDERS["gitlab"].sample("checkout") | {"status_changed_at": "2021-04-28 21:50:00 +0200"}
    assert _change("gitlab", body).at == _at(2021, 4, 28, 19, 50)
    assert _parse("gitlab", body | {"status": "running"}).note
    release = {
        "object_kind": "release",
        "id": 1,
        "name": "v1.1",
        "action": "create",
        "released_at": "2020-11-02 12:55:12 UTC",
        "url": "https://example.com/-/releases/v1.1",
        "project": {"name": "Gitlab Test", "path_with_namespace": "gitlab-org/gitlab-test"},
    }
    change = _change("gitlab", release)
    assert (change.title, change.service) == ("Release v1.1 of gitlab-test", "gitlab-test")
    assert change.at == _at(2020, 11, 2, 12, 55, 12)


def test_change_says_its_kind_in_its_own_word() -> None:
    assert _change("change", {"title": "Dark mode on", "kind": "feature flag"}).kind == "feature_flag"
    assert _change("change", {"title": "Something", "kind": "ritual"}).kind == "other"
    with pytest.raises(UnreadableError, match="is no time"):
        _parse("change", {"title": "Something", "at": "yesterday"})


def test_state_that_is_not_known_is_named_with_those_that_are() -> None:
    with pytest.raises(UnreadableError, match="“state” is “exploded”"):
        _parse("googlecloud", {"incident": {"incident_id": "1", "state": "exploded", "summary": "resolved"}})
