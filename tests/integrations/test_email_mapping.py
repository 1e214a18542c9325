"""Do administrators say on the page, and by API, what the words of an e-mail mean?"""

import pytest
from django.urls import reverse

from alerts.models import Alert
from integrations.models import Integration, PayloadState
from integrations.workflow import receive, send_test
from tests.api.client import ApiClient

pytestmark = pytest.mark.django_db
MESSAGE = b"From: Nagios <nagios@example.org>\r\nSubject: %s\r\nX-Host: db-1\r\n\r\nOn db-1.\r\n"


@pytest.fixture
def integration(made) -> Integration:
    return made("email", opens="nothing")[0]


def take(integration: Integration, subject: str) -> None:
    receive(integration=integration, dialect="email", body=MESSAGE % subject.encode())


def page_of(integration: Integration) -> str:
    return reverse("integration_mapping", args=[integration.pk])


def said(response) -> str:
    return " ".join(response.content.decode().split())


def test_words_are_tried_on_stored_messages(as_admin, integration):
    take(integration, "RECOVERY: Disk is full")
    fields = {
        "resolved_words": "RECOVERY",
        "source": 'headers."x-host"',
        "look_in": "subject",
        "same_by": "subject",
    }
    response = as_admin.post(page_of(integration), fields | {"try": "yes"})
    (alert,) = response.context["trial"].examples
    assert (alert.title, alert.state, alert.source) == ("RECOVERY: Disk is full", "resolved", "db-1")
    assert "x-host&quot;: &quot;db-1" in said(response), "the newest message as a JMESPath finds it"
    assert Integration.objects.get().mapping == {}
    as_admin.post(page_of(integration), fields)
    assert Integration.objects.get().mapping == fields
    page = said(as_admin.get(integration.get_absolute_url()))
    assert "Words that resolve" in page
    assert "RECOVERY" in page


def test_its_page_names_the_address(as_admin, settings, admin, client):
    settings.MAIL_DOMAIN = "alerts.example.test"
    made = as_admin.post(reverse("integration_new"), {"kind": "email", "name": "Nagios", "opens": "nothing"})
    key = made.context["key"]
    assert f"{key}@alerts.example.test" in said(made)
    assert "alerts.example.test smtp:[127.0.0.1]:2525" in said(made)


def test_a_path_that_is_none_is_refused_and_words_are_not_paths(as_admin, integration):
    response = as_admin.post(page_of(integration), {"state": "((", "resolved_words": "(("})
    assert list(response.context["form"].errors) == ["state"]


def test_by_api(admin, integration):
    calls, path = ApiClient.of(admin), f"integrations/{integration.pk}"
    mapping = {"resolved_words": "RECOVERY, OK", "same_by": "thread"}
    assert calls.patch(path, {"mapping": mapping})["mapping"] == mapping
    assert "none of subject, thread, message" in str(calls.patch(path, {"mapping": {"same_by": "x"}}))
    assert calls.status == 422
    made = calls.post("integrations", {"kind": "email", "name": "Another"})
    assert made["mail_address"] == f"{made['token']}@localhost"
    assert calls.post("integrations", {"kind": "generic", "name": "A third"})["mail_address"] == ""


def test_a_test_alert_is_a_message(admin, integration, work):
    payload = send_test(by=admin, integration=integration)
    assert payload.text.startswith("Subject: A test alert")
    assert work().state == PayloadState.PROCESSED
    assert Alert.objects.get().is_test


def test_a_message_may_be_posted_by_a_pipe(made, client, work):
    _, key = made("email", "Pipe")
    answer = client.post(
        f"/hooks/{key}/", MESSAGE % b"Disk", content_type="application/x-www-form-urlencoded"
    )
    assert answer.status_code == 202
    assert work().state == PayloadState.PROCESSED


def test_what_is_no_message_says_so(integration, work, as_admin):
    receive(integration=integration, dialect="email", body=b'{"title": "x"}')
    assert work().outcome == "This is no e-mail: it has neither a subject nor a sender."
    assert "title" in said(as_admin.get(page_of(integration)))
