"""Setting up a page: what it is called, what it lists, in which order."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.utils.text import slugify

from accounts.models import User
from audit import context
from audit.workflow import INSTALLATION, record_audit
from core.text import one_line
from incidents.models import ServiceImpact
from incidents.workflow.schedules import reschedule_running
from statuspages.accent import accent_of, normal
from statuspages.logo import logo_of
from statuspages.look import version_of
from statuspages.models import Component, ComponentGroup, ComponentState, PageLogo, StatusPage
from statuspages.workflow.common import LOOK, facts, lock, record, require_announcer, require_editor
from statuspages.workflow.subscribing import forget

SHORT = 50  # characters of a short name that is made of a name
DECIDE_READERS = ("is_published", "is_default", "audience")
"""What of a page decides whose incidents it shows, and to whom."""


def short_name_of(name: str) -> str:
    """A short name made of a page's name; "" where that has no letters for it."""
    return slugify(name)[:SHORT].strip("-")


def check_host(host: str) -> str:
    """Only a name that was set aside for this: nobody turns Allclear's own address into a status page."""
    host = host.strip().lower()
    if host and host not in settings.STATUS_HOSTS:
        raise ValidationError(
            f"Add {host} to ALLCLEAR_STATUS_HOSTS first, and restart Allclear. The operating guide says how."
        )
    return host


def complete_page(page: StatusPage) -> StatusPage:
    """With a short name where none is said. Raises ValidationError naming the field that cannot be kept."""
    page.slug = page.slug or short_name_of(page.name)
    with naming("host"):
        page.host = check_host(page.host)
    page.full_clean()
    return page


@transaction.atomic
def keep_page(*, by: User, page: StatusPage) -> StatusPage:
    """Add or change a page as it is filled in. There is one default page at most among those of an audience."""
    require_editor(by)
    others = _lock_with_others(page)
    before = facts(lock(page)) if page.pk else {}
    page.name = one_line(page.name)
    if page.is_default:
        for other in others:
            told = facts(other)
            other.is_default = False
            other.save(update_fields=["is_default"])
            record(other, "status_page.changed", other, by, before=told, after=facts(other))
    page.save(
        update_fields=None if page._state.adding else [name for name in facts(page) if name not in LOOK]
    )
    after = facts(page)
    record(page, _done("status_page", before), page, by, before=before, after=after)
    if any(before.get(name) != after[name] for name in DECIDE_READERS):
        reschedule_running()
    return page


def _lock_with_others(page: StatusPage) -> list[StatusPage]:
    """Lock what becoming the default page may change, and return the default pages beside it.

    All pages of the audience, and in one order: two people who make two pages the default wait for each other,
    neither forever nor past each other.
    """
    if not page.is_default:
        return []
    pages = StatusPage.objects.filter(Q(audience=page.audience) | Q(pk=page.pk)).order_by("pk")
    return [
        p for p in pages.select_for_update() if p.is_default and p.audience == page.audience and p != page
    ]


@transaction.atomic
def keep_look(
    *, by: User, page: StatusPage, accent: str, logo: bytes | None, removes_logo: bool = False
) -> StatusPage:
    """Another accent colour (#rrggbb, or none), and another logo where one is given.

    The colour is kept as it was chosen; for text it is made darker or lighter until each theme can be read.
    """
    require_editor(by)
    page = lock(page)
    before = facts(page)
    with naming("accent"):
        page.accent = normal(accent) if accent.strip() else ""
    shades = accent_of(page.accent) if page.accent else None
    page.accent_light = shades.light.colour if shades else ""
    page.accent_dark = shades.dark.colour if shades else ""
    page.accent_on = shades.on if shades else ""
    if logo:
        with naming("logo"):
            picture = logo_of(logo)
        PageLogo.objects.update_or_create(page=page, defaults={"content": picture.content})
        page.logo_version = version_of(picture.content)
        page.logo_width, page.logo_height = picture.width, picture.height
        page.logo_plate = picture.plate
    elif removes_logo:
        PageLogo.objects.filter(page=page).delete()
        page.logo_version = page.logo_plate = ""
        page.logo_width = page.logo_height = 0
    page.save()
    record(page, "status_page.look_changed", page, by, before=before, after=facts(page))
    return page


