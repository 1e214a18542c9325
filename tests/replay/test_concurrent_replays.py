"""The same day replayed by two at once is there once."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from incidents.models import Incident
from replay.drive import replay_document


@pytest.mark.django_db(transaction=True)
def test_one_makes_it_and_the_other_finds_it(day):
    def run(_):
        try:
            return replay_document(day)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(run, range(2)))
    assert sorted(is_new for _, is_new in results) == [False, True]
    assert len({incident.pk for incident, _ in results}) == 1
    assert Incident.objects.count() == 1
