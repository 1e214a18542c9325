"""Whatever one person does to the blocks of a section, is every word that the other one types there still in it?

Each session is random and repeatable by its number. How many: ALLCLEAR_SESSIONS, from ALLCLEAR_FIRST_SESSION on.
"""

import os
import subprocess
import sys

import pytest
from django.conf import settings

from tests.browser.merging.section import SectionServer

pytestmark = pytest.mark.browser

SESSIONS = int(os.environ.get("ALLCLEAR_SESSIONS", "200"))
FIRST = int(os.environ.get("ALLCLEAR_FIRST_SESSION", "1"))
AT_ONCE = 50


@pytest.fixture
def section():
    server = SectionServer()
    yield server
    server.stop()


@pytest.fixture
def sessions_page(page, section, tmp_path):
    """A page with the product's editor in it, and a server that merges as the product's does."""
    built = tmp_path / "sessions.js"
    command = [
        os.environ["PLAYWRIGHT_NODEJS_PATH"],
        "node_modules/esbuild/bin/esbuild",
        "tests/browser/merging/sessions.js",
        "--bundle",
        "--format=iife",
        f"--outfile={built}",
        "--log-level=error",
    ]
    subprocess.run(command, check=True, cwd=settings.BASE_DIR)
    page.faults = []
    page.on("pageerror", lambda error: page.faults.append(str(error.stack or error)))
    page.goto(f"http://{section.host}/")
    page.add_script_tag(path=built)
    return page


def test_every_letter_of_random_sessions_stays(sessions_page, section, capsys):
    found: list[dict] = []
    for first in range(FIRST, FIRST + SESSIONS, AT_ONCE):
        count = min(AT_ONCE, FIRST + SESSIONS - first)
        arguments = [f"ws://{section.host}/", first, count]
        sessions_page.evaluate(
            "arguments => { window.found = null;"
            " runSessions(...arguments).then(found => { window.found = found; },"
            " error => { window.found = String(error.stack); }); }",
            arguments,
        )
        sessions_page.wait_for_function("() => window.found", timeout=AT_ONCE * 2000)
        found += sessions_page.evaluate("window.found")
    typed, words = sum(one["typed"] for one in found), sum(one["words"] for one in found)
    lost, apart = sum(len(one["lost"]) for one in found), sum(one["apart"] for one in found)
    doubled = sum(one["doubled"] for one in found)
    with capsys.disabled():
        sys.stdout.write(
            f"\n  {len(found)} sessions, {words} words of {typed} letters: {lost} letters lost, "
            f"{doubled} letters twice, {apart} words in parts\n"
        )
    bad = [one for one in found if one["lost"] or not one["agree"]]
    for one in bad[:3]:
        sys.stdout.write(
            f"session {one['seed']}: {one['lost']} {one['states']}\n{one['log']}\n{one['said']}\n{one['text']}\n"
        )
    assert [one["seed"] for one in bad] == []
    assert not sessions_page.faults
    assert typed > 20 * len(found), "they did type"
