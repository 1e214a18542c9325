"""Does the report come to whoever wished for it, once a week or month, in their morning, with what they may see?"""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import connection
from django.urls import reverse

from accounts.models import User
from audit import context
from incidents.models import AffectedService, Incident, Service
from insights.questions import QUESTIONS
from insights.report import kept
from insights.report_mail import send_due_report
from insights.tasks import send_due_reports
from notifications.models import Delivery
from notifications.tasks import send_due_deliveries
from subscribers.models import NotificationPreference, ReportWish
from subscribers.workflow import claim_due_report, hand_over, wish_report

WISHED = datetime(2026, 3, 3, 12, tzinfo=UTC)  # a Tuesday


def wish(person, every="week", query="", at=WISHED, **more) -> ReportWish:
    with context.at(at):
        return wish_report(by=person, every=every, query=query, **more)


def sweep(*when: int) -> list[Delivery]:
    """The mails that one sweep at that time (UTC) leads to."""
    before = set(Delivery.objects.values_list("pk", flat=True))
    with time_machine.travel(datetime(*when, tzinfo=UTC), tick=False):
        send_due_reports()
    return list(Delivery.objects.exclude(pk__in=before).order_by("address"))


@pytest.fixture
def berlin(responder):
    responder.time_zone = "Europe/Berlin"
    responder.save(update_fields=["time_zone"])
    return responder


def test_monday_at_eight_where_they_are_and_once(berlin):
    wish(berlin)
    assert sweep(2026, 3, 9, 6, 59) == []
    (mail,) = sweep(2026, 3, 9, 7, 0)
    assert mail.address == berlin.email
    assert mail.content["subject"] == "The week 2 Mar – 8 Mar 2026: 0 incidents"
    assert sweep(2026, 3, 9, 7, 0) == []
    assert sweep(2026, 3, 15, 23) == []
    (mail,) = sweep(2026, 3, 16, 7, 0)
    assert "9 Mar – 15 Mar 2026" in mail.content["subject"]


def test_it_leaves_and_one_that_was_stopped_meanwhile_does_not(responder, stakeholder, mailoutbox):
    wishes = [wish(person) for person in (responder, stakeholder)]
    assert len(sweep(2026, 3, 9, 12, 0)) == 2
    wishes[1].delete()
    send_due_deliveries()
    assert [mail.to for mail in mailoutbox] == [[responder.email]]


def test_when_clocks_change_it_is_eight_all_the_same(berlin):
    """On 29 March 2026 they go forward, on 25 October back."""
    wish(berlin)
    sweep(2026, 3, 23, 12)
    assert sweep(2026, 3, 30, 5, 59) == []
    assert len(sweep(2026, 3, 30, 6, 0)) == 1
    sweep(2026, 10, 19, 12)
    assert sweep(2026, 10, 26, 6, 59) == []
    assert len(sweep(2026, 10, 26, 7, 0)) == 1


def test_on_the_first_of_the_month_about_the_one_before(berlin):
    wish(berlin, "month")
    assert sweep(2026, 4, 1, 5, 59) == []
    (mail,) = sweep(2026, 4, 1, 6, 0)
    assert mail.content["subject"] == "The month 1 Mar – 31 Mar 2026: 0 incidents"
    assert sweep(2026, 4, 30, 23) == []
    assert len(sweep(2026, 5, 1, 6, 0)) == 1


def test_after_weeks_without_a_scheduler_the_last_one_comes_alone(berlin):
    wish(berlin)
    (mail,) = sweep(2026, 4, 2, 12)
    assert "23 Mar – 29 Mar" in mail.content["subject"]
    assert sweep(2026, 4, 2, 13) == []


def test_wished_for_after_the_morning_comes_with_the_next(berlin):
    wish(berlin, at=datetime(2026, 3, 9, 9, tzinfo=UTC))
    assert sweep(2026, 3, 9, 12) == []
    assert len(sweep(2026, 3, 16, 12)) == 1


def test_moved_to_another_zone_it_does_not_come_twice(berlin):
    wish(berlin)
    assert len(sweep(2026, 3, 9, 7, 0)) == 1
    User.objects.filter(pk=berlin.pk).update(time_zone="America/Los_Angeles")
    assert sweep(2026, 3, 9, 7, 1) == []
    assert sweep(2026, 3, 9, 20) == []


