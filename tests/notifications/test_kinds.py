"""Is every kind of channel whole: told once, recognised as itself, and sent by a module that is there?"""

from collections import Counter
from importlib import import_module

import pytest

from notifications.kinds import CHANNEL_KINDS, KINDS, SERVICES, DeliveryKind, kind_of, why_retired
from notifications.models import Channel, Delivery


@pytest.mark.parametrize("key", KINDS)
def test_its_sender_is_there(key):
    assert callable(import_module(f"notifications.channels.{KINDS[key].sender.value}").send)


def test_every_sender_has_a_kind():
    assert {kind.sender for kind in KINDS.values()} == set(DeliveryKind)


def test_no_two_services_share_a_scheme():
    shared = Counter(scheme for kind in SERVICES.values() for scheme in kind.schemes)
    assert [scheme for scheme, count in shared.items() if count > 1] == []


@pytest.mark.parametrize("key", SERVICES)
def test_an_address_of_a_service_is_known_by_its_scheme(key):
    for scheme in SERVICES[key].schemes:
        assert kind_of("chat", f"{scheme.upper()}://token") is SERVICES[key]


@pytest.mark.parametrize(
    ("kind", "url", "name"),
    [("webhook", "https://a.test/b", "Webhook"), ("chat", "slack://a/b", "Slack"), ("chat", "odd://a", "Chat or push service")],
)  # fmt: skip
def test_a_channel_says_what_it_is(kind, url, name):
    assert Channel(kind=kind, url=url).service_name == name


def test_records_know_no_other_kinds():
    assert Channel._meta.get_field("kind").choices == CHANNEL_KINDS
    assert Delivery._meta.get_field("kind").choices == DeliveryKind.choices


def test_what_a_service_has_retired_says_what_to_do_instead():
    assert "Workflows" in why_retired("https://fernhill.webhook.office.com/webhookb2/1")
    assert why_retired("https://hooks.slack.com/services/1") == ""
