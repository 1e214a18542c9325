"""Do the pages of integrations show what there is, and do their buttons do what they say?"""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from incidents.models import Incident, Service
from integrations.models import Integration, Payload, PayloadState
from integrations.senders import SENDERS, load
from integrations.workflow import pause_integration, receive, refuse
from signals.models import DataSource

pytestmark = pytest.mark.django_db
BODY = b'{"title": "Disk is full", "severity": "critical", "key": "disk"}'


def text(response) -> str:
    return response.content.decode()


def take(integration, body=BODY):
    return receive(integration=integration, dialect=integration.kind, body=body)


def page(client, integration, **query) -> str:
    return text(client.get(integration.get_absolute_url(), query))


# -- the list ------------------------------------------------------------------------------------------------


def test_without_any_the_list_says_what_to_do(as_admin):
    assert "No integration yet" in text(as_admin.get(reverse("integrations")))


@pytest.fixture
def four(made, work, admin):
    connected, _ = made("generic", "Connected one")
    failing, _ = made("alertmanager", "Broken one")
    paused, _ = made("generic", "Paused one")
    made("pagerduty", "Silent one")
    for integration in (connected, paused):
        take(integration)
    take(failing, b"{}")
    pause_integration(by=admin, integration=paused)
    work()


def test_each_has_its_state(as_admin, four):
    said = text(as_admin.get(reverse("integrations")))
    assert "1 connected · 1 no events yet · 1 paused · 1 failing" in " ".join(said.split())
    assert "Broken one has been failing" in said
    assert "1 in 24 h" in said


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({"q": "BROKEN"}, {"Broken one"}),
        ({"q": "pagerduty"}, {"Silent one"}),
        ({"state": "paused"}, {"Paused one"}),
        ({"state": "connected", "q": "one"}, {"Connected one"}),
        ({"state": "failing", "q": "silent"}, set()),
    ],
)
def test_the_address_narrows_it(as_admin, four, query, names):
    said = text(as_admin.get(reverse("integrations"), query))
    cards = said[said.index('id="results"') :]
    shown = {
        name for name in ("Connected one", "Broken one", "Paused one", "Silent one") if f">{name}<" in cards
    }
    assert shown == names
    assert ("No integration fits this filter" in said) == (not names)


def test_a_state_that_does_not_exist_is_ignored_and_said(as_admin, four):
    said = text(as_admin.get(reverse("integrations"), {"state": "odd"}))
    assert "This filter is ignored" in said
    assert "Silent one" in said


def test_one_that_is_understood_again_fails_no_more(as_admin, made, work):
    integration, _ = made("generic")
    take(integration, b"{}")
    take(integration)
    work()
    assert "has been failing" not in text(as_admin.get(reverse("integrations")))


def test_the_list_takes_the_same_queries_for_many(as_admin, made, django_assert_max_num_queries):
    for n in range(5):
        take(made("generic", f"Number {n}")[0])
    with django_assert_max_num_queries(7):
        as_admin.get(reverse("integrations"))


def test_settings_and_palette_lead_there(as_admin):
    for path in (reverse("settings"), reverse("palette") + "?q=integrations"):
        assert f'href="{reverse("integrations")}"' in text(as_admin.get(path))


def test_for_others_they_lead_nowhere(client, responder):
    client.force_login(responder)
    for path in (reverse("settings"), reverse("palette") + "?q=integrations"):
        assert reverse("integrations") not in text(client.get(path))


# -- adding and changing -------------------------------------------------------------------------------------


def test_adding_one_shows_its_key_once(as_admin, commander):
    service = Service.objects.create(name="gateway", slug="gateway")
    fields = {"kind": "alertmanager", "name": "eu-1", "service": service.pk, "opens": "everything"}
    response = as_admin.post(reverse("integration_new"), fields)
    integration = Integration.objects.get()
    key = response.context["key"]
    assert (integration.service, integration.opens) == (service, "everything")
    assert f'value="{key}"' in text(response)
    assert f"key={key}" in text(response)  # in the configuration
    assert "no-store" in response.headers["Cache-Control"]
    assert Integration.objects.of_key(key).get() == integration
    again = page(as_admin, integration)
    assert key not in again
    assert "YOUR_KEY" in again


