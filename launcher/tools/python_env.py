"""The project's `.venv`: a supported Python and the locked packages, put there by uv."""

from __future__ import annotations

import glob
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import stamps
from programs import TOOLS, Failed, run

from launcher import progress
from launcher.preflight import PROJECT_ROOT, Refused

VENV = PROJECT_ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
REQUIREMENTS = PROJECT_ROOT / "requirements"
STAMP = "requirements.stamp"
OLDEST_UV = (0, 8)  # knows --managed-python and --no-python-downloads
MADE_FOR = "made-for"
SUPPORTED = ("3.14", "3.13", "3.12")
REGISTRY = "Python package registry"


def wanted_set(dev: bool) -> str:
    """`dev` holds all of `base`: once it is installed it stays, and satisfies both."""
    return "dev" if dev or stamps.read(STAMP).startswith("dev ") else "base"


def compiled_environment() -> dict[str, str]:
    """Variables with which no process compiles every module again, where no compiled files may lie beside the sources.

    Without them a process takes four seconds longer to start, and the tests start hundreds.
    """
    if not os.environ.get("PYTHONDONTWRITEBYTECODE"):
        return {}
    return {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(VENV / "compiled")}


def is_current(dev: bool) -> bool:
    return PYTHON.exists() and stamps.read(STAMP) == _stamp(wanted_set(dev))


def ensure(dev: bool) -> None:
    """Make `.venv` hold exactly what the lock says. Raises Refused with one line."""
    wanted = wanted_set(dev)
    if is_current(dev):
        return
    uv = find_uv()
    if not _venv_is_usable():
        with progress.step("Making .venv"):
            _make_venv(uv)
            (VENV / MADE_FOR).write_text(str(VENV))
    with progress.step("Installing Python packages"):
        lock = REQUIREMENTS / f"{wanted}.txt"
        run(
            [uv, "pip", "sync", "--quiet", "--require-hashes", "--python", PYTHON, lock],
            doing="install the Python packages",
            registry=REGISTRY,
        )
    stamps.write(STAMP, _stamp(wanted))


def find_uv() -> str:
    """uv from PATH, else from a virtual environment of its own below .tools."""
    found = shutil.which("uv")
    if found and _version_of(found) >= OLDEST_UV:
        return found
    private = TOOLS / "uv" / "bin" / "uv"
    lock = REQUIREMENTS / "tools.txt"
    stamp = stamps.fingerprint([lock])
    if not private.exists() or stamps.read("uv.stamp") != stamp:
        with progress.step("Getting uv, the installer"):
            _install_uv(lock)
        stamps.write("uv.stamp", stamp)
    return str(private)


def _version_of(program: str) -> tuple:
    """(0, 13, 9) of a program that answers `--version` with that; () of one that cannot be run."""
    try:
        said = subprocess.run([program, "--version"], capture_output=True, text=True)
    except OSError:
        return ()
    found = re.search(r"(?<!\d)\d{1,9}(\.\d{1,9})+", said.stdout) if said.returncode == 0 else None
    return tuple(int(part) for part in found[0].split(".")) if found else ()


def _install_uv(lock: Path) -> None:
    folder = TOOLS / "uv"
    shutil.rmtree(folder, ignore_errors=True)
    maker = getattr(sys, "_base_executable", sys.executable)
    try:
        run([maker, "-m", "venv", folder], doing="make a virtual environment")
    except Failed as failure:
        shutil.rmtree(folder, ignore_errors=True)
        if "ensurepip" in failure.output or "No module named" in failure.output:
            raise Refused(
                "Python's venv module is incomplete: install python3-venv (or put uv on the PATH), then run this again."
            ) from failure
        raise
    pip = [folder / "bin" / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    run([*pip, "--require-hashes", "-r", lock], doing="get uv", registry=REGISTRY)


def _make_venv(uv: str) -> None:
    """With the Python that .python-version names, else the newest supported one here, else one that is fetched."""
    shutil.rmtree(VENV, ignore_errors=True)
    first = _first_choice()
    make = [uv, "venv", "--quiet", "--python"]
    for version in (first, *(other for other in SUPPORTED if other != first)):
        try:
            run([*make, version, VENV, "--no-python-downloads"], doing="make .venv")
            return
        except Failed:
            continue
    progress.say(f"No Python {SUPPORTED[-1]} to {SUPPORTED[0]} on this machine. Trying to fetch {first} …")
    try:
        hasty = {"UV_HTTP_TIMEOUT": os.environ.get("UV_HTTP_TIMEOUT", "20"), "UV_HTTP_RETRIES": "1"}
        run([*make, first, VENV, "--managed-python"], doing="fetch Python", environment=hasty)
    except Failed as failure:
        raise Refused(
            f"Allclear needs Python {SUPPORTED[-1]} to {SUPPORTED[0]}. Found {_pythons_found()}, and none could be "
            f"fetched: install python{first}, then run this again."
        ) from failure


def _pythons_found() -> str:
    """The versions on the PATH, newest first, for the sentence that says what is missing."""
    versions = {".".join(map(str, sys.version_info[:3]))}
    for folder in os.environ.get("PATH", os.defpath).split(os.pathsep):
        for path in glob.glob(os.path.join(folder, "python3*")):
            if re.fullmatch(r"python3(\.\d+)?", os.path.basename(path)):
                versions.add(".".join(map(str, _version_of(path))))
    newest_first = sorted(
        versions - {""}, key=lambda text: [int(part) for part in text.split(".")], reverse=True
    )
    return ", ".join(newest_first)


def _venv_is_usable() -> bool:
    made_for = VENV / MADE_FOR
    if not PYTHON.exists() or not made_for.exists() or made_for.read_text() != str(VENV):
        return False  # the scripts in it name the place where it was made; a moved checkout needs a new one
    return ".".join(map(str, _version_of(str(PYTHON))[:2])) in SUPPORTED


def _first_choice() -> str:
    return (PROJECT_ROOT / ".python-version").read_text().strip()


def _stamp(wanted: str) -> str:
    files = [VENV / MADE_FOR, REQUIREMENTS / f"{wanted}.txt", PROJECT_ROOT / ".python-version"]
    return f"{wanted} {stamps.fingerprint(files)}"
