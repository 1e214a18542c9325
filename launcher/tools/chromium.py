"""The Chromium of the browser tests: found, else installed, else named as missing. Never skipped."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import assets
from programs import Failed, run
from python_env import PYTHON

from launcher import progress
from launcher.preflight import Refused

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def ensure() -> str:
    """The path of a Chromium; raises Refused, saying what to install, where there is none."""
    named = os.environ.get("CHROMIUM_PATH")
    if named and not os.access(named, os.X_OK):
        raise Refused(f"CHROMIUM_PATH names {named}, which cannot be run.")
    return named or _found() or _from_system() or _from_playwright() or _missing()


def _found() -> str:
    for name in NAMES:
        if path := shutil.which(name):
            return path
    cache = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or Path.home() / ".cache" / "ms-playwright")
    downloaded = sorted(cache.glob("chromium-*/chrome-linux*/chrome"))
    return str(downloaded[-1]) if downloaded else ""


def _from_system() -> str:
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return ""
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    install = ["apt-get", "install", "-y", "--no-install-recommends", "chromium", "fonts-liberation"]
    try:
        with progress.step("Installing Chromium for the browser tests (apt-get)"):
            run(
                ["apt-get", "update"],
                doing="refresh the list of packages",
                registry="Debian mirror",
                environment=quiet,
            )
            run(install, doing="install Chromium", registry="Debian mirror", environment=quiet)
    except Failed as failure:
        progress.say(str(failure))
    return _found()


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
        "(as root: apt-get install chromium), or name one with CHROMIUM_PATH."
    )