def test_one_of_email_shows_its_address_once(as_admin, settings):
    settings.MAIL_DOMAIN = "alerts.example.org"
    response = as_admin.post(
        reverse("integration_new"), {"kind": "email", "name": "Nagios", "opens": "nothing"}
    )
    assert "Copy the address now." in text(response)
    assert f'value="{response.context["key"]}@alerts.example.org"' in text(response)


def test_its_page_leads_to_what_silences_its_alerts(as_admin, made):
    integration, _key = made("alertmanager")
    assert reverse("data_source_new") in page(as_admin, integration)
    source = DataSource.objects.create(
        name="Alertmanager eu-1", kind="alertmanager", url="https://alertmanager.example.org"
    )
    Integration.objects.filter(pk=integration.pk).update(silenced_in=source)
    again = page(as_admin, integration)
    assert reverse("data_source_new") not in again
    assert reverse("data_source", args=[source.pk]) in again


@pytest.mark.parametrize(
    ("change", "field"),
    [({"kind": ""}, "kind"), ({"kind": "odd"}, "kind"), ({"name": ""}, "name"), ({"name": "Taken"}, "name")],
)
def test_what_is_refused_keeps_what_was_typed(as_admin, made, change, field):
    made("generic", "Taken")
    fields = {"kind": "pagerduty", "name": "eu-1", "opens": "nothing"} | change
    response = as_admin.post(reverse("integration_new"), fields)
    form = response.context["form"]
    assert list(form.errors) == [field]
    assert (form["name"].value(), form["opens"].value()) == (fields["name"], "nothing")
    if field == "name":
        assert 'value="pagerduty" checked' in text(response)
    assert Integration.objects.count() == 1


def test_editing_keeps_the_mapping(as_admin, made):
    integration, _ = made("generic")
    Integration.objects.update(mapping={"title": "name"})
    as_admin.post(reverse("integration_edit", args=[integration.pk]), {"name": "New", "opens": "nothing"})
    integration.refresh_from_db()
    assert (integration.name, integration.opens, integration.mapping) == ("New", "nothing", {"title": "name"})


def test_every_sender_has_a_configuration_with_its_address(as_admin, made, settings):
    settings.PUBLIC_URL = "https://allclear.example.test"
    load()
    assert len(SENDERS) > 4
    for kind in SENDERS:
        said = page(as_admin, made(kind, kind)[0])
        assert "https://allclear.example.test/" in said, kind
        assert "YOUR_KEY" in said, kind


def test_senders_of_changes_stand_apart(as_admin):
    said = text(as_admin.get(reverse("integration_new")))
    assert said.index('value="alertmanager"') < said.index("Change sources") < said.index('value="github"')


# -- one integration -----------------------------------------------------------------------------------------


def test_a_test_alert_goes_four_steps_and_opens_nothing(as_admin, made, work):
    integration, _ = made("generic", opens="everything")
    assert "Last test" not in page(as_admin, integration)
    as_admin.post(reverse("integration_test", args=[integration.pk]))
    assert "Waiting for a worker" in page(as_admin, integration)
    work()
    said = page(as_admin, integration)
    for words in (
        "Received",
        "1 alert, no service",
        "suspected incident for every alert",
        "because it is a test",
    ):
        assert words in said
    assert not Incident.objects.exists()


def test_while_paused_a_test_waits(as_admin, made, work):
    integration, _ = made("generic")
    as_admin.post(reverse("integration_pause", args=[integration.pk]))
    as_admin.post(reverse("integration_test", args=[integration.pk]))
    work()
    assert "read after you resume" in page(as_admin, integration)
    as_admin.post(reverse("integration_resumption", args=[integration.pk]))
    work()
    assert "because it is a test" in page(as_admin, integration)


def test_what_was_not_understood_stands_there_with_the_reason(as_admin, made, work):
    integration, _ = made("alertmanager")
    take(integration, b'{"no": "alerts<script>"}')
    work()
    said = page(as_admin, integration)
    assert "There is no list “alerts”" in said
    assert "alerts&lt;script&gt;" in said


