"""Does the list of status pages count right, and without work that grows faster than what is counted?"""

import json
from collections.abc import Iterator

import pytest
from django.utils import timezone

from statuspages.models import Component, PageSubscriber, StatusPage


@pytest.fixture
def large(shop):
    Component.objects.bulk_create(Component(page=shop, name=f"Part {n}", order=n) for n in range(38))
    PageSubscriber.objects.bulk_create(
        PageSubscriber(
            page=shop,
            address=f"reader{n}@example.test",
            confirmed_at=timezone.now() if n % 2 else None,
        )
        for n in range(200)
    )
    StatusPage.objects.create(name="Empty", slug="empty")
    return shop


def rows_of(plan: dict) -> Iterator[int]:
    yield plan["Actual Rows"] * plan["Actual Loops"]
    for part in plan.get("Plans", []):
        yield from rows_of(part)


def test_counts(large):
    found = {page.slug: page for page in StatusPage.objects.with_counts()}
    shown = large.components.count(), large.subscribers.filter(confirmed_at__isnull=False).count()
    assert (found["shop"].component_count, found["shop"].subscriber_count) == shown == (40, 100)
    assert (found["empty"].component_count, found["empty"].subscriber_count) == (0, 0)


def test_never_components_times_subscribers(large):
    explained = json.loads(StatusPage.objects.with_counts().explain(analyze=True, format="json"))
    assert max(rows_of(explained[0]["Plan"])) <= 400
