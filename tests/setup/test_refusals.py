"""What cannot go on says so in one line: no traceback, and an exit code that is not zero."""

import re
import shutil

import pytest

from tests.setup.conftest import ROOT, command

CLOSED = "http://127.0.0.1:9/simple"


def the_one_line(refused) -> str:
    assert refused.returncode != 0
    assert "Traceback" not in refused.stderr
    last = refused.stderr.rstrip("\n").splitlines()[-1]
    assert not last.startswith(" "), refused.stderr  # a step, not a refusal
    return last


@pytest.fixture
def bare_checkout(tmp_path):
    """What bin/* need to begin with, and nothing installed."""
    checkout = tmp_path / "checkout"
    for name in ("bin", "core", "launcher", "requirements"):
        shutil.copytree(ROOT / name, checkout / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in (".python-version", "package.json", "package-lock.json", ".npmrc"):
        shutil.copy(ROOT / name, checkout / name)
    return checkout


def test_demo_stays_on_this_machine(tmp_path):
    line = the_one_line(command("start", "--demo", "--host", "0.0.0.0", "--data", str(tmp_path)))
    assert "loopback" in line


def test_unwritable_folder(tmp_path):
    (tmp_path / "file").touch()
    line = the_one_line(command("start", "--data", str(tmp_path / "file" / "data")))
    assert f"Cannot write in {tmp_path / 'file' / 'data'}" in line
    line = the_one_line(command("manage", "showmigrations", ALLCLEAR_DATA=str(tmp_path / "file" / "data")))
    assert f"Cannot write in {tmp_path / 'file' / 'data'}" in line


def test_address_of_another_machine(tmp_path):
    line = the_one_line(command("start", "--host", "192.0.2.1", "--data", str(tmp_path)))
    assert "192.0.2.1" in line


def test_missing_registry(bare_checkout, tmp_path):
    settings = {
        "UV_DEFAULT_INDEX": CLOSED,
        "PIP_INDEX_URL": CLOSED,
        "PIP_RETRIES": "0",
        "UV_HTTP_RETRIES": "0",
        "UV_CACHE_DIR": str(tmp_path / "cache"),
        "PIP_CONFIG_FILE": "/dev/null",
        "PIP_NO_INDEX": "0",
        "PIP_FIND_LINKS": "",
        "PIP_NO_CACHE_DIR": "1",
    }
    line = the_one_line(command("manage", "version", root=bare_checkout, **settings))
    assert "the Python package registry cannot be reached" in line


def test_missing_python(bare_checkout):
    (bare_checkout / ".python-version").write_text("3.99\n")
    source = bare_checkout / "launcher" / "tools" / "python_env.py"
    source.write_text(re.sub(r"SUPPORTED = .*", 'SUPPORTED = ("3.99", "3.98")', source.read_text()))
    line = the_one_line(command("manage", "version", root=bare_checkout))
    assert "needs Python 3.98 to 3.99. Found 3." in line
    assert "install python3.99" in line


def test_database_out_of_reach(tmp_path):
    elsewhere = {"DATABASE_URL": "postgres://allclear@127.0.0.1:9/allclear", "ALLCLEAR_DATA": str(tmp_path)}
    line = the_one_line(command("start", "--port", "0", **elsewhere))
    assert "Cannot reach the database" in line
