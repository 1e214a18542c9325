import copy
import json
from pathlib import Path

import pytest

SMALL_DAY = Path(__file__).parent.parent / "data" / "small_day.json"


@pytest.fixture(scope="session")
def _small_day() -> dict:
    return json.loads(SMALL_DAY.read_text())


@pytest.fixture
def day(_small_day) -> dict:
    """Our own synthetic day: overnight, same-second events, severity raised and lowered, identified before declared."""
    return copy.deepcopy(_small_day)
