"""Bringing a database and the collected assets up to date with the code. Django is set up by then.

`python -m launcher.prepare` does it for `bin/start`, whose own process stays small: it prints the link that
makes the first administrator, if there is none yet, or why it was refused.
"""

import hashlib
import io
import sys
from pathlib import Path
from typing import Any

import django
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.checks import Tags, run_checks
from django.core.management import call_command
from django.db import OperationalError, connection, connections
from django.db.migrations.executor import MigrationExecutor

from core.private_files import make_private
from launcher import progress
from launcher.preflight import REFUSED, Refused

FOLDERS = ("log", "mail", "uploads", "broker/queue", "broker/control")


def prepare(*, new_code: bool = False) -> None:
    """Migrate, load the built-in catalogue, collect the assets: each only where something is missing.

    `new_code` loads the catalogue even where no migration was missing: a release may bring entries alone.

    Raises Refused where the database is out of reach, or a language of the status pages is missing.
    """
    if found := run_checks(tags=[Tags.translation]):
        raise Refused(f"{found[0].msg} {found[0].hint}")
    make_folders(settings.DATA_DIR)
    try:
        if migrating := _has_unapplied_migrations():
            with progress.step("Migrating the database"):
                _call("migrate", interactive=False, verbosity=0)
        if migrating or new_code:
            _call("createcachetable")  # nothing to do with REDIS_URL, and that may be gone the next time
            _call("load_catalogue")
    except OperationalError as error:
        raise Refused(f"Cannot reach the database: {str(error).strip().splitlines()[0]}") from error
    collect_assets()
    connections.close_all()


def make_folders(data_dir: Path) -> None:
    """Where files of people are kept; closed to every other account."""
    for name in FOLDERS:
        folder = data_dir
        for part in name.split("/"):
            folder /= part
            make_private(folder)


def collect_assets() -> None:
    """collectstatic, unless the files are the ones collected last."""
    stamp = settings.STATIC_ROOT / ".collected"
    fingerprint = _fingerprint_of_assets()
    if stamp.exists() and stamp.read_text() == fingerprint:
        return
    with progress.step("Collecting the assets"):
        _call("collectstatic", interactive=False, verbosity=0, clear=True)
        stamp.write_text(fingerprint)


def _has_unapplied_migrations() -> bool:
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def _fingerprint_of_assets() -> str:
    digest = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list([]):
            found = Path(storage.path(path)).stat()
            digest.update(f"{path} {found.st_size} {found.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def _call(command: str, **options: Any) -> None:
    call_command(command, stdout=io.StringIO(), **options)


def main() -> int:
    django.setup()
    try:
        prepare(new_code=True)
    except Refused as refused:
        print(refused, end="")
        return REFUSED
    if settings.DEMO:
        with progress.step("Loading the demo organisation"):
            call_command("load_demo", stdout=sys.stderr)
    else:
        call_command("setup_link")
    return 0


if __name__ == "__main__":
    sys.exit(main())
