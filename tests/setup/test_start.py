"""One start, from an empty folder to the end of its last process."""

import os
import re
import signal
import stat
import time
from pathlib import Path

import pytest

from core.private_files import data_folder_mode, make_private
from launcher.prepare import make_folders
from tests.setup.conftest import alive, command, wait_until


def test_answers_and_says_where(running):
    assert running.address in running.said()
    assert running.is_healthy()


def test_keeps_secret_and_database_to_the_owner(running):
    assert stat.S_IMODE((running.data / "secret_key").stat().st_mode) == 0o600
    assert stat.S_IMODE((running.data / "postgres").stat().st_mode) == 0o700


def test_keeps_everything_else_from_other_accounts(running):
    assert stat.S_IMODE(running.data.stat().st_mode) & 0o066 == 0
    for folder in ("log", "mail", "uploads", "broker"):
        assert stat.S_IMODE((running.data / folder).stat().st_mode) == 0o700
    for path in running.data.rglob("*"):
        if path.is_file() and "postgres" not in path.relative_to(running.data).parts[0]:
            assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path


def test_a_folder_that_others_could_read_is_closed(tmp_path):
    tmp_path.chmod(0o755)
    (tmp_path / "mail").mkdir(mode=0o755)
    make_private(tmp_path, data_folder_mode())
    make_folders(tmp_path)
    assert stat.S_IMODE(tmp_path.stat().st_mode) & 0o066 == 0
    assert stat.S_IMODE((tmp_path / "mail").stat().st_mode) == 0o700


def test_postgres_listens_on_no_network_address_and_is_not_root(running):
    [(number, line)] = [item for item in running.children().items() if "/bin/postgres" in item[1]]
    assert "listen_addresses= " in line
    uid = int(re.search(r"^Uid:\s+(\d+)", Path(f"/proc/{number}/status").read_text(), re.MULTILINE)[1])
    assert uid != 0


def test_second_start_is_refused_by_name(running):
    refused = command("start", "--data", str(running.data), "--port", "0")
    assert refused.returncode != 0
    assert refused.stderr.count("\n") == 1
    assert f"process {running.process.pid}" in refused.stderr
    assert running.address in refused.stderr


def test_start_on_its_port_is_refused(running, tmp_path):
    refused = command("start", "--data", str(tmp_path), "--port", str(running.port))
    assert refused.returncode != 0
    assert refused.stderr.count("\n") == 1
    assert f"Port {running.port}" in refused.stderr


def test_manage_uses_the_running_server(running):
    done = command("manage", "showmigrations", "sessions", ALLCLEAR_DATA=str(running.data))
    assert done.stdout == "sessions\n [X] 0001_initial\n"
    assert done.stderr == ""


@pytest.mark.parametrize("name", ["launcher.web", "celery -A config --quiet worker", "/bin/postgres"])
def test_killed_child_comes_back(running, name):
    [killed] = [number for number, line in running.children().items() if name in line]
    os.kill(killed, signal.SIGKILL)

    def is_back() -> bool:
        return any(name in line and number != killed for number, line in running.children().items())

    assert wait_until(is_back, seconds=30)
    assert wait_until(running.is_healthy, seconds=30)
    assert running.process.poll() is None


def test_kill_9_of_the_starter_leaves_no_process_and_the_next_start_works(running):
    assert wait_until(lambda: len(running.children()) > 6, seconds=30)  # PostgreSQL has children of its own
    children = list(running.children())
    running.process.kill()
    running.process.wait()
    assert wait_until(lambda: not alive(children), seconds=15), alive(children)

    running.start()
    assert running.is_healthy()


def test_ctrl_c_stops_everything_in_order(running):
    children = list(running.children())
    began = time.monotonic()
    running.process.send_signal(signal.SIGINT)
    assert running.process.wait(10) == 0
    assert time.monotonic() - began < 15
    assert not alive(children)
    assert (running.data / "log" / "postgres.log").read_text().endswith("database system is shut down\n")
    assert not (running.data / "postgres" / "postmaster.pid").exists()
