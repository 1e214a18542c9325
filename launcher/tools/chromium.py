"""The Chromium of the browser tests: found, else installed, else named as missing. Never skipped.

Debian's small one is taken first, and installed as root, because the browser tests take half the time in it.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import assets
import stamps
from programs import Failed, run
from python_env import PYTHON

from launcher import progress
from launcher.preflight import Refused

SMALL = "chromium-headless-shell"  # Chromium without a window: loads and checks a page in half the time
TRIED_STAMP = "chromium.stamp"
IMPATIENT = [
    "-o",
    "Acquire::http::Timeout=20",
    "-o",
    "Acquire::https::Timeout=20",
    "-o",
    "Acquire::Retries=1",
]
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def ensure() -> str:
    """The path of a Chromium; raises Refused, saying what to install, where there is none."""
    named = os.environ.get("CHROMIUM_PATH")
    if named and not os.access(named, os.X_OK):
        raise Refused(f"CHROMIUM_PATH names {named}, which cannot be run.")
    return named or shutil.which(SMALL) or _from_system() or _found() or _from_playwright() or _missing()


def _found() -> str:
    for name in NAMES:
        if path := shutil.which(name):
            return path
    cache = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or Path.home() / ".cache" / "ms-playwright")
    downloaded = sorted(cache.glob("chromium-*/chrome-linux*/chrome"))
    return str(downloaded[-1]) if downloaded else ""


def _from_system() -> str:
    """Install the small one as root; tried once a checkout, as not every distribution has it."""
    if os.geteuid() != 0 or not shutil.which("apt-get") or stamps.read(TRIED_STAMP):
        return ""
    stamps.write(TRIED_STAMP, SMALL)
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    install = ["apt-get", *IMPATIENT, "install", "-y", "--no-install-recommends", SMALL, "fonts-liberation"]
    try:
        with progress.step("Installing Chromium for the browser tests (apt-get)"):
            run(
                ["apt-get", *IMPATIENT, "update"],
                doing="refresh the list of packages",
                registry="Debian mirror",
                environment=quiet,
            )
            run(install, doing=f"install {SMALL}", registry="Debian mirror", environment=quiet)
    except Failed as failure:
        progress.say(str(failure))
    return shutil.which(SMALL) or ""


def _from_playwright() -> str:
    hasty = {"PLAYWRIGHT_NODEJS_PATH": str(assets.node()), "PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT": "20000"}
    try:
        with progress.step("Fetching Chromium for the browser tests (playwright)"):
            run(
                [PYTHON, "-m", "playwright", "install", "chromium"], doing="fetch Chromium", environment=hasty
            )
    except Failed:
        return ""
    return _found()


def _missing() -> str:
    raise Refused(
        "The browser tests need Chromium, and none was found or could be installed: install the package `chromium` "
        "or `chromium-headless-shell` (as root: apt-get install chromium-headless-shell), or name one with CHROMIUM_PATH."
    )
