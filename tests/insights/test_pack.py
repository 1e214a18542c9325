"""What does a board pack say of a team, to whom, and does the same come as PDF and by mail?"""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Team
from action_items.figures import OnTime
from action_items.models import ActionItem, ActionState
from audit import context
from incidents.models import AffectedService, Incident, Service
from insights.models import InsightsPdf
from insights.pack import pack_for, pack_of
from insights.pack_actions import commitments, decisions
from insights.pack_facts import action_fact
from insights.pack_filters import OWN_PARTS, kept_pack
from insights.pdf import ask_for_insights_pdf, page_of
from insights.tasks import send_due_reports
from notifications.models import Delivery
from retros.models import ContributingFactor, Factor, Retrospective
from subscribers.models import ReportKind, ReportWish
from subscribers.workflow import wish_report

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)


@pytest.fixture
def at_noon():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def payments(db) -> Team:
    team = Team.objects.create(name="Payments", slug="payments")
    Service.objects.create(name="Checkout", slug="checkout", owner_team=team)
    return team


@pytest.fixture
def months(at_noon, past, payments):
    """Of Payments 24 incidents of 60 min from June to August, 24 of 30 min since September; one of nobody's."""
    checkout = Service.objects.get()
    for number in range(24):
        for first, minutes in (
            (datetime(2026, 6, 3, 9, tzinfo=UTC), 60),
            (datetime(2026, 9, 2, 9, tzinfo=UTC), 30),
        ):
            at = first + timedelta(days=3 * number)
            incident = past(at=at, detected=1, mitigated=minutes + number % 3, resolved=120)
            AffectedService.objects.create(
                incident=incident, service=checkout, started_at=at, ended_at=at + timedelta(minutes=minutes),
                impact="degraded",
            )  # fmt: skip
    past(
        at=datetime(2026, 10, 5, tzinfo=UTC), detected=1, mitigated=600, resolved=700, title="Not of Payments"
    )


def item(title: str, due: date | None, owner=None, **more) -> ActionItem:
    return ActionItem.objects.create(title=title, due_on=due, owner=owner, **more)


def test_it_says_what_changed_and_only_of_the_team(months, responder):
    pack = pack_of(responder, query="team=payments")
    assert (pack.title, pack.about, pack.count) == ("September to November 2026", "Payments", 24)
    assert "mitigated within 31 min, 30 min faster than in the period before." in pack.summary
    fact = pack.facts[0]
    assert (fact.value, fact.change, fact.verdict) == ("31 min", "30 min faster", "faster")
    assert pack_of(responder, query="").count == 25


def test_the_chart_has_a_year(months, responder):
    trend = pack_of(responder, query="team=payments").trend
    assert [bucket.first for bucket in trend.buckets][-1] == date(2026, 11, 1)
    assert trend.count == 48


def test_what_is_private_is_in_nobody_elses(at_noon, client, commander, outsider, private_incident):
    assert pack_of(commander, query="").count == 1
    assert pack_of(outsider, query="").count == 0
    client.force_login(outsider)
    assert private_incident.title not in client.get("/insights/pack/").text


def test_the_largest_are_named_to_those_who_may_see_them(months, client, responder, outsider):
    largest = pack_of(responder, query="team=payments").largest
    assert len(largest) == 5
    assert {one.impact for one in largest} == {"30 min"}
    hidden = largest[0].incident
    hidden.is_private, hidden.title = True, "Nobody may read this"
    hidden.save()
    for name in ("responder", "outsider"):
        client.force_login({"responder": responder, "outsider": outsider}[name])
        assert "Nobody may read this" not in client.get("/insights/pack/?team=payments").text


