"""Do pages keep to their number of queries, however much there is?"""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from action_items.models import ActionItem
from history.models import Export
from incidents.models import ChecklistTemplate, LinkTemplate, Service, Severity
from incidents.workflow import declare_incident, post_status_update, raise_hypothesis, report_problem
from insights.pdf import ask_for_insights_pdf
from insights.questions import QUESTIONS
from notifications.models import Delivery
from notifications.workflow import add_channel, deliver
from retros.checks import CHECKS
from retros.models import ContributingFactor, Factor, TimelineEntry
from retros.workflow import (
    add_comment,
    add_hint_word,
    add_participants,
    add_recollection,
    keep_version,
    open_section,
    publish_retrospective,
    save_text,
    start_retrospective,
    start_review,
    waive_check,
)
from subscribers.workflow import wish_report
from timeline.models import TimelineEvent
from timeline.workflow import attach_evidence


@pytest.fixture
def count(client, commander):
    """`count(path)` is the number of queries of one GET by a signed-in commander, sessions included."""
    client.force_login(commander)
    client.get("/")  # the session notes when it began, once

    def run(path: str, **data) -> int:
        with CaptureQueriesContext(connection) as queries:
            response = client.post(path, data) if data else client.get(path)
        assert response.status_code in (200, 302), response.status_code
        run.queries = [q["sql"][:160] for q in queries if "SAVEPOINT" not in q["sql"]]
        return len(run.queries)

    return run


def _fill(incident, by, events: int) -> None:
    now = timezone.now()
    TimelineEvent.objects.bulk_create(
        TimelineEvent(
            incident=incident, kind="note", text=f"Note {n}", actor=by, recorded_at=now,
            occurred_at=now - timedelta(seconds=n),
        )
        for n in range(events)
    )  # fmt: skip


@pytest.mark.parametrize("events", [20, 500])
def test_incident_at_most_fourteen(count, incident, commander, events):
    _fill(incident, commander, events)
    for number in range(5):
        hypothesis = raise_hypothesis(incident=incident, by=commander, claim=f"Claim {number}")
        attach_evidence(
            incident=incident, by=commander, kind="log", title="Log", body="x", hypothesis=hypothesis
        )
    assert count(incident.get_absolute_url()) <= 14, count.queries


def test_home_at_most_fourteen_with_many_incidents(count, commander, severity):
    for number in range(15):
        incident = declare_incident(
            by=commander, title=f"Incident {number}", severity=severity(1 + number % 5)
        )
        post_status_update(
            incident=incident, by=commander, audiences=["stakeholders"], known="x", unknown="y",
            next_update_at=timezone.now() + timedelta(minutes=10),
        )  # fmt: skip
        report_problem(by=commander, title=f"Report {number}")
    assert count("/") <= 14, count.queries


def test_list_at_most_twelve_with_many_incidents(count, commander, severity):
    for number in range(60):
        declare_incident(by=commander, title=f"Incident {number}", severity=severity(1 + number % 5))
    assert count("/incidents/") <= 12, count.queries


def test_declare_page_at_most_twenty(count, db):
    Service.objects.bulk_create(Service(name=f"s{n}", slug=f"s{n}") for n in range(30))
    assert count("/declare?title=checkout") <= 20, count.queries


def test_declaring_takes_at_most_twenty_five_and_does_not_grow_with_the_catalogue(count, severity):
    declaration = {"title": "Checkout fails", "severity": severity(1).pk, "takes_command": "on"}
    LinkTemplate.objects.create(
        label="Bridge", kind="bridge", url_template="https://meet.example.test/{number}"
    )
    ChecklistTemplate.objects.create(title="Signal", kind="signal")
    few = count("/declare", form_token=uuid4(), **declaration)
    ChecklistTemplate.objects.bulk_create(
        ChecklistTemplate(title=f"Line {n}", done_when=("", "command")[n % 2]) for n in range(30)
    )
    assert count("/declare", form_token=uuid4(), **declaration) == few <= 25, "\n".join(count.queries)


def test_declaring_with_services_takes_at_most_twenty_eight(count, severity):
    services = [Service.objects.create(name=f"s{n}", slug=f"s{n}").pk for n in range(9)]
    declaration = {"title": "Checkout fails", "severity": severity(3).pk, "services": services}
    assert count("/declare", form_token=uuid4(), **declaration) <= 28, "\n".join(count.queries)