def test_the_outcome_filters_payloads(as_admin, made, work):
    integration, _ = made("generic")
    take(integration)
    take(integration, b"{}")
    refuse(integration=integration, dialect="generic", size=9, reason="413, too large")
    work()
    assert [p.state for p in as_admin.get(integration.get_absolute_url()).context["payloads"]] == [
        "rejected",
        "failed",
        "processed",
    ]
    for state in ("rejected", "failed", "processed", "paused"):
        found = as_admin.get(integration.get_absolute_url(), {"outcome": state}).context["payloads"]
        assert {p.state for p in found} <= {state}
    assert "This filter is ignored" in page(as_admin, integration, outcome="odd")


def test_the_last_fifty_are_listed(as_admin, made):
    integration, _ = made("generic")
    for _ in range(55):
        take(integration)
    assert len(as_admin.get(integration.get_absolute_url()).context["payloads"]) == 50


def test_the_figures_are_of_24_hours(as_admin, made, work):
    integration, _ = made("generic")
    old = take(integration)
    Payload.objects.filter(pk=old.pk).update(received_at=timezone.now() - timedelta(hours=25))
    take(integration)
    take(integration, b"{}")
    refuse(integration=integration, dialect="generic", size=9, reason="413")
    work()
    figures = as_admin.get(integration.get_absolute_url()).context["figures"]
    assert (figures.received, figures.alerts, figures.not_understood, figures.rejected) == (3, 1, 1, 1)
    assert figures.median < timedelta(minutes=1)


# -- one payload ---------------------------------------------------------------------------------------------


def payload_page(client, payload):
    return client.get(reverse("integration_payload", args=[payload.integration_id, payload.pk]))


def test_a_body_is_indented_and_escaped(as_admin, made):
    payload = take(made("generic")[0], b'{"a": ["<img src=x>", 9007199254740993]}')
    said = text(payload_page(as_admin, payload))
    assert "{\n  &quot;a&quot;: [\n    &quot;&lt;img src=x&gt;&quot;,\n    9007199254740993\n  ]\n}" in said


@pytest.mark.parametrize(
    "body",
    [b"", b"<b>\0\xff", b'{"a": "\\u0000\\ud800"}', b"[" * 900 + b"]" * 900, b"[" * 200_000, b"9" * 5000],
)
def test_any_body_can_be_seen(as_admin, made, body):
    response = payload_page(as_admin, take(made("generic")[0], body))
    assert response.status_code == 200
    assert b"\0" not in response.content
    assert b"<b>\xef" not in response.content


@pytest.mark.parametrize(
    "body", [b'"' + b"x" * 200_000 + b'"', b"x" * 200_000, b"[" + b"1," * 100_000 + b"1]"]
)
def test_no_more_than_64_kb_are_shown(as_admin, made, body):
    response = payload_page(as_admin, take(made("generic")[0], body))
    assert len(response.context["body"].text) == 64 * 1024
    assert "The first 64 KB" in text(response)


def test_one_of_another_integration_is_not_there(as_admin, made):
    payload = take(made("generic")[0])
    other, _ = made("generic", "Other")
    for name in ("integration_payload", "payload_replay"):
        assert as_admin.post(reverse(name, args=[other.pk, payload.pk])).status_code in (404, 405)
    assert as_admin.get(reverse("integration_payload", args=[other.pk, payload.pk])).status_code == 404


def test_replaying_reads_it_once_more(as_admin, made, work):
    integration, _ = made("generic")
    payload = take(integration, b'{"name2": "Disk"}')
    work()
    Integration.objects.update(mapping={"title": "name2"})
    as_admin.post(reverse("payload_replay", args=[integration.pk, payload.pk]))
    assert work().state == PayloadState.PROCESSED
    assert "Replayed" in page(as_admin, integration)


# -- deleting ------------------------------------------------------------------------------------------------


def test_deleting_asks_first(as_admin, made, work):
    integration, _ = made("generic")
    take(integration)
    work()
    url = reverse("integration_deletion", args=[integration.pk])
    said = " ".join(text(as_admin.get(url)).split())
    assert "1 payload and 1 alert are deleted" in said
    assert Incident.objects.count() == 1
    assert as_admin.post(url).url == reverse("integrations")
    assert not Integration.objects.exists()
    assert Incident.objects.count() == 1
