"""In which months incidents appeared on a page, and which of them its history loads."""

from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet

from incidents.models.communication import StatusUpdateQuerySet
from statuspages.models import StatusPage
from statuspages.uptime import midnight

Month = tuple[int, int]  # (2026, 11)


class MonthPage(NamedTuple):
    """One of the pages that a month has by itself."""

    year: int
    number: int
    page: int = 1

    @property
    def month(self) -> Month:
        return self.year, self.number

    def __str__(self) -> str:
        """2026-11, 2026-11/2"""
        return f"{self.year:04d}-{self.number:02d}" + (f"/{self.page}" if self.page > 1 else "")


def month_of(moment: datetime, page: StatusPage) -> Month:
    local = moment.astimezone(page.zone)
    return local.year, local.month


def first_updates(told: StatusUpdateQuerySet, here: StatusUpdateQuerySet) -> StatusUpdateQuerySet:
    """Of the updates `here` on a page the one by which each incident appeared; `told` are all that it may show."""
    before = told.filter(incident=OuterRef("incident"), posted_at__lt=OuterRef("posted_at"))
    return here.filter(~Exists(before)).order_by()


def months_of(page: StatusPage, firsts: StatusUpdateQuerySet) -> list[Month]:
    """The months in which an incident appeared: each is asked for one of them, not for all."""
    sql, params = firsts.values("posted_at").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT month FROM (
              SELECT generate_series(date_trunc('month', min(posted_at) AT TIME ZONE %s), max(posted_at) AT TIME ZONE %s,
                interval '1 month') AS month FROM incidents_statusupdate) AS months
            CROSS JOIN LATERAL (SELECT FROM ({sql}) AS told WHERE posted_at >= month AT TIME ZONE %s
              AND posted_at < (month + interval '1 month') AT TIME ZONE %s LIMIT 1) AS one""",  # noqa: S608
            [page.time_zone, page.time_zone, *params, page.time_zone, page.time_zone],
        )
        return [(month.year, month.month) for (month,) in cursor.fetchall()]


def appeared_in(page: StatusPage, firsts: StatusUpdateQuerySet, months: list[Month]) -> StatusUpdateQuerySet:
    """Those of these months, and of the ones between them: nothing appeared there."""
    if not months:
        return firsts.none()
    first = midnight(date(*min(months), 1), page.zone)
    after = midnight((date(*max(months), 1) + timedelta(days=31)).replace(day=1), page.zone)
    return firsts.filter(posted_at__gte=first, posted_at__lt=after)


def newest_in_each(
    page: StatusPage, firsts: StatusUpdateQuerySet, months: list[Month], most_a_month: int | None
) -> list[QuerySet[Any, Any]]:
    """(incident, when it appeared) of these months, of each the newest, no more than that: each is read that far."""
    if most_a_month is None or not months:
        return [appeared_in(page, firsts, months).values_list("incident_id", "posted_at")]
    by_month = (appeared_in(page, firsts, [month]) for month in months)
    newest_first = [one.order_by("-posted_at", "-incident_id") for one in by_month]
    return [one.values_list("incident_id", "posted_at")[:most_a_month] for one in newest_first]
