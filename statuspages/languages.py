"""The language of a page: in which its public texts are shown, and how it writes dates, numbers and lists.

Sentences come from the catalogues below locale/ (gettext), formats from the CLDR through Babel. Whatever a page says
to its readers is made inside `speaking(page)`; everything else in Allclear stays English.
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from functools import cache

from babel import Locale
from babel.dates import format_date, parse_pattern
from babel.lists import format_list
from babel.numbers import format_decimal
from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext

from statuspages.models import StatusPage

LOCALES = {"en": "en_001"}  # the day before the month, and no comma before “and”
ENGLISH = {"MMMEd": "E d MMM", "yMMMEd": "E d MMM y", "MMMd": "d MMM"}  # without the CLDR's commas
SPOKEN_LIKE_Y = re.compile(r"h?i(?!e)", re.IGNORECASE)  # Spanish: “pagos e inicio”, for “y inicio”


@contextmanager
def speaking(page: StatusPage) -> Iterator[None]:
    """Texts, dates and numbers in the page's language, times in its time zone."""
    with translation.override(page.language), timezone.override(page.zone):
        yield


@contextmanager
def speaking_english() -> Iterator[None]:
    """For programs: the values of the JSON interface and of webhooks do not depend on the page's language."""
    with translation.override(settings.LANGUAGE_CODE):
        yield


def day(moment: date) -> str:
    """Tue 1 Dec"""
    return _written(moment, "MMMEd")


def day_and_year(moment: date) -> str:
    """Tue 1 Dec 2026"""
    return _written(moment, "yMMMEd")


def short_day(moment: date) -> str:
    """1 Dec"""
    return _written(moment, "MMMd")


def long_day(moment: date) -> str:
    """1 December 2026"""
    return format_date(moment, "long", locale=_locale())


def weekday(index: int) -> str:
    """Tuesday, of 1; Monday is 0"""
    return str(_locale().days["format"]["wide"][index])


def month(moment: date) -> str:
    """December 2026"""
    return _written(moment, "yMMMM")


def clock(moment: datetime) -> str:
    """14:30, always of 24 hours"""
    return _written(moment, "Hm")


def on_day(day: str, time: str) -> str:
    """Tue 1 Dec, 14:30"""
    pattern: str = _locale().datetime_formats["medium"]
    return str(pattern).format(time, day)


def dated(moment: datetime) -> str:
    """Tue 10 Mar 2026, 13:04 CET (12:04 UTC): in the current time zone, for texts that are read on any day."""
    local, utc = timezone.localtime(moment), moment.astimezone(UTC)
    if local.utcoffset() == utc.utcoffset():
        return on_day(day_and_year(utc), f"{clock(utc)} UTC")
    there = f"{clock(utc)} UTC"
    if utc.date() != local.date():
        there = on_day(short_day(utc), there)
    return f"{on_day(day_and_year(local), clock(local))} {local.tzname()} ({there})"


def listed(names: Iterable[str]) -> str:
    """payments, checkout and search"""
    found = list(names)
    words = format_list(found, locale=_locale())
    if translation.get_language() == "es" and len(found) > 1 and SPOKEN_LIKE_Y.match(found[-1]):
        return f"{words.removesuffix(f'y {found[-1]}')}e {found[-1]}"
    return words


def percent(value: float) -> str:
    """99.71%"""
    return gettext("%(number)s%%") % {"number": format_decimal(value, "0.##", locale=_locale())}


def _written(moment: date, skeleton: str) -> str:
    locale = _locale()
    return parse_pattern(_pattern(locale, skeleton)).apply(moment, locale)


@cache
def _pattern(locale: Locale, skeleton: str) -> str:
    if locale.language == "en" and skeleton in ENGLISH:
        return ENGLISH[skeleton]
    return str(locale.datetime_skeletons[skeleton])


def _locale() -> Locale:
    language = translation.get_language() or settings.LANGUAGE_CODE
    return _parsed(LOCALES.get(language, language.replace("-", "_")))


@cache
def _parsed(name: str) -> Locale:
    return Locale.parse(name)
