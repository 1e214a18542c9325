"""Does bin/bench build an organisation, ask every page of it and give its figures?"""

import json

from tests.setup.conftest import command


def test_a_small_one(tmp_path):
    small = [
        "--incidents",
        "250",
        "--rounds",
        "1",
        "--requests",
        "2",
        "--streams",
        "3",
        "--only",
        "incident",
        "--json",
        "-",
    ]
    done = command("bench", *small, "--folder", str(tmp_path))
    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout)
    pages = figures["pages"]
    assert {"floor", "incidents", "incidents, search", "incident, 500 events", "/ incident_list"} <= set(
        pages
    )
    assert all(row["p50_ms"] > 0 and row["queries"] < 70 for row in pages.values()), pages
    assert pages["incidents"]["queries"] > pages["floor"]["queries"]
    assert figures["streams"][0]["streams"] == 3
    assert 0 < figures["streams"][0]["heard_p95"] < 10
    assert min(figures["crowd"].values()) > 50
    assert figures["memory_mb"] > 20