@contextmanager
def naming(field: str) -> Iterator[None]:
    """What is refused inside is refused at this field of the form."""
    try:
        yield
    except ValidationError as refusal:
        raise ValidationError({field: refusal.messages}) from refusal


@transaction.atomic
def remove_page(*, by: User, page: StatusPage) -> None:
    """Only a page that nobody can see any more: publishing is taken back first, on purpose."""
    require_editor(by)
    page = lock(page)
    if page.is_published:
        raise ValidationError("Take the page back to a draft first.")
    record_audit(
        chain=INSTALLATION,
        action="status_page.deleted",
        subject=str(page),
        by=by,
        changes={name: [value, None] for name, value in facts(page).items()},
    )
    page.delete()


@transaction.atomic
def keep_group(*, by: User, group: ComponentGroup) -> ComponentGroup:
    require_editor(by)
    page = lock(group.page)
    before = facts(ComponentGroup.objects.filter(pk=group.pk).first())
    if group.pk is None:
        group.order = _next_place(page.groups.all())
    group.save()
    record(page, _done("component_group", before), group, by, before=before, after=facts(group))
    return group


@transaction.atomic
def keep_component(*, by: User, component: Component) -> Component:
    require_editor(by)
    page = lock(component.page)
    before = facts(Component.objects.filter(pk=component.pk).first())
    if component.group and component.group.page_id != page.pk:
        raise ValidationError({"group": "This group is on another page."})
    component.name = one_line(component.name)
    if component.pk is None:
        component.order = _next_place(page.components.all())
    component.save()
    after = facts(component)
    record(page, _done("component", before), component, by, before=before, after=after)
    if page.is_published and before.get("service") != after["service"]:
        reschedule_running()
    return component


@transaction.atomic
def remove_from_page(*, by: User, entry: Component | ComponentGroup) -> None:
    """A component goes with its bars, and with the subscriptions to it alone; of a group, the components stay."""
    require_editor(by)
    page = lock(entry.page)
    before = facts(entry)
    action = "component.deleted" if isinstance(entry, Component) else "component_group.deleted"
    record(page, action, entry, by, before=before, after={})
    if isinstance(entry, Component):
        for subscriber in list(page.subscribers.of_nothing_else(entry).select_related("channel")):
            forget(subscriber)
    entry.delete()
    if page.is_published:
        reschedule_running()


@transaction.atomic
def move_on_page(*, by: User, entry: Component | ComponentGroup, up: bool) -> None:
    """One place up or down among its neighbours; at the end it stays where it is."""
    require_editor(by)
    page = lock(entry.page)
    rows: Any = page.groups.all()
    if isinstance(entry, Component):
        rows = page.components.filter(group=entry.group).order_by("order", "pk")
    neighbours = list(rows)
    place = neighbours.index(entry)
    other = place - 1 if up else place + 1
    if not 0 <= other < len(neighbours):
        return
    neighbours[place], neighbours[other] = neighbours[other], neighbours[place]
    for order, row in enumerate(neighbours):
        if row.order != order:
            type(row)._default_manager.filter(pk=row.pk).update(order=order)
    record(page, "component.moved", entry, by, before={"place": place + 1}, after={"place": other + 1})


@transaction.atomic
def set_component_state(*, by: User, component: Component, impact: str | None) -> ComponentState | None:
    """How a component without a service is from now on; None: operational again."""
    require_announcer(by)
    page = lock(component.page)
    if component.service_id:
        raise ValidationError(f"{component} follows the service {component.service}.")
    if impact is not None and impact not in ServiceImpact.values:
        raise ValidationError({"impact": "Choose operational, degraded, partial outage or major outage."})
    now = context.now()
    running = component.states.filter(ended_at__isnull=True).first()
    before = running.impact if running else None
    if before == impact:
        return running
    if running:
        running.ended_at = now
        running.save(update_fields=["ended_at"])
    current = component.states.create(impact=impact, started_at=now) if impact else None
    record(page, "component.state_changed", component, by, before={"state": before}, after={"state": impact})
    return current


def _next_place(rows: models.QuerySet[Any]) -> int:
    last = rows.aggregate(last=models.Max("order"))["last"]
    return 0 if last is None else last + 1


def _done(what: str, before: dict[str, Any]) -> str:
    return f"{what}.changed" if before else f"{what}.added"
