"""Lists by pages. A page costs the same however many rows there are: nobody counts them all."""

from math import ceil

from django.core.paginator import Page, Paginator
from django.db.models import Model, QuerySet
from django.utils.functional import cached_property

COUNTED = 1000
"""Rows that are counted; of more, a list says “1,000+”."""
MOST_PAGES = 400


class Pages[Row: Model](Paginator):  # type: ignore[type-arg]  # Django's class takes none when it runs
    """Pages of an ordered QuerySet. With more rows than `COUNTED` the last page is not known."""

    def __init__(self, rows: "QuerySet[Row]", per_page: int):
        super().__init__(rows, per_page)
        self.rows = rows

    @cached_property
    def count(self) -> int:
        """At most `COUNTED` + 1."""
        return self.rows.order_by()[: COUNTED + 1].count()

    @property
    def is_counted(self) -> bool:
        return self.count <= COUNTED

    @property
    def told_count(self) -> str:
        return f"{self.count:,}" if self.is_counted else f"{COUNTED:,}+"

    @cached_property
    def num_pages(self) -> int:
        return max(1, ceil(self.count / self.per_page)) if self.is_counted else MOST_PAGES

    def page(self, number: int | str) -> "OpenPage[Row]":
        """The first page in place of a later one that has no rows."""
        number = self.validate_number(number)
        first = (number - 1) * self.per_page
        rows = list(self.rows[first : first + self.per_page + 1])
        if not rows and number > 1:
            return self.page(1)
        return OpenPage(rows[: self.per_page], number, self, has_more=len(rows) > self.per_page)


class OpenPage[Row: Model](Page):  # type: ignore[type-arg]  # as above
    def __init__(self, object_list: list[Row], number: int, paginator: Pages[Row], *, has_more: bool):
        super().__init__(object_list, number, paginator)
        self.has_more = has_more

    def has_next(self) -> bool:
        return self.has_more and self.number < self.paginator.num_pages
