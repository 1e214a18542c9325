"""Does a page speak its own language on every way to its readers, and nothing else of Allclear but English?"""

import json
import re
from datetime import timedelta

import feedparser
import pytest
from django.conf import global_settings
from django.core.checks import Tags, run_checks
from django.core.management import call_command
from django.test import Client
from django.utils import formats, timezone, translation
from django.utils.html import strip_tags

from notifications.models import Channel, Delivery
from notifications.tasks import expand_due_events
from notifications.workflow.channels import new_secret
from statuspages import catalogues, languages
from statuspages.models import PageSubscriber, ScheduledMaintenance
from statuspages.static_copies import find, write
from statuspages.tasks import carry_on_maintenances
from statuspages.workflow import keep_page, request_subscription, schedule_maintenance

ALL = ["de", "fr", "es", "pt-br", "ja"]
PARTIAL_OUTAGE = {
    "de": ("Teilausfall bei Payments", "Untersuchung läuft"),
    "fr": ("Panne partielle\xa0: Payments", "Analyse en cours"),
    "es": ("Interrupción parcial en Payments", "Investigando"),
    "pt-br": ("Interrupção parcial em Payments", "Investigando"),
    "ja": ("Payments で一部障害が発生しています", "調査中"),
}


@pytest.fixture
def speak(shop, admin):
    """`speak("de")`: the page in that language from now on."""

    def change(language: str):
        shop.language = language
        keep_page(by=admin, page=shop)
        return shop

    return change


@pytest.fixture
def told(broken, tell):
    wordings = {"public": {"known": "Some cards fail.", "workaround": "Pay by invoice"}}
    soon = timezone.now() + timedelta(minutes=30)
    tell(broken, "x", wordings=wordings, next_update_at=soon)
    return broken


def english_in(text: str, language: str) -> list[str]:
    """The texts of the catalogue that stand in a text in English, although they have a translation."""
    seen = re.sub(r"https?://\S+", "", strip_tags(text))
    messages = [m for m in catalogues.load(language) if isinstance(m.id, str) and "%" not in m.id]
    return [m.id for m in messages if len(m.id) > 4 and m.id not in m.string and m.id in seen]


@pytest.mark.parametrize("language", ALL)
def test_every_page_speaks_its_language(client, speak, told, work, language):
    shop = speak(language)
    headline, status = PARTIAL_OUTAGE[language]
    index = client.get("/status/shop/").text
    assert f'<html lang="{language}">' in index
    assert headline in index
    assert status in index
    assert "Some cards fail." in index, "what people wrote stays as it is"
    incident, maintenance = shop.code("incident", told.pk), shop.code("maintenance", work.pk)
    for path in (
        "",
        "history",
        f"incidents/{incident}",
        f"maintenances/{maintenance}",
        "subscribe",
        "nothing",
    ):
        page = client.get(f"/status/shop/{path}")
        assert f'<html lang="{language}">' in page.text
        assert english_in(page.text, language) == []
    assert translation.get_language() == "en"


@pytest.mark.parametrize("language", ALL)
def test_mails_of_incidents_and_maintenance_speak_it(speak, told, work, language):
    shop = speak(language)
    shop.subscribers.create(address="ada@example.test", confirmed_at=timezone.now())
    expand_due_events()
    news, planned = (
        Delivery.objects.get(address="ada@example.test", about__startswith=about).content
        for about in ("incident:", "maint")
    )
    assert news["subject"].startswith("[Shop] " + PARTIAL_OUTAGE[language][1])
    assert f'<html lang="{language}">' in news["html"]
    for part in ("subject", "text", "html"):
        assert english_in(news[part], language) == []
        assert english_in(planned[part], language) == []
    assert "Search index move" in planned["subject"]


@pytest.mark.parametrize("language", ALL)
def test_the_mail_that_asks_for_confirmation_and_its_pages_speak_it(client, speak, language):
    shop = speak(language)
    wrong = client.post("/status/shop/subscribe", {"address": "nobody"}).text
    assert "Enter a valid email address." not in wrong
    request_subscription(page=shop, address="ada@example.test")
    mail = Delivery.objects.get().content
    assert english_in(mail["subject"] + mail["text"], language) == []
    link = re.search(r"http://localhost:8000(/\S+)", mail["text"])[1]
    leave = "/status/shop/unsubscribe/nonsense"
    for page in (client.get(link), client.post(link), client.get(leave), client.post(leave)):
        assert f'<html lang="{language}">' in page.text
        assert english_in(page.text, language) == []