def test_a_commitment_is_kept_late_given_up_or_open(at_noon, responder, commander):
    due = date(2026, 10, 20)
    done = datetime(2026, 10, 20, 15, tzinfo=UTC)
    item("In time", due, responder, state=ActionState.DONE, done_at=done)
    item("Seen to work", due, responder, state=ActionState.VERIFIED, done_at=done)
    item("Late", due, responder, state=ActionState.DONE, done_at=done + timedelta(days=1))
    item("Given up", due, responder, state=ActionState.WONT_DO, wont_do_reason="Too dear")
    item("Still open", due, responder)
    item("Of the month after", date(2026, 11, 3), responder)
    found = commitments(ActionItem.objects.all(), date(2026, 11, 28), date(2026, 11, 28), UTC)
    assert {one.item.title: one.outcome for one in found.listed} == {
        "In time": "Done on time",
        "Seen to work": "Done on time, verified",
        "Late": "Done late",
        "Given up": "Won’t do",
        "Still open": "Overdue",
    }
    assert (found.month, found.verified, found.next_count) == (date(2026, 10, 1), 1, 1)
    assert (found.kept.on_time, found.kept.due, found.kept.given_up) == (2, 4, 1)


def test_on_the_first_the_month_that_just_ended_is_looked_back_on(at_noon):
    assert commitments(ActionItem.objects.none(), date(2026, 11, 30), date(2026, 12, 1), UTC).month == date(
        2026, 11, 1
    )


def test_decisions_are_those_that_nobody_has_taken(at_noon, responder):
    today = date(2026, 11, 28)
    item("Nobody has it", today)
    item("No day", None, responder)
    item("Long overdue", date(2026, 10, 1), responder)
    item("Overdue since last week", date(2026, 11, 21), responder)
    item("Done", None, state=ActionState.DONE)
    found = {one.item.title: one.words for one in decisions(ActionItem.objects.all(), today)}
    assert found == {
        "Nobody has it": "Name an owner",
        "No day": "Set a due date",
        "Long overdue": "Decide what happens, 58 days overdue",
    }


def test_only_the_parts_that_are_asked_for(months, client, responder):
    client.force_login(responder)
    told = client.get("/insights/pack/?part=decisions&part=humane").text
    assert "Decisions needed" in told
    assert "Is on-call humane?" in told
    assert 'id="pack-trend"' not in told
    assert 'id="pack-largest"' not in told


def test_the_address_keeps_what_is_chosen_and_no_period():
    assert kept_pack("period=12&part=trend&team=payments&page=3") == "team=payments&part=trend"
    everything = "&".join(f"part={part}" for part in OWN_PARTS)
    assert kept_pack(f"{everything}&metric=time_to_mitigate") == ""


def test_with_very_many_incidents_it_follows_its_page(months, client, responder, monkeypatch):
    monkeypatch.setattr("insights.pack_views.AT_ONCE", 10)
    client.force_login(responder)
    assert 'hx-get="/insights/pack/?sheet=1&amp;"' in client.get("/insights/pack/").text
    assert 'id="pack-h"' in client.get("/insights/pack/?whole=1").text
    sheet = client.get("/insights/pack/?sheet=1", headers={"HX-Request": "true"}).text
    assert 'id="pack-h"' in sheet
    assert "<h1>" not in sheet


def test_queries_do_not_grow_with_what_is_in_it(months, client, responder, payments):
    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            client.get("/insights/pack/")
        return len(queries)

    client.force_login(responder)
    client.get("/insights/pack/")
    before = count()
    for number in range(8):
        item(f"Overdue {number}", date(2026, 10, 1 + number), responder)
        item(f"Of a team {number}", None, team=payments)
    assert count() == before


def test_as_pdf_it_is_what_its_page_says(months, client, responder):
    asked = ask_for_insights_pdf(by=responder, key="pack", query="team=payments")
    printed = page_of(asked)
    assert "<h1>September to November 2026</h1>" in printed
    assert "30 min faster" in printed
    client.force_login(responder)
    assert "Board pack" in client.get(f"/insights/pdf/{asked.pk}/").text
    assert InsightsPdf.objects.get().key == "pack"


