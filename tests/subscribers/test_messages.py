"""What a mail, a webhook and a chat message hold: escaped, threaded, in the reader's zone."""

import json
import re
from datetime import timedelta
from email.headerregistry import Address
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone

from incidents.models import Incident
from incidents.workflow import join_incident, post_status_update
from notifications.models import OutboxMessage
from subscribers.announcements.routing import consume
from subscribers.models import Notice, Subscription


class Tags(HTMLParser):
    def __init__(self, html: str):
        super().__init__()
        self.seen: list[tuple[str, dict]] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))


def test_a_thread_an_incident_and_an_id_a_mail(incident, stakeholder, post, tell):
    found = []
    for _n in range(2):
        post(incident, "stakeholders")
        found += tell(incident)
    first, second = (m.content["headers"] for m in found)
    assert first["Message-ID"] != second["Message-ID"]
    assert first["References"] == second["References"] == first["In-Reply-To"]
    for value in (first["Message-ID"], first["References"]):
        assert Address(addr_spec=value.strip("<>")).domain == "localhost"


def test_no_two_readers_share_an_id(incident, stakeholder, outside, post, tell):
    outside("kim@elsewhere.test", audience="stakeholders")
    post(incident, "stakeholders")
    ids = [m.content["headers"]["Message-ID"] for m in tell(incident)]
    assert len(set(ids)) == len(ids) == 2


def test_what_people_write_stays_text(incident, commander, stakeholder, tell):
    Incident.objects.filter(pk=incident.pk).update(title="<script>alert(1)</script>\n& co")
    now = timezone.now()
    post_status_update(
        incident=incident,
        by=commander,
        audiences=["stakeholders"],
        known="**Bold** <img src=x onerror=alert(1)> [link](javascript:alert(1)) [fine](https://example.test/)",
        unknown="Why.",
        next_update_at=now + timedelta(minutes=20),
        published_at=now,
    )
    [mail] = tell(incident)
    tags = Tags(mail.content["html"])
    names = {tag for tag, _ in tags.seen}
    assert not names & {"script", "img", "table", "link", "iframe"}
    assert "strong" in names
    for _tag, attributes in tags.seen:
        assert not [name for name in attributes if name.startswith("on")]
        assert not attributes.get("href", "").startswith("javascript:")
    assert "<script>" in mail.content["text"], "plain text is not escaped"
    assert "\n" not in mail.content["subject"]


def test_times_are_the_readers_and_utc(incident, stakeholder, post, tell):
    stakeholder.time_zone = "Asia/Kathmandu"
    stakeholder.save()
    update = post(incident, "stakeholders")
    [mail] = tell(incident)
    local = update.next_update_at.astimezone(stakeholder.zone)
    wanted = f"{local:%H:%M} Kathmandu ({update.next_update_at:%H:%M} UTC)"
    assert wanted in mail.content["text"]
    assert wanted in mail.content["html"]


def test_says_why_and_leads_back(incident, stakeholder, settings, post, tell):
    settings.PUBLIC_URL = "https://incidents.example.test"
    post(incident, "stakeholders")
    [mail] = tell(incident)
    for part in ("text", "html"):
        assert "every SEV1 and SEV2" in mail.content[part]
        assert f"https://incidents.example.test{incident.get_absolute_url()}" in mail.content[part]
        assert "https://incidents.example.test/settings/notifications/" in mail.content[part]
    assert "@incidents.example.test>" in mail.content["headers"]["Message-ID"]


def test_nobody_outside_is_sent_to_pages_they_cannot_open(incident, outside, post, tell):
    outside("kim@elsewhere.test", audience="stakeholders")
    post(incident, "stakeholders")
    [mail] = tell(incident)
    assert "/incidents/" not in json.dumps(mail.content)
    assert "Ask of stakeholders." in mail.content["text"]


def test_in_chat_and_inbox_a_correction_tells_what_holds_now(
    incident, commander, stakeholder, channel, post, tell
):
    channel("#all", audience="stakeholders")
    post(incident, "stakeholders")
    first = incident.status_updates.get()
    post(incident, "stakeholders", corrects=first, correction_reason="It was half of them.")
    said = {d.kind: d.content for d in tell(incident)}
    assert said["chat"]["body"].startswith("Words for stakeholders.")
    assert Notice.objects.latest("pk").text == "Words for stakeholders."
    text = said["mail"]["text"]
    assert text.index("It was half of them.") < text.index("Words for stakeholders.")


def test_a_correction_says_so(incident, commander, stakeholder, channel, post, tell):
    first = post(incident, "stakeholders")
    channel("Hook", kind="webhook", audience="stakeholders")
    post(incident, "stakeholders", corrects=first, correction_reason="It was half of them.")
    mail, hook = sorted(tell(incident), key=lambda d: d.kind)
    assert mail.content["subject"].endswith(": correction")
    assert "It was half of them." in mail.content["text"]
    assert hook.content["data"]["update"]["is_correction"] is True


def test_an_inbox_line_is_one_readable_line(incident, responder, post, tell):
    join_incident(incident=incident, by=responder)
    post(incident, "stakeholders")
    tell(incident)
    notice = Notice.objects.get(person=responder)
    assert (notice.text, notice.url) == ("Words for stakeholders.", incident.get_absolute_url())


@pytest.mark.parametrize("audience", ["public", "stakeholders"])
def test_webhooks_have_the_documented_shape(incident, channel, post, tell, audience):
    """docs/webhooks.md shows the very fields that are sent."""
    channel("Hook", kind="webhook", audience=audience)
    post(incident, audience)
    sent = next(d for d in tell(incident) if d.kind == "webhook").content
    page = (Path(settings.BASE_DIR) / "docs/webhooks.md").read_text()
    examples = [json.loads(block) for block in re.findall(r"```json\n(.*?)```", page, re.DOTALL)]
    shown = next(
        e for e in examples
        if e["type"] == sent["type"] and e["data"]["update"]["audience"] == audience
    )  # fmt: skip
    assert set(shown["data"]) == set(sent["data"])
    for part in ("incident", "update"):
        assert set(shown["data"][part]) == set(sent["data"][part])


def test_every_type_sent_is_documented(incident, commander, channel, severity):
    from incidents.workflow import change_severity, change_status

    channel("Hook", kind="webhook")
    change_severity(incident=incident, severity=severity(1), by=commander)
    change_status(incident=incident, status="fixing", by=commander)
    for message in OutboxMessage.objects.all():
        consume(message)
    page = (Path(settings.BASE_DIR) / "docs/webhooks.md").read_text()
    types = {d.content["type"] for m in OutboxMessage.objects.all() for d in m.deliveries.all()}
    assert types == {"incident.declared", "incident.severity_changed", "incident.status_changed"}
    assert all(f"`{name}`" in page for name in types)


def test_a_person_who_reads_only_public_words_sees_nothing_else(incident, outsider, prefer, post, tell):
    prefer(outsider, by_mail=["updates"], follows_worst=False)
    Subscription.objects.create(person=outsider, audience="public")
    post(incident, "public", "stakeholders")
    mail = next(d for d in tell(incident) if d.person == outsider)
    assert "Words for public." in mail.content["text"]
    assert "stakeholders" not in mail.content["text"]
    assert incident.title not in json.dumps(mail.content)
