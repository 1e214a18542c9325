"""The texts of status pages in other languages: compiled from locale/ by Babel, which the lock brings into .venv."""

from __future__ import annotations

from pathlib import Path

import stamps
from programs import run
from python_env import VENV

from launcher import progress
from launcher.preflight import PROJECT_ROOT

LOCALE = PROJECT_ROOT / "locale"
STAMP = "catalogues.stamp"


def is_current() -> bool:
    sources = _sources()
    return all(path.with_suffix(".mo").exists() for path in sources) and stamps.read(STAMP) == _fingerprint()


def ensure() -> None:
    """Compile each catalogue beside its source, unless what lies there was compiled from it."""
    if is_current():
        return
    made_from = _fingerprint()
    with progress.step("Compiling translations"):
        run(
            [VENV / "bin" / "pybabel", "compile", "--directory", LOCALE, "--domain", "django"],
            doing="compile the translations",
        )
    stamps.write(STAMP, made_from)


def _sources() -> list[Path]:
    return sorted(LOCALE.glob("*/LC_MESSAGES/*.po"))


def _fingerprint() -> str:
    return stamps.fingerprint(_sources())
