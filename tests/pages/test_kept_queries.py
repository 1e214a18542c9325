"""Are the queries of often asked pages put together once, and do they still answer each person alone?"""

import cProfile
import pstats
from pathlib import Path

import pytest

from accounts.models import User
from incidents.workflow import raise_hypothesis


def _put_together(client, path: str) -> int:
    """How many queries Django turned into SQL for one GET, subqueries apart."""
    client.get(path)
    profile = cProfile.Profile()
    answer = profile.runcall(client.get, path)
    assert answer.status_code == 200
    calls = {(Path(file).name, name): row[1] for (file, _, name), row in pstats.Stats(profile).stats.items()}
    return calls["compiler.py", "execute_sql"] - calls.get(("kept_queries.py", "as_sql"), 0)


@pytest.mark.parametrize("part", ["", "head/", "rail/"])
def test_an_incident_puts_at_most_four_queries_together(client, commander, incident, part):
    client.force_login(commander)
    assert _put_together(client, incident.get_absolute_url() + part) <= 4  # session, person, schedules


def test_each_person_sees_what_is_theirs(client, commander, outsider, incident):
    """One after the other, in one process, with the same query."""
    raise_hypothesis(incident=incident, by=commander, claim="The pool is empty")
    incident.is_private = True
    incident.save()
    for person, status in ((commander, 200), (outsider, 404), (commander, 200)):
        client.force_login(person)
        assert client.get(incident.get_absolute_url()).status_code == status
    User.objects.filter(pk=outsider.pk).update(sees_private_incidents=True)
    client.force_login(outsider)
    assert "The pool is empty" in client.get(incident.get_absolute_url()).text
