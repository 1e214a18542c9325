from datetime import timedelta

import pytest

from audit import context
from timeline.workflow import write_event


@pytest.fixture
def ago(db):
    """`ago(minutes=5)`: that long before now."""
    return lambda **length: context.now() - timedelta(**length)


@pytest.fixture
def note(incident, responder):
    return write_event(incident=incident, by=responder, text="Errors rise")
