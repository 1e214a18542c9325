"""Do the tables fit a terminal, without what could steer it, and with colours only where they belong?"""

import json
import os
import pty
import subprocess
import sys

import pytest

from tests.cli.conftest import CommandLine

PERSON = {"id": 1, "name": "Maximiliane Oberhuber-Steinkellner"}
ROW = {
    "reference": "INC-123456",
    "severity": {"name": "SEV2"},
    "status": "investigating",
    "title": "Card payments fail \x1b[31mred\x1b[0m \u202e" + "and the checkout is slow " * 6,
    "commander": PERSON,
    "created_at": "2026-01-01T10:00:00Z",
}
PAGE = {"next": None, "previous": None, "results": [ROW]}


@pytest.fixture
def allclear(stub, tmp_path):
    stub.answers = [(200, {}, PAGE)]
    return CommandLine(tmp_path, stub.url, "alc_1")


def test_a_list_fits_80_columns_and_loses_nothing(allclear):
    out = allclear.run("list").out
    assert max(map(len, out.splitlines())) <= 80
    assert "INC-123456" in out
    assert out.splitlines()[0].split() == ["Incident", "Severity", "Status", "Title", "Commander", "Age"]
    assert out.count("slow") == 6
    assert "\x1b" not in out
    assert "\u202e" not in out


def test_json_holds_nothing_that_steers_a_terminal(allclear, stub):
    """U+009B alone begins a sequence, as Escape and [ do."""
    title = "Out \x9b31m \x7f \x1b[0m \u202e Ausfälle 🔥"
    stub.answers = [(200, {}, PAGE | {"results": [ROW | {"title": title}]})]
    answer = allclear.run("list", "--json")
    assert json.loads(answer.out)["results"][0]["title"] == title
    assert not [c for c in answer.out if c in "\x7f\x9b\x1b\u202e"]
    assert "Ausfälle 🔥" in answer.out


def test_an_export_on_a_terminal_steers_it_by_no_means(allclear, stub):
    steering = "# Out \x9b31m \x1b]0;title\x07\n\tand in"
    stub.answers = [(200, {"Content-Type": "text/markdown"}, steering.encode())] * 2
    shown = _on_a_terminal(allclear, "export", "INC-1")
    assert shown.splitlines() == ["# Out 31m ]0;title", "\tand in"]
    assert allclear.run("export", "INC-1").out == steering  # into a file it is as it was


def _on_a_terminal(allclear, *words: str, **more: str) -> str:
    ours, theirs = pty.openpty()
    done = subprocess.Popen(
        [sys.executable, "-m", "allclear_cli", *(words or ("list",))],
        env=allclear.environment | {"TERM": "xterm-256color"} | more,
        stdin=theirs,
        stdout=theirs,
    )
    os.close(theirs)
    read = b""
    try:
        while piece := os.read(ours, 65536):
            read += piece
    except OSError:  # Linux says so where the other end is closed
        pass
    os.close(ours)
    assert done.wait(timeout=30) == 0
    return read.decode()


def test_colours_on_a_terminal_only_and_not_with_no_color(allclear, stub):
    stub.answers *= 2
    assert "\x1b[31minvestigating" in _on_a_terminal(allclear)
    assert "\x1b[31m" not in _on_a_terminal(allclear, NO_COLOR="1")
