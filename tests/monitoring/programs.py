"""Prometheus and Alertmanager as Debian ships them: installed, or unpacked into a folder without installing."""

import shutil
import subprocess
from pathlib import Path

PACKAGES = {
    "prometheus": "prometheus",
    "prometheus-alertmanager": "prometheus-alertmanager",
}  # program: package
TEMPLATES = Path("/usr/share/prometheus/alertmanager")
"""Where Debian's Alertmanager reads its templates, wherever it lies itself; without them it does not start."""
HASTY = ["-o", "Acquire::http::Timeout=20", "-o", "Acquire::https::Timeout=20", "-o", "Acquire::Retries=1"]


def find(folder: Path) -> dict[str, str] | str:
    """The path of each program; or, where one can be neither found nor fetched, why."""
    programs = {}
    for name, package in PACKAGES.items():
        unpacked = folder / "usr/bin" / name
        path = shutil.which(name)
        fault = "" if path or unpacked.exists() else _fetch(package, folder)
        if fault:
            return f"{name} is not installed, and Debian's package was not to be had: {fault}"
        programs[name] = path or str(unpacked)
    if fault := _link_templates(folder / TEMPLATES.relative_to("/")):
        return f"Alertmanager finds no templates: {fault}"
    return programs


def _link_templates(unpacked: Path) -> str:
    """Let what was unpacked be found where it is looked for; what went wrong, else nothing."""
    if TEMPLATES.exists() or not unpacked.exists():
        return ""
    try:
        TEMPLATES.parent.mkdir(parents=True, exist_ok=True)
        TEMPLATES.unlink(missing_ok=True)  # to a folder that is gone
        TEMPLATES.symlink_to(unpacked)
    except FileExistsError:  # by another test process at this moment
        return ""
    except OSError as fault:
        return str(fault)
    return ""


def _fetch(package: str, folder: Path) -> str:
    """Unpack it into the folder; what went wrong, else nothing."""
    if not shutil.which("apt-get") or not shutil.which("dpkg-deb"):
        return "this is no Debian"
    folder.mkdir(parents=True, exist_ok=True)
    if fault := _run(["apt-get", *HASTY, "download", package], folder):
        _run(["apt-get", *HASTY, "update"], folder)
        if fault := _run(["apt-get", *HASTY, "download", package], folder):
            return fault
    for archive in folder.glob(f"{package}_*.deb"):
        if fault := _run(["dpkg-deb", "-x", archive.name, "."], folder):
            return fault
    return "" if (folder / "usr/bin" / package).exists() else "the package holds no such program"


def _run(command: list[str], folder: Path) -> str:
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=90)
    except subprocess.TimeoutExpired:
        return f"{command[0]} took too long"
    return (done.stderr.strip().splitlines() or ["failed"])[-1] if done.returncode else ""
