"""Is a mapping tried on what was stored before it is saved, and does it then read what it could not?"""

import json

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from integrations.models import Integration, PayloadState
from integrations.workflow import change_integration, create_integration, receive, send_test

pytestmark = pytest.mark.django_db


@pytest.fixture
def integration(made):
    return made("generic")[0]


def take(integration, **body):
    return receive(integration=integration, dialect="generic", body=json.dumps(body).encode())


def url(integration) -> str:
    return reverse("integration_mapping", args=[integration.pk])


def said(response) -> str:
    return " ".join(response.content.decode().split())


def test_trying_counts_and_saves_nothing(as_admin, integration):
    for n in range(48):
        take(integration, title=f"Disk {n}")
    for n in range(2):
        take(integration, app=f"Disk {n}")
    response = as_admin.post(url(integration), {"title": "title || app", "try": "yes"})
    assert 'The last 50 payloads: <b class="font-semibold">50 understood, 48 before</b>' in said(response)
    assert "Nothing is saved yet" in said(response)
    assert 'value="title || app"' in said(response)
    integration.refresh_from_db()
    assert integration.mapping == {}


def test_it_shows_how_the_newest_are_read(as_admin, integration):
    take(integration, problem={"name": "Label queue", "level": "major"})
    fields = {"title": "problem.name", "severity": "problem.level", "try": "yes"}
    response = as_admin.post(url(integration), fields)
    (alert,) = response.context["trial"].examples
    assert (alert.title, alert.severity) == ("Label queue", "major")
    assert "severity major" in said(response)


def test_the_page_begins_with_what_the_present_mapping_reads(as_admin, integration):
    take(integration, app="x")
    response = as_admin.get(url(integration))
    assert "0 understood" in said(response)
    assert "Neither a title nor a key was found" in said(response)


def test_without_payloads_there_is_nothing_to_try_on(as_admin, integration, admin):
    send_test(by=admin, integration=integration)
    assert "Nothing is stored yet" in said(as_admin.get(url(integration)))


def test_after_saving_a_replay_reads_it(as_admin, integration, work):
    payload = take(integration, app="Disk")
    assert work().state == PayloadState.FAILED
    assert as_admin.post(url(integration), {"title": "app"}).status_code == 302
    integration.refresh_from_db()
    assert integration.mapping == {"title": "app"}
    as_admin.post(reverse("payload_replay", args=[integration.pk, payload.pk]))
    assert work().state == PayloadState.PROCESSED


@pytest.mark.parametrize("path", ["a..b", "[?", "x" * 301, "`" * 3, "(" * 290])
@pytest.mark.parametrize("button", [{}, {"try": "yes"}])
def test_what_is_no_jmespath_is_refused_at_its_field(as_admin, integration, path, button):
    take(integration, title="Disk")
    response = as_admin.post(url(integration), {"severity": path} | button)
    integration.refresh_from_db()
    assert integration.mapping == {}
    assert list(response.context["form"].errors) == ["severity"]
    assert response.context["form"]["severity"].value() == path


def test_an_unknown_function_is_named_when_tried(as_admin, integration):
    take(integration, title="Disk")
    response = as_admin.post(url(integration), {"severity": "nothere(@)", "try": "yes"})
    assert "0 understood, 1 before" in said(response)
    assert "nothere" in said(response)


def test_no_more_than_four_megabytes_are_tried(as_admin, integration):
    for _ in range(12):
        take(integration, title="Disk", more="x" * 500_000)
    assert as_admin.get(url(integration)).context["trial"].tried == 8


def test_changes_have_a_mapping_of_their_own(as_admin, made):
    other, _ = made("change", "Flags")
    receive(integration=other, dialect="change", body=b'{"flag": {"name": "New basket"}}')
    response = as_admin.post(url(other), {"title": "flag.name", "try": "yes"})
    assert "1 understood, 0 before" in said(response)
    assert response.context["trial"].examples[0].title == "New basket"


def test_other_senders_have_none(as_admin, made):
    other, _ = made("alertmanager", "Other")
    assert as_admin.get(url(other)).status_code == 404
    assert "mapping/" not in as_admin.get(other.get_absolute_url()).content.decode()


def test_nobody_else_may(client, responder, integration):
    client.force_login(responder)
    assert client.post(url(integration), {"title": "app"}).status_code == 403
    assert Integration.objects.get().mapping == {}


@pytest.mark.parametrize(
    ("kind", "mapping", "said"),
    [
        ("alertmanager", {"title": "name"}, "Only “Any JSON”, “Any change” and “E-mail” take a mapping."),
        ("generic", {"changes": "name"}, "changes: There is no field “changes”."),
        (
            "generic",
            {"title": "[name"},
            "title: This is no valid JMESPath: it can’t be read from character 6 on.",
        ),
    ],
)
def test_a_mapping_that_cannot_be_used_is_refused(admin, kind, mapping, said):
    integration, _key = create_integration(by=admin, kind=kind, name="Ours")
    with pytest.raises(ValidationError) as refusal:
        change_integration(by=admin, integration=integration, mapping=mapping)
    assert said in " ".join(refusal.value.message_dict["mapping"])
