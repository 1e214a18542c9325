"""What stands behind bin/start, bin/test, bin/bench, bin/check, bin/manage and bin/lock.

Runs on any Python from 3.9 on, with the standard library only: it makes the environment the rest runs in.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent.parent.parent))

import assets
import catalogues
import checks
import chromium
import locks
import programs
import python_env
import stamps

from launcher import preflight
from launcher.lock import DataLock
from launcher.preflight import PROJECT_ROOT, Refused


def start(arguments: list[str]) -> None:
    options = argparse.ArgumentParser(
        prog="bin/start", description="Install what is missing and run Allclear."
    )
    options.add_argument("--port", type=int, default=os.environ.get("ALLCLEAR_PORT", 8000))
    options.add_argument("--host", default=os.environ.get("ALLCLEAR_HOST", "127.0.0.1"))
    options.add_argument(
        "--data", help="the data folder (ALLCLEAR_DATA), var/ by default and var/demo/ for the demo"
    )
    options.add_argument(
        "--demo", action="store_true", help="a fictional organisation to try out, on this machine only"
    )
    chosen = options.parse_args(arguments)
    demo = chosen.demo or os.environ.get("ALLCLEAR_DEMO", "").lower() in {"1", "true", "yes", "on"}
    if demo:
        os.environ["ALLCLEAR_DEMO"] = "1"
        preflight.refuse_beyond_loopback(chosen.host)
        chosen.data = chosen.data or os.environ.get("ALLCLEAR_DATA") or str(PROJECT_ROOT / "var" / "demo")
    use_data_folder(chosen.data)
    os.environ.update(ALLCLEAR_HOST=chosen.host, ALLCLEAR_PORT=str(chosen.port))
    refuse_early(chosen.host, chosen.port)
    set_up(dev=False)
    become("-m", "launcher.services")


def manage(arguments: list[str]) -> None:
    use_data_folder()
    set_up(dev=False)
    become("-m", "launcher.manage", *arguments)


def install(arguments: list[str]) -> None:
    """For an image: everything in place, nothing started, no data folder made."""
    set_up(dev=False)


def test(arguments: list[str]) -> None:
    set_up(dev=True)
    os.environ["CHROMIUM_PATH"] = chromium.ensure()
    os.environ.setdefault("PLAYWRIGHT_NODEJS_PATH", str(assets.node()))
    become("-m", "launcher.testrun", *arguments)


def bench(arguments: list[str]) -> None:
    set_up(dev=False)
    become("-m", "bench", *arguments)


def check(arguments: list[str]) -> None:
    set_up(dev=True)
    sys.exit(checks.check())


def lock(arguments: list[str]) -> None:
    with stamps.exclusively():
        locks.lock(arguments)


def refuse_early(host: str, port: int) -> None:
    """What can be seen before anything is installed; the supervisor looks again, for good."""
    folder = preflight.data_folder()
    preflight.make_writable_folder(folder)
    holder = DataLock(folder).holder()
    if holder and holder.purpose == "start":
        raise Refused(f"Allclear already runs on {folder}: process {holder.pid}, {holder.address}")
    preflight.listen(host, port).close()


def use_data_folder(named: str | None = None) -> None:
    """Make the folder's name absolute while we still know where the caller stands."""
    if chosen := named or os.environ.get("ALLCLEAR_DATA"):
        os.environ["ALLCLEAR_DATA"] = str(Path(os.environ.get("ALLCLEAR_CALLER", "."), chosen))


def set_up(dev: bool) -> None:
    if python_env.is_current(dev) and assets.is_current(dev) and catalogues.is_current():
        return  # without a lock: a checkout that is set up may be read-only
    with stamps.exclusively():
        python_env.ensure(dev)
        assets.ensure(dev)
        catalogues.ensure()


def become(*arguments: str) -> None:
    """Go on as the project's Python, under the same process number: who kills it kills the right one."""
    os.environ["PATH"] = f"{python_env.VENV / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    os.execv(python_env.PYTHON, [str(python_env.PYTHON), *arguments])


COMMANDS = {
    "start": start,
    "manage": manage,
    "test": test,
    "bench": bench,
    "check": check,
    "lock": lock,
    "install": install,
}

if __name__ == "__main__":
    os.chdir(PROJECT_ROOT)
    os.environ.update({**programs.network_environment(), **programs.cache_environment()})
    os.environ.update(python_env.compiled_environment())
    try:
        COMMANDS[sys.argv[1]](sys.argv[2:])
    except Refused as refused:
        sys.exit(str(refused))
    except KeyboardInterrupt:
        sys.exit(130)