def test_three_schedulers_at_once_send_one(transactional_db, commander, responder, stakeholder):
    people = (commander, responder, stakeholder)
    for person in people:
        wish(person)
    gate = Barrier(3)

    def run() -> None:
        try:
            gate.wait()
            with context.at(datetime(2026, 3, 9, 12, tzinfo=UTC)):
                send_due_reports()
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        for future in [pool.submit(run) for _ in range(3)]:
            future.result(timeout=60)
    with context.at(datetime(2026, 3, 9, 12, tzinfo=UTC)):
        send_due_reports()
    told = Delivery.objects.values_list("address", flat=True)
    assert sorted(told) == sorted(person.email for person in people)


def test_nothing_for_the_deactivated_and_for_those_who_stopped_it(responder, stakeholder, commander):
    wishes = [wish(person) for person in (responder, stakeholder, commander)]
    responder.is_active = False
    responder.save(update_fields=["is_active"])
    wishes[1].delete()
    assert [mail.address for mail in sweep(2026, 3, 9, 12)] == [commander.email]


def test_stopped_or_gone_while_it_is_written(responder, stakeholder):
    """Between the claim and the mail; what was claimed has gone, and the next morning nothing is left over."""
    wish(responder)
    wish(stakeholder)
    with context.at(datetime(2026, 3, 9, 12, tzinfo=UTC)):
        claimed = [claim_due_report(), claim_due_report()]
        assert claim_due_report() is None, "both are held"
        User.objects.filter(pk=responder.pk).update(is_active=False)
        ReportWish.objects.filter(person=stakeholder).delete()
        for one in claimed:
            with hand_over(one, one.period) as is_owed:
                assert not is_owed
    assert sweep(2026, 3, 10, 12) == []


def test_one_that_a_killed_worker_left_comes_ten_minutes_later_and_holds_up_no_other(responder, stakeholder):
    wish(responder)
    with time_machine.travel(datetime(2026, 3, 9, 12, tzinfo=UTC), tick=False):
        assert claim_due_report().person == responder
    wish(stakeholder)
    assert [mail.address for mail in sweep(2026, 3, 9, 12, 1)] == [stakeholder.email]
    assert [mail.address for mail in sweep(2026, 3, 9, 12, 10)] == [responder.email]
    assert sweep(2026, 3, 9, 13) == []


def test_written_twice_leaves_once(responder):
    """A worker that wakes up after another has taken it over."""
    mine = wish(responder)
    with time_machine.travel(datetime(2026, 3, 9, 12, tzinfo=UTC), tick=False):
        late = claim_due_report()
        ReportWish.objects.filter(pk=mine.pk).update(held_until=None)
        assert send_due_report()
        with hand_over(late, late.period) as is_owed:
            assert not is_owed
    assert Delivery.objects.count() == 1


@pytest.fixture
def week(past):
    """Five incidents of the week, one of them private."""
    began = datetime(2026, 3, 4, 12, tzinfo=UTC)
    for number in range(4):
        past(at=began + timedelta(hours=number), detected=1, declared=2, mitigated=20, resolved=60)
    return past(at=began, resolved=60, is_private=True, title="Zephyrquartz")


def test_counts_what_the_person_may_see(week, commander, outsider):
    """Two people, one week: who is on no private incident is told of none, not even by a number."""
    User.objects.filter(pk=commander.pk).update(sees_private_incidents=True)
    wish(commander)
    wish(outsider)
    told = {mail.address: mail.content for mail in sweep(2026, 3, 9, 12)}
    assert "5 incidents" in told[commander.email]["subject"]
    assert "4 incidents" in told[outsider.email]["subject"]
    assert "Zephyrquartz" not in str(told)


