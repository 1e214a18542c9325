"""Fernhill's signals, read from this installation's own made-up measurements."""

from django.conf import settings

from demo.cast import Stage
from signals.models import DataSource
from signals.workflow import add_data_source, add_signal

NAME = "Measurements of the demo"
PATH = "/{name}/?start={{start}}&end={{end}}"
SIGNALS = (
    ("payments-api", "Error rate", "payment-errors", "%", None, 2.0),
    ("payments-api", "Latency, p95", "payment-latency", "ms", None, 400.0),
    ("checkout", "Orders a minute", "orders", "", 40.0, None),
    ("search", "Age of the index", "index-age", "min", None, 30.0),
)


def tell_signals(stage: Stage) -> None:
    ines = stage.people["ines"]
    source = add_data_source(by=ines, name=NAME, kind="json", url=_address())
    for order, (service, name, key, unit, low, high) in enumerate(SIGNALS):
        add_signal(
            by=ines,
            service=stage.services[service],
            name=name,
            source=source,
            query="values",
            path=PATH.format(name=key),
            unit=unit,
            range_kind="fixed",
            low=low,
            high=high,
            order=order,
        )


def follow_address() -> None:
    """The demo may have been started with another port since."""
    DataSource.objects.filter(name=NAME, kind="json").exclude(url=_address()).update(url=_address())


def _address() -> str:
    return f"{settings.PUBLIC_URL}/demo/measurements"
