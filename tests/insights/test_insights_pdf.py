"""Do Insights become a PDF, made by a worker, as whoever asked sees them, without asking anybody for anything?"""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from insights.models import InsightsPdf
from insights.pdf import ask_for_insights_pdf, make_next_pdf, page_of
from insights.questions import QUESTIONS
from insights.tasks import make_waiting_pdfs
from retros import pdf

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def many(past):
    for number in range(30):
        past(days_ago=number + 1, detected=2, declared=5, mitigated=20 + number, resolved=60 + number)
    return past(days_ago=2, detected=1, resolved=77, is_private=True, title="Zephyrquartz")


@pytest.mark.parametrize("key", ["", *QUESTIONS])
def test_asked_for_made_by_a_worker_and_saved(client, many, outsider, commander, key):
    client.force_login(outsider)
    asked = client.post("/insights/pdf/", {"key": key, "query": "period=90"})
    waiting = client.get(asked.url)
    assert waiting.status_code == 200
    assert client.get(asked.url + "file/").status_code == 404
    assert make_next_pdf()
    assert not make_next_pdf()
    if not pdf.is_available():
        assert b"libpango-1.0-0" in client.get(asked.url).content
        return
    assert waiting["Refresh"] == "3"
    assert b"Save the PDF" in client.get(asked.url).content
    answer = client.get(asked.url + "file/")
    assert answer["Content-Disposition"].startswith("attachment")
    assert b"".join(answer.streaming_content).startswith(b"%PDF-")
    client.force_login(commander)
    for page in ("", "file/"):
        assert client.get(asked.url + page).status_code == 404, "whoever asked has it; others ask for theirs"


def test_as_whoever_asked_sees_it(many, outsider, commander):
    User.objects.filter(pk=commander.pk).update(sees_private_incidents=True)
    commander.refresh_from_db()
    own = page_of(ask_for_insights_pdf(by=commander, key="faster"))
    others = page_of(ask_for_insights_pdf(by=outsider, key="faster"))
    assert "31 incidents" in own
    assert "Zephyrquartz" in own
    assert "30 incidents" in others
    assert "Zephyrquartz" not in others


@pytest.mark.parametrize("key", ["", *QUESTIONS])
def test_no_address_is_in_it_and_one_drawing_of_each_figure(many, outsider, key):
    page = page_of(ask_for_insights_pdf(by=outsider, key=key))
    addresses = set(re.findall(r"""(?:src|href|url)\s*[=(]\s*["']?([^"')\s>]+)""", page))
    assert all(a.startswith(("font:", "/", "#")) and not a.startswith("//") for a in addresses), addresses
    assert "var(--" not in page, "what draws a PDF knows no variables"
    assert "color-mix" not in page
    drawn = re.findall(r'id="([\w-]+)-(?:wide|medium|small|large|slim|narrow)-title"', page)
    assert drawn or key in ("promises", "breaks", "actions", "cost"), "bars, or nothing of these yet"
    assert len(drawn) == len(set(drawn)), "of each figure one drawing"


def test_asked_twice_is_made_once_and_five_at_most(outsider):
    assert ask_for_insights_pdf(by=outsider) == ask_for_insights_pdf(by=outsider)
    for key in list(QUESTIONS)[:4]:
        ask_for_insights_pdf(by=outsider, key=key)
    with pytest.raises(Exception, match="still being made"):
        ask_for_insights_pdf(by=outsider, query="period=30")


def test_no_such_question(client, outsider):
    client.force_login(outsider)
    client.post("/insights/pdf/", {"key": "nothing"})
    assert not InsightsPdf.objects.exists()


def test_nothing_for_the_deactivated_and_forgotten_after_a_day(many, outsider):
    found = ask_for_insights_pdf(by=outsider)
    User.objects.filter(pk=outsider.pk).update(is_active=False)
    make_waiting_pdfs()
    found.refresh_from_db()
    assert (found.state, bool(found.file)) == ("failed", False)
    InsightsPdf.objects.update(asked_at=timezone.now() - timedelta(hours=25))
    make_waiting_pdfs()
    assert not InsightsPdf.objects.exists()


def test_a_null_character_is_refused_with_a_message(client, outsider):
    client.force_login(outsider)
    assert client.post("/insights/pdf/", {"key": "pack", "query": "team=\0"}).url == "/insights/"
    assert not InsightsPdf.objects.exists()