def test_it_is_mailed_on_the_first_of_the_month_of_the_three_before(months, responder):
    with context.at(NOW):
        wish_report(
            by=responder, every="month", query="team=payments", about="Payments", kind=ReportKind.PACK
        )
    item("Promised for November", date(2026, 11, 20), responder, team=Team.objects.get())
    with time_machine.travel(datetime(2026, 12, 1, 12, tzinfo=UTC), tick=False):
        send_due_reports()
        send_due_reports()
    (mail,) = Delivery.objects.all()
    assert mail.content["subject"] == "Reliability of Payments, September to November 2026"
    assert "Promised for November" in mail.content["text"]
    assert "Overdue" in mail.content["text"]


def test_the_button_asks_for_it_once_and_another_stops_it(months, client, responder):
    client.force_login(responder)
    for _ in range(2):
        client.post("/insights/pack/schedule/", {"query": "team=payments&period=12"})
    wish = ReportWish.objects.get()
    assert (wish.kind, wish.query, wish.about) == ("pack", "team=payments", "Payments")
    assert (
        "You get it by e-mail on the first of each month" in client.get("/insights/pack/?team=payments").text
    )
    assert "Board pack, " in client.get("/settings/notifications/").text
    client.post(f"/insights/report/{wish.pk}/ending/")
    assert not ReportWish.objects.exists()


def test_a_team_that_was_deleted_is_not_passed_over_in_silence(months, client, responder, payments):
    words = "The chosen team does not exist. The figures are not limited to it."
    with context.at(NOW):
        wish_report(by=responder, every="month", query="team=payments", kind=ReportKind.PACK)
    payments.delete()
    with time_machine.travel(datetime(2026, 12, 1, 12, tzinfo=UTC), tick=False):
        send_due_reports()
    assert words in Delivery.objects.get().content["text"]
    client.force_login(responder)
    assert words in client.get("/insights/pack/?team=payments").text
    answer = client.post("/insights/pack/schedule/", {"query": "team=nobody"}, follow=True)
    assert words in answer.text
    assert not ReportWish.objects.filter(query="team=nobody").exists()


def test_it_is_no_weekly_mail(responder):
    with pytest.raises(ValidationError):
        wish_report(by=responder, every="week", kind=ReportKind.PACK)


def test_the_report_of_the_same_filters_stays_another_wish(responder):
    wish_report(by=responder, every="month")
    wish_report(by=responder, every="month", kind=ReportKind.PACK)
    assert ReportWish.objects.count() == 2


def test_the_same_pack_for_a_month_as_by_hand(months, responder):
    mailed = pack_for(responder, query="team=payments", day=date(2026, 12, 1))
    assert mailed.title == "September to November 2026"
    assert mailed.facts[0].value == "31 min"


def test_factors_seen_again_lead_to_the_retrospective_that_names_them(months, client, responder):
    factor = Factor.objects.create(text="Alert was muted", key="alert was muted")
    alone = Factor.objects.create(text="Only once", key="only once")
    for number, incident in enumerate(
        Incident.objects.filter(impact_started_at__month=10).order_by("number")[:2]
    ):
        found = Retrospective.objects.create(
            title="Back", subject="incident", status="published", incident=incident
        )
        found.incidents.add(incident)
        for one in (factor, alone)[: 2 - number]:
            ContributingFactor.objects.create(
                retrospective=found, factor=one, text=one.text, is_confirmed=True
            )
    client.force_login(responder)
    told = client.get("/insights/pack/").text
    assert f'href="/retrospectives/{found.pk}/">Alert was muted</a>' in told
    assert "Only once" not in told
    assert "Alert was muted" in page_of(ask_for_insights_pdf(by=responder, key="pack"))


def test_without_a_beginning_no_day_is_made_up(months, responder):
    assert pack_of(responder, query="period=own&until=2026-09-30").title == "Until 30 September 2026"


def test_few_action_items_are_counted_and_many_are_a_percentage():
    assert action_fact(OnTime(on_time=0, due=0, given_up=1)).value == "–"
    few = action_fact(OnTime(on_time=0, due=3, given_up=0))
    assert (few.value, few.note) == ("0 of 3", "of those that were due")
    many = action_fact(OnTime(on_time=6, due=8, given_up=0))
    assert (many.value, many.note) == ("75%", "6 of 8 that were due")