@pytest.mark.parametrize("language", ALL)
@pytest.mark.parametrize("form", ["atom", "rss"])
def test_feeds_speak_it_and_keep_their_machine_formats(client, speak, told, work, language, form):
    speak(language)
    raw = client.get(f"/status/shop/history.{form}").content
    feed = feedparser.parse(raw)
    assert not feed.bozo
    assert feed.feed.language == language
    assert english_in(feed.feed.title + "".join(e.summary for e in feed.entries), language) == []
    assert feed.entries[0].updated_parsed or feed.entries[0].published_parsed


def test_the_calendar_speaks_it(client, speak, work, admin):
    shop = speak("de")
    works = ScheduledMaintenance.objects.filter(pk=work.pk)
    works.update(starts_at=timezone.now() - timedelta(minutes=1))
    carry_on_maintenances()
    calendar = client.get("/status/shop/calendar.ics").text.replace("\r\n ", "")
    assert "X-WR-CALNAME:Wartungen von Shop" in calendar
    assert "Die Arbeiten haben begonnen." in calendar
    assert "New products appear later." in calendar
    assert "In Arbeit" in client.get("/status/shop/").text
    assert shop.maintenances.get().updates.first().text == "The work has begun.", "kept in English"


def test_the_badge_speaks_it_and_the_interface_stays_english(client, speak, told):
    speak("de")
    assert 'aria-label="Status: Teilausfall"' in client.get("/status/shop/badge.svg").text
    german = json.loads(client.get("/status/shop/api/v2/summary.json").content)
    speak("en")
    english = json.loads(client.get("/status/shop/api/v2/summary.json").content)
    assert german["status"] == {"indicator": "major", "description": "Partial System Outage"}
    assert german["incidents"] == english["incidents"]
    assert "What you can do: Pay by invoice" in german["incidents"][0]["incident_updates"][0]["body"]


def test_a_webhook_stays_english(speak, told):
    shop = speak("ja")
    channel = Channel.objects.create(kind="webhook", url="https://hooks.example.test/", secret=new_secret())
    now = timezone.now()
    shop.subscribers.create(
        kind="webhook", url=channel.url, channel=channel, confirmed_at=now, endpoint_confirmed_at=now
    )
    expand_due_events()
    content = Delivery.objects.get(channel=channel).content
    assert "What you can do" in content["data"]["incident"]["incident_updates"][0]["body"]


@pytest.mark.parametrize("language", ALL)
def test_its_copy_speaks_it_while_the_database_is_away(speak, told, language):
    shop = speak(language)
    write(shop)
    kept = find("shop", "").body.decode()
    assert f'<html lang="{language}">' in kept
    assert english_in(kept, language) == []
    assert translation.get_language() == "en"


@pytest.mark.parametrize(
    ("language", "one", "three"),
    [
        ("de", "und 1 Tag davor", "und 3 Tage davor"),
        ("fr", "et 1 jour auparavant", "et 3 jours auparavant"),
        ("es", "y 1 día anterior", "y 3 días anteriores"),
        ("pt-br", "e 1 dia anterior", "e 3 dias anteriores"),
        ("ja", "それ以前に1日", "それ以前に3日"),
    ],
)
def test_numbers_take_the_plural_of_the_language(language, one, three):
    with translation.override(language):
        for count, said in ((1, one), (3, three)):
            words = translation.ngettext("and %(count)d day before", "and %(count)d days before", count)
            assert words % {"count": count} == said


@pytest.mark.parametrize(
    ("language", "day", "percent", "list_of_three"),
    [
        ("en", "Tue 1 Dec, 02:05", "99.7%", "a, b and c"),
        ("de", "Di., 1. Dez., 02:05", "99,7\xa0%", "a, b und c"),
        ("fr", "mar. 1 déc., 02:05", "99,7\xa0%", "a, b et c"),
        ("es", "mar, 1 dic, 2:05", "99,7\xa0%", "a, b y c"),
        ("pt-br", "ter., 1 de dez. 02:05", "99,7%", "a, b e c"),
        ("ja", "12月1日(火) 2:05", "99.7%", "a、b、c"),
    ],
)
def test_dates_numbers_and_lists_are_written_as_in_the_language(language, day, percent, list_of_three):
    moment = timezone.datetime(2026, 12, 1, 2, 5, tzinfo=timezone.get_default_timezone())
    with translation.override(language):
        assert languages.on_day(languages.day(moment), languages.clock(moment)) == day
        assert languages.percent(99.7) == percent
        assert languages.listed("abc") == list_of_three


