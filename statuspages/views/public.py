"""What anybody reads. Which page and what headers: statuspages.views.answers; what is on it: statuspages.surface."""

from statuspages import surface
from statuspages.models import StatusPage
from statuspages.reading import Window, read
from statuspages.surface import Answer, Frame
from statuspages.views.answers import public

OUTSIDE = Frame()


@public
def public_index(page: StatusPage) -> Answer:
    return surface.index(read(page), OUTSIDE)


@public
def public_history(page: StatusPage) -> Answer:
    return surface.history(read(page, Window(newest_months=surface.MONTHS)), OUTSIDE)


@public
def public_month(page: StatusPage, month: tuple[int, int]) -> Answer:
    return surface.history(read(page, Window(month=month)), OUTSIDE, month)


@public
def public_incident(page: StatusPage, code: str) -> Answer:
    return surface.incident(read(page, Window(code=code)), OUTSIDE, code)


@public
def public_maintenance(page: StatusPage, code: str) -> Answer:
    return surface.maintenance(read(page, Window(past_maintenance=True)), OUTSIDE, code)


@public
def public_calendar(page: StatusPage, code: str = "") -> Answer:
    return surface.calendar(read(page, Window(past_maintenance=bool(code))), code)


@public
def public_feed(page: StatusPage, form: str) -> Answer:
    return surface.feed(read(page), form)


@public
def public_badge(page: StatusPage) -> Answer:
    return surface.status_badge(read(page))


@public
def public_style(page: StatusPage, version: str) -> Answer:
    return surface.style(page, version)


@public
def public_logo(page: StatusPage, version: str) -> Answer:
    return surface.logo(page, version)


@public
def public_api(page: StatusPage, name: str) -> Answer:
    return surface.document(read(page), name)