def test_every_question_with_its_formula_and_the_way_out(week, outsider, client):
    mine = wish(outsider)
    (mail,) = sweep(2026, 3, 9, 12)
    client.force_login(outsider)
    for key, question in QUESTIONS.items():
        for body in (mail.content["text"], mail.content["html"]):
            assert question in body
            assert f"/insights/{key}/?period=own" in body
    assert "Kaplan–Meier" in mail.content["text"]
    path = re.search(r"/insights/faster/\?\S+", mail.content["text"])[0]
    assert client.get(path).status_code == 200
    headers = mail.content["headers"]
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    client.logout()
    way_out = headers["List-Unsubscribe"].strip("<>").split("/", 3)[3]
    assert client.get(f"/{way_out}").status_code == 200
    assert ReportWish.objects.filter(pk=mine.pk).exists(), "opening the link is not yet an answer"
    assert client.post(f"/{way_out}", {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert not ReportWish.objects.exists()
    assert client.post(f"/{way_out}").status_code == 200, "twice is no fault"


def test_the_filters_of_the_address_hold(week, outsider):
    service = Service.objects.create(name="payments", slug="payments")
    AffectedService.objects.create(
        incident=Incident.objects.filter(is_private=False).first(), service=service,
        started_at=datetime(2026, 3, 4, 12, tzinfo=UTC), impact="degraded",
    )  # fmt: skip
    wish(outsider, query="service=payments", about="payments")
    (mail,) = sweep(2026, 3, 9, 12)
    assert "1 incident (payments)" in mail.content["subject"]


def test_a_team_that_was_deleted_is_not_passed_over_in_silence(responder):
    wish(responder, query="team=payments")
    (mail,) = sweep(2026, 3, 9, 12)
    assert "The chosen team does not exist. The figures are not limited to it." in mail.content["text"]


def test_waits_for_the_end_of_quiet_hours(responder):
    preference = NotificationPreference.defaults_for(responder)
    preference.quiet_from, preference.quiet_to = (
        datetime(2026, 1, 1, 7).time(),
        datetime(2026, 1, 1, 14).time(),
    )
    preference.save()
    wish(responder)
    (mail,) = sweep(2026, 3, 9, 12)
    assert mail.due_at == datetime(2026, 3, 9, 14, tzinfo=UTC)


@pytest.mark.parametrize("every", ["week", "month"])
def test_the_page_is_what_the_mail_says(client, week, outsider, every):
    wish(outsider, every)
    day = (2026, 3, 9, 12) if every == "week" else (2026, 4, 1, 12)
    (mail,) = sweep(*day)
    client.force_login(outsider)
    with time_machine.travel(datetime(*day, tzinfo=UTC), tick=False):
        client.force_login(outsider)
        page = client.get(f"/insights/report/?every={every}&period=365&page=9")
    shown = page.content.decode()
    for answer in page.context["report"].answers:
        for words in (answer.panel.headline, answer.panel.says, answer.panel.formula):
            assert words in mail.content["text"]
    assert page.context["report"].title in mail.content["subject"]
    assert "Stop report" in shown


def test_wished_for_and_stopped_on_pages(client, outsider, responder):
    client.force_login(outsider)
    assert "Mail me this" in client.get("/insights/").content.decode()
    client.post("/insights/report/", {"every": "month", "query": "period=365&severity=&team="})
    found = ReportWish.objects.get()
    assert (found.person, found.every, found.query) == (outsider, "month", "")
    assert "Insights: all incidents" in client.get("/settings/notifications/").content.decode()
    client.force_login(responder)
    assert client.post(reverse("insights_report_ending", args=[found.pk])).status_code == 404
    client.force_login(outsider)
    client.post(reverse("insights_report_ending", args=[found.pk]))
    assert not ReportWish.objects.exists()


def test_the_same_once_and_ten_at_most(outsider):
    assert wish(outsider) == wish(outsider)
    for number in range(9):
        wish(outsider, query=f"severity={number}")
    with pytest.raises(ValidationError):
        wish(outsider, query="severity=99")


def test_filters_in_one_order_and_nothing_else():
    assert kept("team=a&period=30&severity=1&metric=time_to_resolve&x=1&service=") == "severity=1&team=a"
    assert kept("metric=time_to_mitigate") == "metric=time_to_mitigate"


def test_nobody_wished_nobody_is_told(commander):
    assert sweep(2026, 3, 9, 12) == []
