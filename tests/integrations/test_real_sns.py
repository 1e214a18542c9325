"""Is what moto's Amazon SNS sends to a subscribed address taken, with the signature and the certificate it makes?"""

import json
import os
import socket
import subprocess
import sys
import time
from urllib.parse import urlsplit

import boto3
import pytest
import requests
from botocore.config import Config

from alerts.models import Alert, AlertState
from integrations.models import Payload, PayloadState
from integrations.tasks import check_signatures, process_waiting_payloads
from tests.integrations.sns import Sns, TlsFiles, reached_at

REGION = "us-east-1"
SCOPE = {"Authorization": f"AWS4-HMAC-SHA256 Credential=x/20261129/{REGION}/sns/aws4_request, x"}
"""By which moto knows that a request is for SNS; SNS itself gives its certificates to everybody."""
COMMAND = "import sys; from moto.server import main; main(sys.argv[1:])"


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


@pytest.fixture(scope="module")
def moto():
    """Its address."""
    port = free_port()
    known = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "DJANGO_"))}
    process = subprocess.Popen(
        [sys.executable, "-c", COMMAND, "-H", "127.0.0.1", "-p", str(port)],
        env=known | {"NO_PROXY": "*"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    url, ends = f"http://127.0.0.1:{port}", time.monotonic() + 60
    while True:
        try:
            requests.get(f"{url}/moto-api/", timeout=5)
            break
        except requests.ConnectionError:
            assert process.poll() is None, "moto did not start"
            assert time.monotonic() < ends, "moto did not start in time"
            time.sleep(0.2)
    yield url
    process.terminate()
    process.wait(10)


@pytest.fixture
def sns(moto):
    return boto3.client(
        "sns",
        region_name=REGION,
        endpoint_url=moto,
        aws_access_key_id="x",
        aws_secret_access_key="x",
        config=Config(proxies={}, retries={"max_attempts": 1}),
    )


@pytest.fixture
def check(moto, tmp_path, settings, monkeypatch):
    """Check signatures, where SNS has the certificates that moto made."""
    settings.OUTBOUND_ALLOW = ["127.0.0.0/8"]
    server = Sns(files := TlsFiles(tmp_path))

    def run() -> None:
        for payload in Payload.objects.all():
            url = json.loads(payload.text)["SigningCertURL"]
            assert url.startswith(f"https://sns.{REGION}.amazonaws.com/")
            path = urlsplit(url).path
            server.answers[path] = (200, requests.get(moto + path, headers=SCOPE, timeout=5).content)
        with reached_at(server.port, monkeypatch, files):
            check_signatures()

    yield run
    server.close()


def alarm(state: str, at: str) -> str:
    told = {"AlarmName": "Errors", "NewStateValue": state, "StateChangeTime": at, "Region": "US East"}
    return json.dumps(told | {"AWSAccountId": "123456789012"})


def test_alarms_of_a_subscribed_topic(live_server, made, sns, check):
    topic = sns.create_topic(Name="alarms")["TopicArn"]
    other = sns.create_topic(Name="others")["TopicArn"]
    _, key = made("cloudwatch", topic_arn=topic, opens="nothing")
    for one in (topic, other):
        sns.subscribe(TopicArn=one, Protocol="http", Endpoint=f"{live_server.url}/hooks/{key}/")
    sns.publish(TopicArn=topic, Message=alarm("ALARM", "2026-11-29T12:00:00Z"))
    sns.publish(TopicArn=topic, Message=alarm("OK", "2026-11-29T12:05:00Z"))
    sns.publish(TopicArn=other, Message=alarm("ALARM", "2026-11-29T12:10:00Z"))
    check()
    process_waiting_payloads()
    first, second, third = Payload.objects.order_by("pk")
    assert (first.state, second.state, third.state) == (
        PayloadState.PROCESSED,
        PayloadState.PROCESSED,
        PayloadState.REJECTED,
    ), (first.outcome, second.outcome, third.outcome)
    assert json.loads(first.text)["SignatureVersion"] == "2"
    assert third.outcome == f"It is of the topic “{other}”. This integration takes those of {topic} alone."
    alert = Alert.objects.get()
    assert (alert.title, alert.state) == ("Errors", AlertState.RESOLVED)
