"""Who is notified that an action item is theirs; and who is not."""

import pytest

from action_items.workflow import (
    add_action_item,
    change_action_item,
    complete_action_item,
    reopen_action_item,
    verify_action_item,
    wont_do_action_item,
)
from notifications.models import Delivery, OutboxMessage
from retros.workflow import start_retrospective
from subscribers.announcements.action_items import consume
from subscribers.models import Notice


@pytest.fixture
def item(incident, commander, responder):
    retrospective = start_retrospective(incident=incident, by=commander, owner=commander)
    return add_action_item(
        by=commander, title="Alert\non saturation", retrospective=retrospective, owner=responder
    )


def tell() -> list[tuple[str, str]]:
    for message in OutboxMessage.objects.order_by("created_at"):
        consume(message)
    return [(d.address, d.content["subject"]) for d in Delivery.objects.order_by("created_at")]


def test_the_owner_once_by_mail_and_inbox(item, responder, outsider, commander):
    subject = f"ACT-{item.pk} Alert on saturation: it is yours"
    assert tell() == tell() == [(responder.email, subject)]
    notice = Notice.objects.get()
    assert (notice.person, notice.kind, notice.action_item, notice.title) == (
        responder,
        "duty",
        item,
        subject,
    )
    assert notice.url == item.get_absolute_url()
    mail = Delivery.objects.get().content
    assert item.get_absolute_url() in mail["text"]
    assert "\n" not in mail["subject"]


def test_not_who_gave_it_to_themselves(commander):
    add_action_item(by=commander, title="x", owner=commander)
    assert tell() == []
    assert not Notice.objects.exists()


def test_not_once_it_is_done_or_somebody_elses(item, commander, responder, outsider):
    change_action_item(item=item, by=commander, owner=outsider)
    assert [who for who, _ in tell()] == [outsider.email]
    Delivery.objects.all().delete()
    Notice.objects.all().delete()
    complete_action_item(item=item, by=commander)
    assert tell() == []


def test_what_is_opened_again_is_told_to_its_owner(item, commander, responder):
    tell()
    complete_action_item(item=item, by=responder)
    reopen_action_item(item=item, by=commander, reason="It stopped")
    assert tell()[-1] == (responder.email, f"ACT-{item.pk} Alert on saturation: it was opened again")


def test_other_steps_are_told_to_nobody(item, commander):
    tell()
    before = Delivery.objects.count()
    complete_action_item(item=item, by=commander)
    verify_action_item(item=item, by=commander, seen="It rang")
    other = add_action_item(by=commander, title="x", owner=commander)
    wont_do_action_item(item=other, by=commander, reason="x")
    tell()
    assert Delivery.objects.count() == before


def test_nobody_who_is_gone(item, responder):
    responder.is_active = False
    responder.save()
    assert tell() == []


def test_nothing_of_a_replayed_day(item, incident):
    OutboxMessage.objects.update(
        payload={"source": "replay", "action_item": item.pk, "recipients": [item.owner_id]}
    )
    assert tell() == []
    assert not Notice.objects.exists()
