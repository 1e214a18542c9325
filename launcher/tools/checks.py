"""`bin/check`: every check runs, one line each; what a failing one said follows its line."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor

from python_env import PYTHON, VENV

from launcher.preflight import PROJECT_ROOT

NOT_CHECKED_FOR_TYPES = r"^(tests|bin|bench|docs|node_modules|var)/"


def check() -> int:
    """Run them all; 0 where all passed, else 1."""
    with (
        tempfile.TemporaryDirectory(prefix="allclear-check-") as data,
        ThreadPoolExecutor(os.cpu_count()) as beside_each_other,
    ):
        checks = _checks(data)
        passed = list(beside_each_other.map(lambda one: _passes(*one), checks))
    failed = [name for (name, _, _), is_good in zip(checks, passed, strict=True) if not is_good]
    print(f"  {len(failed)} failed: {', '.join(failed)}" if failed else "  All checks passed.", flush=True)
    return 1 if failed else 0


def _checks(data: str) -> list:
    tool = VENV / "bin"
    manage = [PYTHON, "manage.py"]
    # No database is up. Where a check would like one it warns and goes on; an address without a server
    # behind it keeps the checks from starting one.
    plain = {
        "ALLCLEAR_DATA": data,
        "DATABASE_URL": "postgres://allclear@127.0.0.1:1/allclear",
    }
    production = {**plain, "ALLCLEAR_URL": "https://allclear.example.test"}
    quiet = [PYTHON, "-W", "ignore::RuntimeWarning", "manage.py"]
    return [
        ("ruff check", [tool / "ruff", "check", "."], {}),
        ("ruff format", [tool / "ruff", "format", "--check", "."], {}),
        ("types (mypy)", [PYTHON, "-m", "mypy", "--exclude", NOT_CHECKED_FOR_TYPES, "."], plain),
        ("import contracts", [tool / "lint-imports"], plain),
        ("missing migrations", [*quiet, "makemigrations", "--check", "--dry-run"], plain),
        ("translations", [*manage, "translations", "--check"], plain),
        ("OpenAPI description", [*manage, "write_openapi", "--check"], plain),
        ("interface strings", [*manage, "write_strings", "--check"], plain),
        (
            "docs site",
            [PYTHON, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", f"{data}/site"],
            {},
        ),
        ("templates compile", [*manage, "check_templates"], plain),
        ("templates (djlint)", [PYTHON, "-m", "djlint", "templates", "--lint", "--quiet"], plain),
        ("check --deploy", [*manage, "check", "--deploy", "--fail-level", "WARNING"], production),
    ]


def _passes(name: str, command: list, more: dict) -> bool:
    began = time.monotonic()
    done = subprocess.run(
        [str(word) for word in command],
        cwd=PROJECT_ROOT,
        env={**os.environ, **more},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    outcome = "passed" if done.returncode == 0 else "FAILED"
    line = f"  {name:<20} {outcome} ({time.monotonic() - began:.1f} s)"
    print(line if done.returncode == 0 else f"{line}\n{done.stdout.rstrip()}", flush=True)
    return done.returncode == 0