def test_channels_and_deliveries_do_not_grow(count, client, admin, incident):
    client.force_login(admin)
    client.get("/")
    paths = ["/settings/channels/", "/settings/deliveries/", "/settings/channels/mail/", "/settings/system/"]
    counts = []
    for round_ in range(2):
        channel = add_channel(by=admin, name=f"Bus {round_}", kind="webhook", url="https://a.example.test/")
        for n in range(2 + 30 * round_):
            mail = {"kind": "mail", "address": f"p{n}@example.test", "content": {"subject": "s", "text": "t"}}
            deliver(Delivery(key=f"m{round_}.{n}", about=incident.chain, **mail))
            deliver(Delivery(key=f"c{round_}.{n}", kind="webhook", channel=channel, about=incident.chain))
        Delivery.objects.filter(key__endswith="0").update(state="dead")
        counts.append([count(path) for path in [*paths, f"/settings/channels/{channel.pk}/"]])
    assert counts[0] == counts[1]
    assert max(counts[1]) <= 14, counts


def test_posting_an_update_page_stays_small(count, incident):
    assert count(incident.get_absolute_url() + "status-updates/new/") <= 22, count.queries
    assert Severity.objects.count() == 5


def test_posting_an_update_takes_at_most_fourteen(count, incident, commander):
    words = {"known": "Slow", "public_known": "Slow", "public_title": "Checkout", "no_open_unknowns": True}
    words |= {"audiences": ["public", "stakeholders"], "next_minutes": 30, "seen": "0"}
    page = incident.get_absolute_url() + "status-updates/new/"
    count(page, form_token=str(uuid4()), **words)
    assert count(page, form_token=str(uuid4()), **words) <= 14, "\n".join(q[:150] for q in count.queries)
    assert incident.status_updates.count() == 2


def test_overview_at_most_twelve_with_many_incidents(count, commander, severity):
    for number in range(12):
        incident = declare_incident(
            by=commander, title=f"Incident {number}", severity=severity(1 + number % 5),
            services=[Service.objects.create(name=f"s{number}", slug=f"s{number}")],
        )  # fmt: skip
        for _ in range(3):
            post_status_update(
                incident=incident, by=commander, audiences=["stakeholders"], known="x", unknown="y",
                next_update_at=timezone.now() + timedelta(minutes=10),
            )  # fmt: skip
    assert count("/overview/") <= 12, count.queries


@pytest.mark.parametrize("updates", [1, 20])
def test_brief_and_cadence_do_not_grow_with_the_updates(count, commander, incident, updates):
    for _ in range(updates):
        post_status_update(
            incident=incident, by=commander, audiences=["stakeholders"], known="x", unknown="y",
            next_update_at=timezone.now() + timedelta(minutes=10),
        )  # fmt: skip
    assert count(incident.get_absolute_url() + "brief/") <= 14, count.queries
    assert count(incident.get_absolute_url() + "cadence/") <= 12, count.queries


@pytest.mark.parametrize("rows", [20, 500])
def test_a_retrospectives_timeline_and_impact_at_most_sixteen(count, incident, commander, rows):
    retrospective = start_retrospective(incident=incident, by=commander)
    now = timezone.now()
    TimelineEntry.objects.bulk_create(
        TimelineEntry(
            retrospective=retrospective, text=f"Row {n}", actor=commander if n % 3 else None, added_by=commander,
            occurred_at=now - timedelta(seconds=n * 11), kind=("note", "alert", "decision")[n % 3], system=f"s{n % 9}",
        )
        for n in range(rows)
    )  # fmt: skip
    for row in list(retrospective.entries.all()[:20]):
        add_recollection(fact=row, by=commander, text="otherwise")
    for section in (
        "timeline/",
        "timeline/?known=30&zoom=4",
        "timeline/?page=2",
        "timeline/table/",
        "impact/",
    ):
        assert count(f"{retrospective.get_absolute_url()}{section}") <= 16, count.queries


@pytest.mark.parametrize("items", [3, 500])
def test_action_items_do_not_grow(count, incident, commander, items):
    retrospective = start_retrospective(incident=incident, by=commander, owner=commander)
    day = timezone.localdate()
    made = ActionItem.objects.bulk_create(
        ActionItem(
            title=f"Item {n}", retrospective=retrospective if n % 2 else None, owner=commander if n % 3 else None,
            due_on=day + timedelta(days=n % 40 - 10),
        )
        for n in range(items)
    )  # fmt: skip
    assert count("/actions/") <= 14, count.queries
    assert count("/actions/?state=&q=Item&sort=owner") <= 14, count.queries
    assert count("/actions/board/") <= 13, count.queries
    assert count("/actions/export/") <= 8, count.queries
    assert count(made[0].get_absolute_url()) <= 10, count.queries
    assert count(f"/retrospectives/{retrospective.pk}/actions/") <= 14, count.queries
    assert count("/") <= 14, count.queries


