"""Is only what Amazon SNS signed for the named topic taken, and is a subscription to it confirmed?"""

import json
import time
from base64 import b64encode
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1
from cryptography.hazmat.primitives.asymmetric.ec import generate_private_key as elliptic_key
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from django.core.exceptions import ValidationError

from alerts.models import Alert
from integrations.models import Integration, Payload, PayloadState
from integrations.senders import SENDERS, load
from integrations.senders.sns import client
from integrations.senders.sns.client import is_of_sns
from integrations.tasks import check_signatures, next_check_at, process_waiting_payloads
from integrations.workflow import change_integration, pause_integration, replay_payload, resume_integration
from tests.api.client import ApiClient
from tests.integrations.sns import HOST, TOPIC, Sns, TlsFiles, certificate, reached_at

pytestmark = pytest.mark.django_db
CONFIRMATION = "SubscriptionConfirmation"
ALARM = json.dumps(
    {
        "AlarmName": "Errors",
        "NewStateValue": "ALARM",
        "StateChangeTime": "2026-11-29T12:00:00Z",
        "Region": "EU",
    }
)
DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def tls(tmp_path_factory):
    return TlsFiles(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def sns(tls, settings, monkeypatch):
    settings.OUTBOUND_ALLOW = ["127.0.0.0/8"]
    server = Sns(tls)
    with reached_at(server.port, monkeypatch, tls):
        yield server
    server.close()


@pytest.fixture
def cloudwatch(made) -> tuple[Integration, str]:
    return made("cloudwatch", topic_arn=TOPIC, opens="nothing")


@pytest.fixture
def deliver(send, cloudwatch):
    """`deliver(message)` posts it as SNS does, and works; what became of it."""

    def post(message, key: str = "") -> Payload:
        answer = send(f"/hooks/{key or cloudwatch[1]}/", message)
        assert answer.status_code == 202
        check_signatures()
        process_waiting_payloads()
        return Payload.objects.get(pk=answer.json()["id"])

    return post


@pytest.mark.parametrize("version", ["1", "2"])
@pytest.mark.parametrize("subject", ["ALARM", None, "é\n“Zeilen”"])
def test_what_is_signed_is_an_alert(sns, deliver, version, subject):
    payload = deliver(sns.message(version=version, Message=ALARM, Subject=subject))
    assert (payload.state, payload.outcome) == (PayloadState.PROCESSED, "1 fired")
    assert Alert.objects.get().title == "Errors"


def test_a_subject_that_is_null_is_none(sns, deliver):
    message = sns.message(Message=ALARM, Subject=None)
    assert deliver(message | {"Subject": None}).state == PayloadState.PROCESSED


def test_a_deployment_is_a_change(sns, deliver, made):
    _, key = made("aws_deployments", "Deployments", topic_arn=TOPIC)
    event = json.dumps(SENDERS["aws_deployments"].sample("checkout"))
    assert deliver(sns.message(Message=event), key).outcome == "1 change"


def test_messages_that_a_function_forwards_are_checked_too(sns, deliver):
    message = sns.message(Message=ALARM)
    message["SigningCertUrl"] = message.pop("SigningCertURL")  # as AWS Lambda spells it
    assert deliver({"Records": [{"EventSource": "aws:sns", "Sns": message}]}).state == PayloadState.PROCESSED
    forged = {"Records": [{"Sns": message}, {"Sns": message | {"Message": "{}"}}]}
    assert deliver(forged).outcome == "The signature does not fit."


@pytest.mark.parametrize(
    "changed",
    [
        {"Message": ALARM.replace("Errors", "Other")},
        {"MessageId": "other"},
        {"Subject": "Other"},
        {"Timestamp": "2026-11-29T12:00:00.001Z"},
        {"Signature": b64encode(b"x" * 256).decode()},
        {"Signature": ""},
        {"Signature": "*"},
        {"Signature": "é"},
        {"Signature": None},
        {"Signature": 7},
        {"SignatureVersion": "1"},
        {"Type": "UnsubscribeConfirmation"},
        {"Type": "Other"},
        {"Type": ["Notification"]},
        {"Type": " Notification"},
        {"Type": None},
        {"MessageId": None},
    ],
)
@time_machine.travel("2026-11-29T12:00:00Z", tick=False)
def test_what_was_changed_is_no_alert(sns, deliver, changed):
    sns.url = sns.has_certificate(certificate(sns.key))
    payload = deliver(sns.message(Message=ALARM) | changed)
    assert payload.state == PayloadState.REJECTED
    assert payload.outcome.startswith("The signature does not fit.")
    assert json.loads(payload.text), "it was stored before it was checked"
    assert not Alert.objects.exists()


@pytest.mark.parametrize("version", [None, "3", "", 1, ["1"]])
def test_an_unknown_version_is_refused(sns, deliver, version):
    payload = deliver(sns.message(Message=ALARM) | {"SignatureVersion": version})
    assert (payload.state, payload.outcome) == (
        PayloadState.REJECTED,
        "“SignatureVersion” is neither 1 nor 2.",
    )


@pytest.mark.parametrize("told", [f"{TOPIC}-other", "", None, [TOPIC]])
def test_another_topic_is_refused_without_asking_sns(sns, deliver, told):
    message = sns.message(Message=ALARM)
    payload = deliver(message | {"TopicArn": told})
    assert payload.state == PayloadState.REJECTED
    assert payload.outcome.endswith(f"This integration takes those of {TOPIC} alone.")
    assert not sns.asked


@pytest.mark.parametrize("body", [json.loads(ALARM), {"Records": [{"s3": {}}]}])
def test_what_is_no_message_of_sns_is_refused(sns, deliver, body):
    payload = deliver(body)
    assert payload.state == PayloadState.REJECTED
    assert "no signed message of SNS" in payload.outcome


@pytest.mark.parametrize(
    ("age", "is_taken"),
    [(0, True), (74, True), (76, False), (-14, True), (-16, False), (60 * 24 * 400, False)],
)
def test_only_recent_messages_are_taken(sns, deliver, age, is_taken):
    at = datetime.now(UTC) - timedelta(minutes=age)
    payload = deliver(sns.message(Message=ALARM, Timestamp=at.isoformat()))
    assert (payload.state == PayloadState.PROCESSED) == is_taken
    assert is_taken or "older than 75 minutes" in payload.outcome


@pytest.mark.parametrize(
    "url",
    [
        None,
        7,
        "",
        "http://sns.eu-west-1.amazonaws.com/SimpleNotificationService-a.pem",
        "https://sns.eu-west-1.amazonaws.com.example.test/a.pem",
        "https://example.test/sns.eu-west-1.amazonaws.com/a.pem",
        "https://sns.eu-west-1.amazonaws.com@example.test/a.pem",
        "https://example.test#sns.eu-west-1.amazonaws.com/a.pem",
        "https://example.test\\@sns.eu-west-1.amazonaws.com/a.pem",
        "https://sns.eu-west-1.amazonaws.com:8443/a.pem",
        "https://sns..amazonaws.com/a.pem",
        "https://sns.a.b.amazonaws.com/a.pem",
        "https://s3.eu-west-1.amazonaws.com/a.pem",
        "https://sns.eu-west-1.amazonaws.com/a.pem\n",
        "https://sns.eu-west-1.amazonaws.com/a.pem?b",
        "https://sns.eu-west-1.amazonaws.com/bucket/a.pem",
        "https://sns.eu-west-1.amazonaws.com/a.txt",
        "https://sns.eu-west-1.amazonaws.com/",
    ],
)
def test_certificates_come_from_sns_alone(sns, deliver, url):
    payload = deliver(sns.message(Message=ALARM) | {"SigningCertURL": url})
    assert (payload.state, payload.outcome) == (
        PayloadState.REJECTED,
        "“SigningCertURL” is no certificate of SNS.",
    )
    assert not sns.asked


def test_hosts_of_sns():
    assert is_of_sns("https://sns.us-gov-west-1.amazonaws.com/a.pem")
    assert is_of_sns("https://sns.cn-north-1.amazonaws.com.cn/a.pem")
    assert not is_of_sns("https://sns.cn-north-1.amazonaws.com.de/a.pem")


def test_a_certificate_is_asked_for_once(sns, deliver):
    for _ in range(3):
        assert deliver(sns.message(Message=ALARM)).state == PayloadState.PROCESSED
    assert len(sns.asked) == 1


@pytest.mark.parametrize(("since", "until"), [(-2 * DAY, -DAY), (DAY, 2 * DAY)])
def test_a_certificate_must_be_valid(sns, deliver, since, until):
    now = datetime.now(UTC)
    url = sns.has_certificate(certificate(sns.key, since=now + since, until=now + until))
    assert "not valid at this time" in deliver(sns.message(SigningCertURL=url)).outcome


def test_a_certificate_of_another_key_does_not_fit(sns, deliver):
    url = sns.has_certificate(certificate(generate_private_key(65537, 2048)))
    assert deliver(sns.message(SigningCertURL=url)).outcome == "The signature does not fit."


def test_a_key_of_another_kind_is_refused(sns, deliver):
    url = sns.has_certificate(certificate(elliptic_key(SECP256R1())))
    assert "no RSA key" in deliver(sns.message(SigningCertURL=url)).outcome


@pytest.mark.parametrize("body", [b"", b"no certificate", b"\xff" * 1000])
def test_what_is_no_certificate_is_refused(sns, deliver, body):
    payload = deliver(sns.message(SigningCertURL=sns.has_certificate(body)))
    assert (payload.state, payload.outcome) == (
        PayloadState.REJECTED,
        "What “SigningCertURL” leads to is no certificate.",
    )


@pytest.mark.parametrize(
    ("answer", "reason"),
    [((404, b""), "answered 404"), ((302, b""), "answered 302"), ((200, b"x" * 70_000), "too large")],
)
def test_where_there_is_no_certificate(sns, deliver, answer, reason):
    sns.answers[sns.url.removeprefix(f"https://{HOST}")] = answer
    payload = deliver(sns.message())
    assert payload.state == PayloadState.REJECTED
    assert reason in payload.outcome
    assert len(sns.asked) == 1, "a redirect is not followed"


def test_it_waits_for_an_sns_that_does_not_answer(sns, deliver):
    good = sns.answers.pop(path := sns.url.removeprefix(f"https://{HOST}"))
    sns.answers[path] = (503, b"")
    begun = datetime.now(UTC)
    payload = deliver(sns.message(Message=ALARM))
    assert (payload.state, payload.attempts) == (PayloadState.WAITING, 1)
    assert payload.outcome == f"The signature could not be checked yet: {HOST} answered 503."
    assert begun < next_check_at() <= begun + timedelta(seconds=35)
    deliver(sns.message(Message=ALARM))
    assert len(sns.asked) == 1, "a silent host is left alone for a while"
    sns.answers[path] = good
    with time_machine.travel(begun + timedelta(minutes=2)):
        check_signatures()
        process_waiting_payloads()
    assert set(Payload.objects.values_list("state", flat=True)) == {PayloadState.PROCESSED}


def test_a_slow_answer_is_cut(sns, deliver, monkeypatch):
    monkeypatch.setattr(client, "PATIENCE", replace(client.PATIENCE, altogether=0.5))
    sns.drips = True
    begun = time.monotonic()
    payload = deliver(sns.message(Message=ALARM))
    assert time.monotonic() - begun < 4
    assert (payload.state, "did not answer within" in payload.outcome) == (PayloadState.WAITING, True)


def test_after_some_attempts_it_is_given_up_and_can_be_replayed(sns, deliver, admin):
    good = sns.answers.pop(path := sns.url.removeprefix(f"https://{HOST}"))
    sns.answers[path] = (503, b"")
    begun = datetime.now(UTC)
    payload = deliver(sns.message(Message=ALARM))
    for minutes in (2, 6, 15, 30, 60, 90):
        with time_machine.travel(begun + timedelta(minutes=minutes)):
            check_signatures()
    payload.refresh_from_db()
    assert payload.state == PayloadState.FAILED
    assert payload.outcome.startswith("Given up after 5 attempts. The signature could not be checked yet")
    sns.answers[path] = good
    with time_machine.travel(begun + timedelta(hours=3)):
        replay_payload(payload=payload, by=admin)
        check_signatures()
        process_waiting_payloads()
    payload.refresh_from_db()
    assert payload.state == PayloadState.PROCESSED, "a replay measures its age when it came"


def test_the_guard_stands_before_it(sns, deliver, settings):
    settings.OUTBOUND_ALLOW = []
    payload = deliver(sns.message(Message=ALARM))
    assert "private address that ALLCLEAR_OUTBOUND_ALLOW does not allow" in payload.outcome
    assert (payload.state, sns.asked) == (PayloadState.WAITING, [])


def test_a_subscription_is_confirmed(sns, deliver):
    sns.answers["/"] = (200, b"<ConfirmSubscriptionResponse/>")
    message = sns.message(CONFIRMATION)
    payload = deliver(message)
    assert (payload.state, payload.outcome) == (
        PayloadState.PROCESSED,
        f"The subscription of {TOPIC} is confirmed.",
    )
    assert sns.asked[-1] == message["SubscribeURL"].removeprefix(f"https://{HOST}")


def test_without_a_topic_no_subscription_is_confirmed(sns, deliver, made, admin):
    sns.answers["/"] = (200, b"")
    integration, key = made("cloudwatch", "Another")
    payload = deliver(sns.message(CONFIRMATION), key)
    assert payload.state == PayloadState.FAILED
    assert f"confirm the subscription of {TOPIC}. If this topic is yours, enter it" in payload.outcome
    assert len(sns.asked) == 1  # the certificate
    change_integration(by=admin, integration=integration, topic_arn=TOPIC)
    replay_payload(payload=payload, by=admin)
    check_signatures()
    payload.refresh_from_db()
    assert payload.state == PayloadState.PROCESSED
    assert len(sns.asked) == 2


@pytest.mark.parametrize(
    "changed", [{"Token": "other"}, {"SubscribeURL": f"https://{HOST}/other"}, {"Signature": None}]
)
def test_no_forged_subscription_is_confirmed(sns, deliver, changed):
    sns.answers["/"] = sns.answers["/other"] = (200, b"")
    payload = deliver(sns.message(CONFIRMATION) | changed)
    assert payload.state == PayloadState.REJECTED
    assert all(path.endswith(".pem") for path in sns.asked)


def test_a_confirmation_beside_signed_records_is_not_confirmed(sns, deliver):
    sns.answers["/"] = (200, b"")
    forged = sns.message(CONFIRMATION) | {"Token": "other", "Records": [{"Sns": sns.message(Message=ALARM)}]}
    deliver(forged)
    assert "/" not in {path.partition("?")[0] for path in sns.asked}


@pytest.mark.parametrize(
    "url", ["https://example.test/?Action=ConfirmSubscription", f"http://{HOST}/", f"https://{HOST}:1/"]
)
def test_a_subscription_is_confirmed_at_sns_alone(sns, deliver, url):
    payload = deliver(sns.message(CONFIRMATION, SubscribeURL=url))
    assert payload.state == PayloadState.FAILED
    assert "“SubscribeURL” is no address of SNS" in payload.outcome
    assert len(sns.asked) == 1


def test_a_confirmation_that_sns_refuses(sns, deliver):
    sns.answers["/"] = (400, b"")
    payload = deliver(sns.message(CONFIRMATION))
    assert (payload.state, "answered 400" in payload.outcome) == (PayloadState.FAILED, True)


def test_the_end_of_a_subscription_is_noted(sns, deliver):
    payload = deliver(sns.message("UnsubscribeConfirmation"))
    assert payload.outcome == "SNS says that the subscription of this address has ended."


def test_without_a_topic_messages_are_checked_and_others_are_taken(sns, deliver, made):
    _, key = made("cloudwatch", "Another", opens="nothing")
    assert deliver(sns.message(Message=ALARM, TopicArn=f"{TOPIC}-2"), key).state == PayloadState.PROCESSED
    assert deliver(json.loads(ALARM), key).state == PayloadState.PROCESSED
    forged = sns.message(Message=ALARM) | {"Message": ALARM + " "}
    assert deliver(forged, key).outcome == "The signature does not fit."
    for unsigned in ({"Message": ALARM}, {"Type": "Notification", "Message": ALARM}):
        assert deliver(unsigned, key).state == PayloadState.REJECTED


def test_nothing_is_read_before_it_is_checked(sns, send, cloudwatch, admin):
    integration, key = cloudwatch
    pause_integration(by=admin, integration=integration)
    send(f"/hooks/{key}/", sns.message(Message=ALARM) | {"Signature": "x"})
    resume_integration(by=admin, integration=integration)
    process_waiting_payloads()
    assert Payload.objects.get().state == PayloadState.WAITING
    check_signatures()
    assert Payload.objects.get().state == PayloadState.REJECTED


def test_a_test_alert_needs_no_signature(as_admin, cloudwatch):
    as_admin.post(f"/settings/integrations/{cloudwatch[0].pk}/test/")
    process_waiting_payloads()
    assert Payload.objects.get().state == PayloadState.PROCESSED


def test_no_other_address_takes_its_key(send, cloudwatch):
    event = {"event_action": "trigger", "payload": {"summary": "x", "source": "y", "severity": "info"}}
    assert send("/v2/enqueue", event | {"routing_key": cloudwatch[1]}).status_code == 400


def test_its_pages(as_admin, sns, deliver, cloudwatch):
    payload = deliver(sns.message(Message=ALARM) | {"Signature": "x"})
    integration, _ = cloudwatch
    page = as_admin.get(integration.get_absolute_url()).content.decode()
    assert TOPIC in page
    assert "The signature does not fit." in page
    assert f"payloads/{payload.pk}/replay/" in page
    assert (
        "AlarmName"
        in as_admin.get(f"{integration.get_absolute_url()}payloads/{payload.pk}/").content.decode()
    )
    edit = f"{integration.get_absolute_url()}edit/"
    assert TOPIC in as_admin.get(edit).content.decode()
    said = {"name": "AWS", "opens": "nothing", "service": ""}
    assert "This is no ARN" in as_admin.post(edit, said | {"topic_arn": "alarms"}).content.decode()
    as_admin.post(edit, said | {"topic_arn": f" {TOPIC}-2 "})
    assert Integration.objects.get().topic_arn == f"{TOPIC}-2"


def test_only_what_sends_through_sns_has_a_topic(made, admin):
    load()
    assert {one.kind for one in SENDERS.values() if one.proof} == {"cloudwatch", "aws_deployments"}
    with pytest.raises(ValidationError, match="no topic of Amazon SNS"):
        made("grafana", topic_arn=TOPIC)
    calls = ApiClient.of(admin)
    made_by_api = calls.post("integrations", {"kind": "cloudwatch", "name": "AWS", "topic_arn": TOPIC})
    assert made_by_api["integration"]["topic_arn"] == TOPIC
    assert (
        calls.patch(f"integrations/{made_by_api['integration']['id']}", {"topic_arn": ""})["topic_arn"] == ""
    )
