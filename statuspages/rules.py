"""The rule of what repeats, told in the language in use: English for the team, the page's own for its readers."""

from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext, pgettext_lazy

from statuspages.languages import listed, long_day, weekday
from statuspages.recurrence import DAILY, LAST_DAY, PLACES, WEEKDAYS, WEEKLY, Recurrence

# Some languages write “first” another way before Saturday and Sunday.
ON_WORKDAYS: dict[str, Promise] = {
    "1": pgettext_lazy("Monday to Friday", "first"),
    "2": pgettext_lazy("Monday to Friday", "second"),
    "3": pgettext_lazy("Monday to Friday", "third"),
    "4": pgettext_lazy("Monday to Friday", "fourth"),
    "-1": pgettext_lazy("Monday to Friday", "last"),
}
ON_WEEKENDS: dict[str, Promise] = {
    "1": pgettext_lazy("Saturday or Sunday", "first"),
    "2": pgettext_lazy("Saturday or Sunday", "second"),
    "3": pgettext_lazy("Saturday or Sunday", "third"),
    "4": pgettext_lazy("Saturday or Sunday", "fourth"),
    "-1": pgettext_lazy("Saturday or Sunday", "last"),
}


def in_words(rule: Recurrence) -> str:
    """“Repeats every 2 weeks on Sunday, 6 times”"""
    words = _days(rule)
    if rule.ends_on:
        return gettext("%(rule)s, until %(day)s") % {"rule": words, "day": long_day(rule.ends_on)}
    if rule.count:
        told = ngettext("%(rule)s, %(count)d time", "%(rule)s, %(count)d times", rule.count)
        return told % {"rule": words, "count": rule.count}
    return words


def _days(rule: Recurrence) -> str:
    n, day = rule.interval, rule.first.day
    if rule.frequency == DAILY:
        return _every_day(n)
    if rule.frequency == WEEKLY:
        return _in_weeks(rule)
    if rule.month_on == LAST_DAY:
        if n == 1:
            return gettext("Repeats every month on the last day")
        return gettext("Repeats every %(count)d months on the last day") % {"count": n}
    if rule.month_on in PLACES:
        return _counted_weekday(rule)
    if n == 1:
        return gettext("Repeats every month on day %(day)d") % {"day": day}
    return gettext("Repeats every %(count)d months on day %(day)d") % {"count": n, "day": day}


def _every_day(n: int) -> str:
    return gettext("Repeats every day") if n == 1 else gettext("Repeats every %(count)d days") % {"count": n}


def _in_weeks(rule: Recurrence) -> str:
    n, weekdays = rule.interval, rule.weekdays
    if len(weekdays) == len(WEEKDAYS):
        return (
            _every_day(1) if n == 1 else gettext("Repeats every day of every %(count)d weeks") % {"count": n}
        )
    if weekdays == WEEKDAYS[:5]:
        if n == 1:
            return gettext("Repeats from Monday to Friday")
        return gettext("Repeats every %(count)d weeks from Monday to Friday") % {"count": n}
    names = listed([weekday(WEEKDAYS.index(day)) for day in weekdays] or [weekday(rule.first.weekday())])
    if n == 1:
        return gettext("Repeats every %(days)s") % {"days": names}
    return gettext("Repeats every %(count)d weeks on %(days)s") % {"count": n, "days": names}


def _counted_weekday(rule: Recurrence) -> str:
    index = WEEKDAYS.index(rule.weekdays[0]) if rule.weekdays else rule.first.weekday()
    place = (ON_WORKDAYS if index < 5 else ON_WEEKENDS)[rule.month_on]
    told = {"count": rule.interval, "place": place, "day": weekday(index)}
    if rule.interval == 1:
        return gettext("Repeats every month on the %(place)s %(day)s") % told
    return gettext("Repeats every %(count)d months on the %(place)s %(day)s") % told
