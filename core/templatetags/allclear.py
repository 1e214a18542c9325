"""The small vocabulary every page speaks: icons, severity plates, status clocks, times in two zones."""

import re
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from urllib.parse import urlencode

import lucide
from django import forms, template
from django.templatetags.static import static
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from core.addresses import address
from core.appearance import (
    EVENT_LOOK,
    EVIDENCE_ICONS,
    LINK_ICONS,
    MILESTONE_ICONS,
    SERVICE_LOOK,
    STATE_LOOK,
    STATUS_LOOK,
)
from core.icons import SPRITE, clock_name, in_sprite
from core.record_protocols import Event, Gap, Named, Schedule, Severity
from core.text import in_words, length_in_words, render_document, render_markdown, written_day

register = template.Library()
RECORDED_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)")
RECORDED_DAY = re.compile(r"\d{4}-\d\d-\d\d")


@register.simple_tag
@cache
def icon(name: str, classes: str = "") -> SafeString:
    """A lucide icon, 16 px unless `classes` says i-sm or i-lg; hidden from screen readers."""
    looks = f"i {classes}".strip()
    if name not in in_sprite():
        return SafeString(lucide._render_icon(name, None, **{"class": looks, "aria_hidden": "true"}))
    return format_html(
        '<svg class="{}" aria-hidden="true"><use href="{}#{}"/></svg>', looks, static(SPRITE), name
    )


@register.simple_tag
def sev(severity: Severity) -> SafeString:
    return format_html('<span class="sev sev-{}">{}</span>', severity.rank, severity.name)


@register.simple_tag
@cache
def status_mark(status: str, label: str = "", *, bare: bool = False) -> SafeString:
    """The clock that fills, with its word; `bare` keeps the word for screen readers only."""
    tone, fill = STATUS_LOOK[status]
    word = label or {"triage": "Suspected"}.get(status, status.capitalize())
    text = format_html('<span class="sr-only">{}</span>', word) if bare else word
    return format_html(
        '<span class="st st-{}"{}><svg aria-hidden="true"><use href="{}#{}"/></svg>{}</span>',
        tone,
        format_html(' title="{}"', word) if bare else "",
        static(SPRITE),
        clock_name(fill),
        text,
    )


@register.simple_tag
def service_mark(impact: str) -> SafeString:
    tone, name, word = SERVICE_LOOK[impact or "operational"]
    return format_html(
        '<span class="inline-flex items-center gap-1.5 {}">{}{}</span>', tone, icon(name, "i-sm"), word
    )


@register.simple_tag
def state_pill(state: str, label: str) -> SafeString:
    tone, name = STATE_LOOK[state]
    return format_html('<span class="pill {}">{}{}</span>', tone, icon(name), label)


@register.simple_tag
def state_mark(state: str, label: str) -> SafeString:
    tone, name = STATE_LOOK[state]
    return format_html(
        '<span class="inline-flex items-center gap-1.5 {}">{}{}</span>',
        tone or "muted",
        icon(name, "i-sm"),
        label,
    )


@register.simple_tag(takes_context=True)
def avatar(context: template.Context, user: Named | None, size: str = "") -> SafeString:
    me = getattr(context.get("request"), "user", None)
    own = "av-me" if user is not None and user == me else ""
    if user is None:
        return format_html('<span class="av av-empty {}" aria-hidden="true"></span>', size)
    return format_html('<span class="av {} {}" aria-hidden="true">{}</span>', own, size, user.initials)


@register.simple_tag(takes_context=True)
def person(context: template.Context, user: object) -> str:
    """A name, or “You”."""
    me = getattr(context.get("request"), "user", None)
    return "You" if user == me else str(user)


@register.filter
def duration(span: timedelta | None) -> str:
    return "" if span is None else in_words(span)


@register.filter
def length_of(count: int) -> str:
    """A number of minutes as a length: 15 min · 4 h · 1 d."""
    return length_in_words(count)


@register.filter
def since(moment: datetime | None) -> str:
    return "" if moment is None else in_words(timezone.now() - moment)


@register.simple_tag
def ticking(kind: str, moment: datetime | None, until: datetime | None = None) -> SafeString:
    """A time span that counts by itself: `elapsed` or `ago`, rendered here and kept by the browser."""
    if moment is None:
        return SafeString('<span class="muted">none yet</span>')
    words = in_words((until or timezone.now()) - moment)
    if until:
        return format_html("{}", words)
    return format_html(
        '<time datetime="{}" data-tick="{}">{}{}</time>',
        moment.isoformat(),
        kind,
        words,
        " ago" if kind == "ago" else "",
    )


