"""Is what a real Prometheus answers read: values, refusals, several lines, gaps?"""

from datetime import UTC, datetime, timedelta

import pytest

from signals.models import DataSource
from signals.sources.dialects import fetch, probe
from signals.sources.values import UnreadableError
from tests.faults.conftest import until

WITHIN = 60  # seconds, on a machine that is busy


@pytest.fixture
def ask(monitoring, gauge, settings, monkeypatch):
    """`ask(query)`: what it answers for the last half hour, once it has scraped our gauge."""
    settings.OUTBOUND_ALLOW = ["127.0.0.0/8"]
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    gauge.set(a=3, b=4)
    monitoring.start([{"name": "nobody"}])
    assert until(lambda: monitoring.query("orders_failing"), seconds=WITHIN)
    source = DataSource(name="Prometheus", kind="prometheus", url=f"http://127.0.0.1:{monitoring.prometheus}")

    def asked(query: str) -> list[float]:
        end = datetime.now(UTC) + timedelta(minutes=1)  # so that the minute that runs is among them
        found = fetch(source, query=query, start=end - timedelta(minutes=30), end=end)
        return list(found.values())

    probe(source)
    return asked


def test_what_it_answers(ask):
    assert set(ask("sum(orders_failing)")) == {7.0}
    assert set(ask("1")) == {1.0}
    assert ask("sum(orders_failing) / 0 * 0") == []  # NaN
    assert ask("sum(orders_failing) / 0") == []  # +Inf
    assert ask("no_such_metric") == []
    with pytest.raises(UnreadableError, match="2 lines"):
        ask("orders_failing")
    with pytest.raises(UnreadableError, match=r"The query was refused: .*parse error"):
        ask("sum(")
    with pytest.raises(UnreadableError, match='expression type "string"'):
        ask("'x'")
