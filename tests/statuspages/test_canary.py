"""Does a word from inside ever reach a public surface: pages, interface, feeds, calendar, mails, webhooks, copies?"""

from datetime import timedelta

import pytest
from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone

from incidents.models import Incident
from incidents.workflow import (
    add_link,
    change_visibility,
    declare_incident,
    edit_incident,
    raise_hypothesis,
    set_service_impact,
    withdraw_status_update,
)
from notifications.models import Channel, Delivery, OutboxMessage
from statuspages import api_v2, static_copies
from statuspages.publishing import consume
from statuspages.tasks import write_stale_copies
from timeline.workflow import write_event

CANARY, TOLD = "zephyrquartz", "Some cards fail."
SOON = timedelta(hours=1)


@pytest.fixture
def surfaces(client, shop, work):
    """`surfaces()`: everything anybody outside can read, by where it is."""
    channel = Channel.objects.create(
        name="x", kind="webhook", url="https://h.example.test", secret="whsec_eA=="
    )
    shop.subscribers.create(address="ada@example.test", confirmed_at=timezone.now())
    shop.subscribers.create(
        address="bob@example.test",
        kind="webhook",
        url=channel.url,
        channel=channel,
        confirmed_at=timezone.now(),
        endpoint_confirmed_at=timezone.now(),
    )

    def read() -> dict[str, str]:
        for message in OutboxMessage.objects.all():
            consume(message)
        write_stale_copies()
        codes = [shop.code("incident", pk) for pk in Incident.objects.values_list("pk", flat=True)]
        paths = [
            "", "history", f"history/{timezone.now():%Y-%m}", "history.atom", "history.rss", "calendar.ics", "subscribe",
            *(f"incidents/{code}" for code in codes), *(f"api/v2/{name}.json" for name in api_v2.DOCUMENTS),
        ]  # fmt: skip
        found = {path: client.get(f"/status/shop/{path}").content.decode() for path in paths}
        found |= {f"copy {f}": f.read_text() for f in static_copies.folder().rglob("*") if f.is_file()}
        encode = DjangoJSONEncoder(ensure_ascii=False).encode
        return found | {f"{d.kind} {d.address}": encode(d.content) for d in Delivery.objects.all()}

    return read


def leaks(found: dict[str, str], word: str = CANARY) -> list[str]:
    return [where for where, text in found.items() if word in text.lower()]


def test_the_search_finds_what_is_public(surfaces, broken, tell):
    tell(broken, TOLD)
    found = leaks(surfaces(), TOLD.lower())
    assert {"", "history.atom", "api/v2/summary.json", "mail ada@example.test"} <= set(found)
    assert any(where.startswith("copy") for where in found)
    assert any(where.startswith("webhook") for where in found)


def test_nothing_internal_of_a_published_incident(
    surfaces, broken, tell, commander, responder, severity, payments
):
    payments.name = payments.description = CANARY
    payments.save()
    edit_incident(
        incident=broken, by=commander, title=CANARY, summary=CANARY, now_note=CANARY, next_note=CANARY,
        impact_summary=CANARY, impact_figures=[{"label": CANARY, "value": CANARY}],
    )  # fmt: skip
    responder.name = commander.name = CANARY
    responder.save()
    commander.save()
    severity(2).__class__.objects.filter(rank=2).update(name="ZQ-2")
    write_event(incident=broken, by=responder, text=CANARY)
    raise_hypothesis(incident=broken, by=responder, claim=CANARY)
    add_link(incident=broken, by=commander, label=CANARY, kind="bridge", url=f"https://{CANARY}.example.test")
    inside = {"stakeholders": {"known": CANARY}, "executives": {"known": CANARY}, "public": {"known": TOLD}}
    everybody = ["public", "stakeholders", "executives"]
    wrong = tell(
        broken, TOLD, ago=timedelta(minutes=9), known=CANARY, unknown=CANARY, doing=CANARY, workaround=CANARY,
        ask=CANARY, audiences=everybody, wordings=inside,
    )  # fmt: skip
    tell(broken, TOLD, known=CANARY, corrects=wrong, correction_reason=CANARY, wordings=inside)
    found = surfaces()
    assert leaks(found) == []
    assert leaks(found, "zq-2") == []
    assert broken.reference not in str(found)


def test_nothing_of_private_drilled_or_merely_declared_ones(
    surfaces, shop, commander, severity, payments, tell
):
    for facts in ({"is_private": True}, {"is_drill": True}, {}):
        hidden = declare_incident(
            by=commander, title=CANARY, severity=severity(1), services=[payments], **facts
        )
        set_service_impact(incident=hidden, service=payments, impact="major_outage", by=commander)
        if facts == {"is_drill": True}:
            tell(hidden, CANARY, title=CANARY)
    found = surfaces()
    assert leaks(found) == []
    assert "All systems are working" in found[""]


def test_nothing_once_it_became_private(surfaces, broken, tell, commander):
    tell(broken, CANARY, title=CANARY)
    change_visibility(incident=broken, is_private=True, by=commander)
    assert leaks(surfaces()) == []


def test_nothing_that_waits_was_taken_back_or_was_returned(
    surfaces, broken, tell, commander, responder, severity
):
    late = {"published_at": None, "unknown": "x", "next_update_at": timezone.now() + SOON}
    words = {"wordings": {"public": {"known": CANARY}}}
    withdraw_status_update(update=tell(broken, CANARY, **words, **late), by=commander)
    tell(broken, CANARY, **words, **late)
    waiting = tell(broken, CANARY, **words)
    type(waiting).objects.filter(pk=waiting.pk).update(state="awaiting")
    returned = tell(broken, CANARY, **words)
    type(returned).objects.filter(pk=returned.pk).update(state="returned")
    assert leaks(surfaces()) == []


def test_nothing_of_an_internal_page(surfaces, internal_page, broken, tell, client):
    internal_page.name = internal_page.about = CANARY
    internal_page.save()
    tell(broken, TOLD, known=CANARY)
    assert leaks(surfaces()) == []
    assert client.get("/status/inside/").status_code == 404


def test_text_is_never_markup(surfaces, broken, tell):
    tell(broken, "<script>alert(1)</script> <img src=x onerror=alert(1)>", title="<script>alert(2)</script>")
    found = surfaces()
    for path in ("", "history", "subscribe"):
        assert "<script" not in found[path]
        assert "<img" not in found[path]
