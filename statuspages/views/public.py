"""What anybody reads. Which page and what headers: statuspages.views.responses; what is on it: statuspages.public_routes."""

from statuspages import public_routes
from statuspages.models import StatusPage
from statuspages.months import MonthPage
from statuspages.public_routes import Answer, Frame
from statuspages.status_snapshot import Window, read
from statuspages.views.responses import public

OUTSIDE = Frame()


@public
def public_index(page: StatusPage) -> Answer:
    return public_routes.index(read(page), OUTSIDE)


@public
def public_history(page: StatusPage) -> Answer:
    return public_routes.history(read(page, public_routes.HISTORY), OUTSIDE)


@public
def public_month(page: StatusPage, month: MonthPage) -> Answer:
    return public_routes.history_of(read(page, public_routes.window_of(month)), OUTSIDE, month)


@public
def public_incident(page: StatusPage, code: str) -> Answer:
    return public_routes.incident(read(page, Window(code=code, has_bars=False)), OUTSIDE, code)


@public
def public_maintenance(page: StatusPage, code: str) -> Answer:
    return public_routes.maintenance(read(page, public_routes.MAINTENANCE), OUTSIDE, code)


@public
def public_calendar(page: StatusPage, code: str = "") -> Answer:
    return public_routes.calendar(read(page, Window(past_maintenance=bool(code))), code)


@public
def public_feed(page: StatusPage, form: str) -> Answer:
    return public_routes.feed(read(page), form)


@public
def public_badge(page: StatusPage) -> Answer:
    return public_routes.status_badge(read(page))


@public
def public_style(page: StatusPage, version: str) -> Answer:
    return public_routes.style(page, version)


@public
def public_logo(page: StatusPage, version: str) -> Answer:
    return public_routes.logo(page, version)


@public
def public_api(page: StatusPage, name: str) -> Answer:
    return public_routes.document(read(page), name)
