"""Does a list of any length cost the same, and say how many there are only as far as it counted?"""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core import paging
from core.paging import Pages
from incidents.models import Service


@pytest.fixture
def services(db, monkeypatch):
    """Eleven services, of which lists count five."""
    monkeypatch.setattr(paging, "COUNTED", 5)
    Service.objects.all().delete()
    Service.objects.bulk_create(Service(name=f"service {n:02}", slug=f"service-{n:02}") for n in range(11))
    return Service.objects.order_by("name")


def names(page) -> list[str]:
    return [service.name[-2:] for service in page]


def test_all_pages_are_reached_beyond_what_is_counted(services):
    pages = Pages(services, 3)
    assert pages.told_count == "5+"
    assert not pages.is_counted
    shown = [pages.get_page(number) for number in (1, 2, 3, 4)]
    assert [name for page in shown for name in names(page)] == [f"{n:02}" for n in range(11)]
    assert [page.has_next() for page in shown] == [True, True, True, False]
    assert [page.has_previous() for page in shown] == [False, True, True, True]


def test_few_are_counted(services):
    pages = Pages(services.filter(name__lt="service 05"), 3)
    assert (pages.told_count, pages.is_counted, pages.num_pages) == ("5", True, 2)
    assert not pages.get_page(2).has_next()


def test_none(services):
    page = Pages(services.none(), 3).get_page(1)
    assert (list(page), page.has_next(), page.has_other_pages(), page.paginator.told_count) == (
        [],
        False,
        False,
        "0",
    )


@pytest.mark.parametrize(("asked", "shown"), [("x", 1), ("0", 1), ("-3", 1), ("99", 1), (None, 1)])
def test_a_page_that_is_not_there(services, asked, shown):
    assert Pages(services, 3).get_page(asked).number == shown


def test_neither_question_reads_more_than_it_shows(services):
    with CaptureQueriesContext(connection) as asked:
        list(Pages(services, 3).get_page(2))
    limits = [query["sql"].rpartition("LIMIT")[2].split()[0].rstrip(")") for query in asked]
    assert limits == ["6", "4"]