@register.simple_tag
def due(moment: datetime | None) -> SafeString:
    """in 34 min → timer and amber in the last five minutes → clock-alert and red when overdue."""
    if moment is None:
        return SafeString('<span class="muted">on change</span>')
    left = (moment - timezone.now()).total_seconds()
    mark: str
    if left < 0:
        tone, mark, words = (
            "overdue",
            icon("clock-alert", "i-sm"),
            f"{in_words(timedelta(seconds=-left))} overdue",
        )
    elif left <= 300:
        tone, mark, words = "due-soon", icon("timer", "i-sm"), f"in {int(left // 60)}:{int(left % 60):02d}"
    else:
        tone, mark, words = "", "", f"in {in_words(timedelta(seconds=left))}"
    return format_html(
        '<time class="inline-flex items-center gap-1.5 {}" datetime="{}" data-tick="due">{}<span>{}</span></time>',
        tone,
        moment.isoformat(),
        mark,
        words,
    )


@register.simple_tag
def late(schedule: Schedule | None, reference: str = "") -> str:
    """What a tab's title begins with while an update is overdue: “(!) 4 min late · INC-142 · ”."""
    if schedule is None or not schedule.is_overdue:
        return ""
    words = f"(!) {in_words(timezone.now() - schedule.due_at)} late · "
    return words + (f"{reference} · " if reference else "")


@register.simple_tag
def clock(moment: datetime | None, *, seconds: bool = False) -> SafeString:
    """A time of day, local over UTC, as the timeline's first column shows it."""
    if moment is None:
        return SafeString("")
    local, utc = timezone.localtime(moment), moment.astimezone(UTC)
    form = "%H:%M:%S" if seconds else "%H:%M"
    return format_html(
        '<time class="tl-t" datetime="{}" title="{}">{}<span class="utc">{}Z</span></time>',
        f"{utc:%Y-%m-%dT%H:%M:%SZ}",
        f"{local:%a} {local.day} {local:%b %Y %H:%M:%S %Z} · {utc:%H:%M:%S} UTC",
        local.strftime(form),
        utc.strftime(form),
    )


@register.simple_tag
def moment(value: datetime | None, *, date: bool = False) -> SafeString:
    """A time inside a sentence: 03:58 (02:58 UTC); with the day where it is not today or asked for."""
    if value is None:
        return SafeString('<span class="muted">not known</span>')
    local, utc, today = timezone.localtime(value), value.astimezone(UTC), timezone.localdate()
    other_day = date or local.date() != today
    day = f"{local.day} {local:%b} " + (f"{local.year} " if local.year != today.year else "")
    utc_day = f"{utc.day} {utc:%b} " if utc.date() != local.date() else ""
    return format_html(
        '<time datetime="{}">{}{} <span class="utc">({}{} UTC)</span></time>',
        f"{utc:%Y-%m-%dT%H:%M:%SZ}",
        day if other_day else "",
        f"{local:%H:%M}",
        utc_day,
        f"{utc:%H:%M}",
    )


@register.simple_tag(takes_context=True)
def query(context: template.Context, **changes: Any) -> str:
    """The current query string with some values replaced; an empty value drops the key."""
    values = context["request"].GET.copy()
    for key, value in changes.items():
        if value in ("", None):
            values.pop(key, None)
        else:
            values[key] = value
    return f"?{values.urlencode()}"


@register.filter
def markdown(text: str) -> SafeString:
    return render_markdown(text)


@register.filter
def document(text: str) -> SafeString:
    return render_document(text)


@register.simple_tag(name="address")
def address_tag(url_name: str, *args: object) -> str:
    """As `url`, for what a page names many times."""
    return address(url_name, *args)


@register.simple_tag
def opens(url_name: str, *args: object, **query_values: object) -> SafeString:
    """The attributes of a link whose form opens in the dialog (dialogs.js), and as a page without JavaScript."""
    url = address(url_name, *args)
    if query_values:
        url += "?" + urlencode(query_values)
    return format_html('href="{}" data-opens', url)


@register.filter
def shape(event: Event) -> str:
    return EVENT_LOOK[event.kind][2]


@register.simple_tag
def event_mark(event: Event) -> SafeString:
    name, tone, _ = EVENT_LOOK[event.kind]
    if event.kind == "milestone":
        name = MILESTONE_ICONS.get(event.data.get("milestone") or event.data.get("was", ""), name)
    if event.kind == "severity" and not event.phase:
        name, tone = "chevrons-down", ""
    return format_html('<span class="tl-m {}">{}</span>', tone, icon(name))


@register.simple_tag
def kind_icon(group: str, kind: str) -> SafeString:
    table = EVIDENCE_ICONS if group == "evidence" else LINK_ICONS
    return icon(table.get(kind, "link"), "i-sm muted" if group == "link" else "")