def test_spanish_does_not_say_y_before_i():
    with translation.override("es"):
        assert languages.listed(["Pagos", "Inicio"]) == "Pagos e Inicio"
        assert languages.listed(["Pagos", "Hielo"]) == "Pagos y Hielo"
        assert languages.listed(["Inicio"]) == "Inicio"


def test_staff_read_english_whatever_their_browser_asks_for(client, speak, told, admin):
    speak("ja")
    client.force_login(admin)
    german = {"Accept-Language": "de-DE,de;q=0.9"}
    page = client.get("/status-pages/shop/", headers=german).text
    assert 'lang="en"' in page
    assert "Partial outage" in page
    form = client.get("/status-pages/shop/settings/", headers=german).text
    assert '<option value="ja" selected>Japanese</option>' in form
    refused = client.post("/status-pages/shop/settings/", {"name": ""}, headers=german)
    assert "This field is required." in refused.text


def test_a_draft_is_shown_inside_in_its_language(client, speak, shop, admin):
    shop.is_published = False
    speak("de")
    client.force_login(admin)
    shown = client.get("/status-pages/shop/shown/").text
    assert '<html lang="de">' in shown
    assert '<p class="note" lang="en">A draft' in shown
    outside = Client().get("/status/shop/")
    assert outside.status_code == 404
    assert '<html lang="en">' in outside.text, "nobody learns that there is a page"


def test_formats_of_everything_else_are_what_they_were():
    """Django's own English formats differ in what no page uses: how digits are grouped, and one form of input."""
    for name in formats.FORMAT_SETTINGS - {"NUMBER_GROUPING", "DATETIME_INPUT_FORMATS"}:
        assert formats.get_format(name, "en") == getattr(global_settings, name)
    assert formats.localize(1234567.5) == "1234567.5"


@pytest.mark.parametrize("language", ALL)
def test_catalogues_are_complete_and_compiled(language):
    assert catalogues.problems(language, catalogues.found_in_sources()) == []
    with translation.override(language):
        for message in catalogues.load(language):
            if isinstance(message.id, str) and message.id:
                said = translation.pgettext(message.context, message.id) if message.context else None
                assert (said or translation.gettext(message.id)) == message.string


@pytest.mark.parametrize("language", ALL)
def test_sentences_have_no_semicolons(language):
    sentences = [m.string for m in catalogues.load(language) if m.id and m.string]
    assert len(sentences) > 100
    assert [s for s in sentences if ";" in str(s)] == []


def test_a_missing_catalogue_stops_the_start(settings, tmp_path):
    assert run_checks(tags=[Tags.translation]) == []
    settings.LOCALE_PATHS = [tmp_path]
    found = run_checks(tags=[Tags.translation])
    assert [error.id for error in found] == ["statuspages.E001"] * len(ALL)


def test_what_is_not_translated_is_found(settings, monkeypatch, tmp_path):
    template = tmp_path / "templates/statuspages/public/new.html"
    template.parent.mkdir(parents=True)
    template.write_text('<p title="Hi">{% translate "Said" %} <b>Unsaid</b> {{ name }}</p>')
    settings.BASE_DIR, settings.LOCALE_PATHS = tmp_path, [tmp_path / "locale"]
    assert [problem.split("'")[1] for problem in catalogues.untranslated()] == ["Hi", "Unsaid"]
    assert [m.id for m in catalogues.found_in_sources() if m.id] == ["Said"]
    with pytest.raises(Exception, match="no translation of 'Said'"):
        call_command("translations")
    assert 'msgid "Said"\nmsgstr ""' in catalogues.file_of("pt-br").read_text()


def test_a_translated_page_takes_no_more_queries(client, speak, told, django_assert_max_num_queries):
    speak("de")
    with django_assert_max_num_queries(11):
        client.get("/status/shop/")


def test_a_maintenance_reminder_speaks_it(speak, commander):
    shop = speak("fr")
    begins = timezone.now() + timedelta(minutes=30)
    work = ScheduledMaintenance(
        page=shop, title="Migration", starts_at=begins, ends_at=begins + timedelta(hours=1)
    )
    schedule_maintenance(by=commander, maintenance=work, components=[], text="Rien ne change.")
    PageSubscriber.objects.create(page=shop, address="ada@example.test", confirmed_at=timezone.now())
    carry_on_maintenances()
    expand_due_events()
    subjects = {
        delivery.content["subject"] for delivery in Delivery.objects.filter(address="ada@example.test")
    }
    assert subjects == {"[Shop] Planifiée : Migration", "[Shop] Commence bientôt : Migration"}
