"""Are words found inside Chinese, Japanese and Korean text, by an index, and are titles free of direction marks?"""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Team
from incidents.forms.incident_page import ChangeForm, RecoveryCheckForm, TaskForm
from incidents.models import Incident
from incidents.search_words import Matches, query_of
from incidents.workflow import declare_incident
from retros.models import Retrospective
from shell.search import found, parse
from timeline.models import TimelineEvent
from timeline.workflow import record_event

pytestmark = pytest.mark.django_db


@pytest.fixture
def several(commander, severity):
    def declare(title):
        return declare_incident(by=commander, title=title, severity=severity(2))

    ones = [
        declare("支付服务响应缓慢"),
        declare("ログインできないユーザーがいます"),
        declare("결제서버가 응답하지 않습니다"),
        declare("Checkout API支付超时"),
    ]
    record_event(incident=ones[1], by=commander, kind="note", text="データベースの再起動を行いました")
    return ones


def titles(text, person) -> set[str]:
    return set(found(parse(text), person).values_list("title", flat=True))


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("支付", {0, 3}),
        ("响应", {0}),
        ("服务响应", {0}),
        ("缓", {0}),
        ("慢", {0}),
        ("ユーザー", {1}),
        ("再起動", {1}),
        ("서버", {2}),
        ("支付 checkout", {3}),
        ("API支付", {3}),
        ('"支付超时"', {3}),
        ("退款", set()),
        ("checkout", {3}),
    ],
)
def test_words_inside_a_text_without_spaces(several, commander, text, wanted):
    assert titles(text, commander) == {several[n].title for n in wanted}


def test_it_takes_no_more_queries_and_an_index(several, commander):
    counts = []
    for text in ("checkout", "支付服务"):
        with CaptureQueriesContext(
            connection,
        ) as seen:
            titles(text, commander)
        counts.append(len(seen))
    assert counts[0] == counts[1]
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    for model, index in (
        (Incident, "incident_search"), (TimelineEvent, "timeline_search"), (Retrospective, "retros_search"),
    ):  # fmt: skip
        plan = model.objects.filter(Matches(query_of(["支付服务"]))).order_by().explain()
        assert index in plan


@pytest.mark.parametrize("form", [TaskForm, ChangeForm, RecoveryCheckForm])
def test_direction_marks_leave_titles(form):
    filled = form({"title": "Pay\u202ements\u2066 fail"})
    filled.is_valid()
    assert filled.cleaned_data["title"] == "Payments fail"


def test_direction_marks_leave_names(client, admin):
    client.force_login(admin)
    client.post(reverse("teams"), {"name": "Pay\u202ements"})
    assert Team.objects.get().name == "Payments"