@register.simple_tag
def spent(start: datetime, end: datetime) -> int:
    """How much of a time box is gone, in tenths, 0 to 10; for the bar's width class."""
    whole = (end - start).total_seconds()
    return max(0, min(10, round(10 * (timezone.now() - start).total_seconds() / whole))) if whole else 10


@register.filter
def seconds(count: int) -> str:
    """± of a time: 60 → “1 min”, 30 → “30 s”."""
    return f"{count // 60} min" if count % 60 == 0 else f"{count} s"


@register.filter
def attribute(thing: object, name: str) -> Any:
    """A field of a record by name, for “what stands now” beside a form that came too late."""
    return getattr(thing, name, "")


@register.filter
def bound(form: forms.BaseForm, name: str) -> forms.BoundField:
    return form[name]


@register.filter
def people_once(assignments: list[Any]) -> list[Any]:
    """The people behind assignments of roles, each once, in their order."""
    return list({assignment.user_id: assignment.user for assignment in assignments}.values())


@register.filter
def soonest(severity: Severity) -> int | None:
    """The shortest running cadence of a severity in minutes, from its loaded cadences."""
    return min(
        (c.investigating_minutes for c in severity.cadences.all() if c.investigating_minutes), default=None
    )


@register.filter
def minutes(count: int | None) -> str:
    """20 min · 4 h · day"""
    if count is None:
        return ""
    if count % 1440 == 0:
        return "day" if count == 1440 else f"{count // 1440} days"
    return f"{count // 60} h" if count % 60 == 0 and count > 60 else f"{count} min"


@register.simple_tag
def cadence(severity: Severity, audience: str) -> str:
    """“updates every 20 min”, from the severity's loaded cadences, while it is investigated."""
    found = severity.cadence_for(audience)
    minutes = found.investigating_minutes if found else None
    return f"updates every {minutes} min" if minutes else "updates on change"


BROWSERS = (
    "Firefox",
    "Edg",
    "OPR",
    "Chrome",
    "Safari",
)  # in this order: each later one is claimed by earlier ones
SYSTEMS = ("iPhone", "iPad", "Android", "Windows", "Mac OS X", "Linux")
CALLED = {"Edg": "Edge", "OPR": "Opera", "Mac OS X": "Mac"}


@register.filter
def device(user_agent: str) -> str:
    """“Firefox on Linux”, as far as the browser says so."""
    browser = next((name for name in BROWSERS if name in user_agent), "")
    system = next((name for name in SYSTEMS if name in user_agent), "")
    if not browser:
        return user_agent.split("/")[0][:40] or "Unknown device"
    return CALLED.get(browser, browser) + (f" on {CALLED.get(system, system)}" if system else "")


@register.filter
def told(value: object) -> str:
    """A recorded value in words: lists joined, yes and no, times on both clocks, nothing named as such."""
    if value in (None, "", []):
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return format_html_join(", ", "{}", ((told(one),) for one in value))
    if isinstance(value, dict):
        pairs = ((name.replace("_", " "), told(one)) for name, one in value.items())
        return format_html_join(", ", "{} {}", pairs)
    if isinstance(value, str) and RECORDED_TIME.fullmatch(value):
        return moment(parse_datetime(value), date=True)
    if isinstance(value, str) and RECORDED_DAY.fullmatch(value) and (day := parse_date(value)):
        return written_day(day)
    return str(value)


@register.simple_tag
def two_clocks() -> SafeString:
    """The time now where the reader is, and in UTC: 03:54 Berlin · 02:54 UTC; the browser keeps both running."""
    now, zone = timezone.now(), timezone.get_current_timezone_name()
    place = zone.rsplit("/", 1)[-1].replace("_", " ")
    local = format_html('<span data-clock="{}">{}</span> {}', zone, f"{timezone.localtime(now):%H:%M}", place)
    if zone == "UTC":
        return local
    return format_html('{} · <span data-clock="UTC">{}</span> UTC', local, f"{now:%H:%M}")


@register.filter
def sentence(text: str) -> str:
    """With one full stop at its end, whether or not its author wrote one."""
    return text if text.endswith((".", "!", "?", "…", "。", "！", "？")) else f"{text}."


@register.filter
def signed(span: timedelta) -> str:
    """A length that may lie the other way round: “−4 min”."""
    return f"−{in_words(-span)}" if span < timedelta() else in_words(span)


@register.filter
def grouped(number: float) -> str:
    """1,240,000"""
    return f"{number:,}"


@register.filter
def gap_length(row: Gap) -> str:
    return in_words(row.ended_at - row.occurred_at)
