"""`bin/test [ARGS]`: pytest on an embedded PostgreSQL of its own, in a folder that is gone afterwards."""

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import django
from django.conf import settings  # first read when the environment is made plain

from launcher import prepare
from launcher.lock import DataLock
from launcher.postgres import EmbeddedPostgres
from launcher.preflight import PROJECT_ROOT, Refused
from launcher.processes import die_with_parent


def main(arguments: list[str]) -> int:
    """Run pytest, return its exit code."""
    with tempfile.TemporaryDirectory(prefix="allclear-test-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)  # the database may run under another account
        plain_environment(folder)
        return _run_on_database(Path(folder), arguments)


def plain_environment(folder: str) -> None:
    """What somebody set for their own installation must not reach the tests."""
    kept = {
        "ALLCLEAR_POSTGRES_BIN",
        "ALLCLEAR_SESSIONS",
        "ALLCLEAR_FIRST_SESSION",
        "ALLCLEAR_COLLIDING_WRITES",
        "ALLCLEAR_API_CASES",
    }
    for name in [name for name in os.environ if name.startswith("ALLCLEAR_") and name not in kept]:
        del os.environ[name]
    for name in ("DATABASE_URL", "REDIS_URL", "SMTP_URL"):
        os.environ.pop(name, None)
    os.environ.update(ALLCLEAR_DATA=folder, DJANGO_SETTINGS_MODULE="config.settings")


def _run_on_database(data_dir: Path, arguments: list[str]) -> int:
    lock = DataLock(data_dir)
    lock.try_own("bin/test")
    server = EmbeddedPostgres(data_dir, binaries=settings.POSTGRES_BIN, for_tests=True)
    try:
        server.start()
        django.setup()
        prepare.make_folders(data_dir)
        prepare.collect_assets()
        lock.announce_ready()
        return _in_turn(_test_runs(arguments))
    finally:
        if hasattr(server, "child"):
            server.stop(hurry=True)


def _test_runs(arguments: list[str]) -> list[list[str]]:
    """All tests: beside each other on every core, then alone the few that measure how late things are.

    Whoever names tests gets them in one process.
    """
    if any(not argument.startswith("--") for argument in arguments):
        return [arguments]
    processes = str(len(os.sched_getaffinity(0)) + 1)  # tests in a browser wait half of their time
    return [
        [
            "-m",
            "not alone",
            "-n",
            processes,
            "--dist",
            "loadfile",
            "--no-loadscope-reorder",
            "--durations=50",
            "-rs",  # why a test was skipped
            *arguments,
        ],
        ["-m", "alone", *arguments, *_files_with_tests_alone()],
    ]


def _files_with_tests_alone() -> list[str]:
    """Few: only these are read a second time, instead of all."""
    files = (PROJECT_ROOT / "tests").rglob("test_*.py")
    return sorted(str(file) for file in files if "pytest.mark.alone" in file.read_text())


def _in_turn(runs: list[list[str]]) -> int:
    """The exit code of the first run that failed; after one that was interrupted there is no next."""
    failed = 0
    for arguments in runs:
        code = _pytest(arguments)
        if code not in (0, 1):
            return code
        failed = failed or code
    return failed


def _pytest(arguments: list[str]) -> int:
    parent = os.getpid()
    process = subprocess.Popen(
        [sys.executable, "-m", "pytest", *arguments],
        cwd=PROJECT_ROOT,
        preexec_fn=lambda: die_with_parent(parent),
    )
    # The terminal's Ctrl-C reaches pytest as well: it ends in its own way, and we wait for that.
    signal.signal(signal.SIGINT, lambda *_: None)
    signal.signal(signal.SIGTERM, lambda *_: process.terminate())
    return process.wait()


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except Refused as refused:
        sys.exit(str(refused))
    except KeyboardInterrupt:
        sys.exit(130)