RETRO_PAGES = ("", "frame/", "safety/", "review/")


@pytest.mark.parametrize(("rows", "is_published"), [(2, False), (60, False), (60, True)])
def test_a_retrospective_at_most_sixteen(count, incident, commander, rows, is_published):
    own = start_retrospective(incident=incident, by=commander, owner=commander)
    people = User.objects.bulk_create(User(email=f"p{n}@example.test", name=f"P {n}") for n in range(rows))
    add_participants(retrospective=own, by=commander, people=people)
    for n in range(rows):
        factor = Factor.objects.create(text=f"f{n}", key=f"f{n}")
        ContributingFactor.objects.create(retrospective=own, factor=factor, text=f"f{n}")
        ActionItem.objects.create(retrospective=own, title=f"a{n}", owner=commander)
        TimelineEntry.objects.bulk_create(
            TimelineEntry(retrospective=own, occurred_at=timezone.now(), text="x", actor=commander)
            for _ in range(8)
        )
    if is_published:
        start_review(retrospective=own, by=commander, reason="x")
        for name in CHECKS:
            waive_check(retrospective=own, by=commander, name=name, reason=f"x {name}")
        publish_retrospective(retrospective=own, by=commander)
    counts = {page: count(own.get_absolute_url() + page) for page in RETRO_PAGES}
    assert max(counts.values()) <= 16, counts
    assert count("/retrospectives/") <= 14, count.queries
    assert count(f"/incidents/{incident.reference}/seen-before/") <= 14, count.queries


@pytest.mark.parametrize("much", [1, 30])
def test_narrative_and_its_history_at_most_sixteen(count, incident, commander, responder, much):
    retrospective = start_retrospective(incident=incident, by=commander, owner=commander)
    document = open_section(retrospective=retrospective, section="what_happened", by=commander)
    for n in range(much):
        save_text(document=document, text=f"Text {n}. @ human error", by=responder, version=None)
        keep_version(document=document, by=commander)
        comment = add_comment(document=document, by=commander, text="@Responder Example, why?")
        add_comment(document=document, by=responder, text="Because.", parent=comment)
        add_hint_word(by=_admin(commander), words=f"word {n}", ask="Who?")
    base = retrospective.get_absolute_url() + "narrative/"
    for path in (base, f"{base}what_happened/comments/", f"{base}what_happened/versions/"):
        assert count(path) <= 16, count.queries
    assert count(f"{base}what_happened/hints/", text="human error") <= 16, count.queries


def _admin(user):
    user.installation_role = "administrator"
    return user


@pytest.mark.parametrize("incidents", [5, 60])
def test_insights_do_not_grow_with_the_incidents(count, commander, severity, incidents):
    now = timezone.now()
    for number in range(incidents):
        declare_incident(
            by=commander, title=f"Incident {number}", severity=severity(1 + number % 5),
            services=[Service.objects.create(name=f"s{number}", slug=f"s{number}")],
            impact_started_at=now - timedelta(hours=1),
        )  # fmt: skip
    assert count("/insights/") <= 36, count.queries
    for key in QUESTIONS:
        assert count(f"/insights/{key}/") <= 24, count.queries
    assert count("/insights/incidents/") <= 14, count.queries
    assert count("/insights/report/?every=month") <= 28, count.queries
    for every in ("week", "month"):
        wish_report(by=commander, every=every, query=f"severity={incidents}")
    paper = ask_for_insights_pdf(by=commander)
    assert count(f"/insights/pdf/{paper.pk}/") <= 8, count.queries
    assert count("/settings/notifications/") <= 14, count.queries


@pytest.mark.parametrize("rows", [1, 40])
def test_exports_do_not_grow(count, client, admin, rows):
    made = Export.objects.bulk_create(Export(asked_by=admin, state="ready", size=n) for n in range(rows))
    client.force_login(admin)
    assert count("/settings/exports/") <= 9, count.queries
    assert count(f"/settings/exports/{made[0].pk}/") <= 8, count.queries
