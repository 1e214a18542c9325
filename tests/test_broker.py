"""Does a half-written file in the broker's folder stop nobody?"""

import pytest
from kombu import Connection

from config import broker


@pytest.fixture
def ring(tmp_path):
    """A connection on a folder of its own."""
    broker.use()
    for name in ("queue", "control"):
        (tmp_path / name).mkdir()
    options = {"data_folder_in": str(tmp_path / "queue"), "data_folder_out": str(tmp_path / "queue")}
    options |= {"control_folder": str(tmp_path / "control"), "store_processed": False}
    with Connection("filesystem://localhost", transport_options=options) as connection:
        yield connection


def test_a_half_written_ring_is_passed_over(ring, tmp_path):
    queue = ring.SimpleQueue("rings")
    (tmp_path / "queue" / "0_half.rings.msg").write_bytes(b'{"bo')
    queue.put("whole")
    assert queue.get(timeout=5).payload == "whole"


def test_a_half_written_exchange_is_made_anew(ring, tmp_path):
    ring.SimpleQueue("rings").close()
    for file in (tmp_path / "control").iterdir():
        file.write_bytes(b"")
    ring.transport.state.clear()  # as in a process that starts
    queue = ring.SimpleQueue("rings")
    queue.put("whole")
    assert queue.get(timeout=5).payload == "whole"
