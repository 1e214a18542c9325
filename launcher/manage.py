"""`bin/manage ARGS`: any management command, with the embedded database brought up where it is down.

Standard output is the command's own; whatever is said here goes to standard error.
"""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import django
from django.conf import settings  # first read after attaching: the address of a running server is in by then
from django.core.management import execute_from_command_line

from launcher import prepare
from launcher.lock import DataLock, Patience
from launcher.postgres import EmbeddedPostgres, binary_directory
from launcher.preflight import Refused, data_folder, make_writable_folder

WITHOUT_DATABASE = {
    "help",
    "version",
    "check",
    "collectstatic",
    "diffsettings",
    "findstatic",
    "startapp",
}
WITHOUT_PREPARING = {
    "migrate",
    "makemigrations",
    "showmigrations",
    "sqlmigrate",
    "optimizemigration",
    "write_new_database",
}


def main(arguments: list[str]) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    if caller := os.environ.pop("ALLCLEAR_CALLER", ""):
        os.chdir(caller)  # the files a command is given are named from where its caller stands
    make_writable_folder(data_folder())  # the settings keep the secret key there, so every command needs it
    needs_database = not (set(arguments) & {"-h", "--help", "--version"}) and arguments[:1] != []
    if needs_database and arguments[0] not in WITHOUT_DATABASE and "DATABASE_URL" not in os.environ:
        with database(arguments):
            _offer_postgres_programs()
            _execute(arguments)
    else:
        _execute(arguments)


@contextmanager
def database(arguments: list[str]) -> Iterator[None]:
    """Use the server that runs on the data folder, or run one for as long as the block."""
    data_dir = data_folder()
    lock = DataLock(data_dir)
    lock.join_users()
    if not _own_or_attach(lock, purpose=f"bin/manage {arguments[0]}"):
        yield
        return
    server = EmbeddedPostgres(data_dir, binaries=settings.POSTGRES_BIN)
    try:
        server.start()
        _prepare(arguments[0])
        lock.announce_ready()
        yield
    finally:
        waiting = Patience("Another bin/manage still uses this database. It is stopped afterwards …")
        while lock.used_by_others():
            waiting.a_moment()
        if hasattr(server, "child"):
            server.stop()
        lock.release()


def _own_or_attach(lock: DataLock, *, purpose: str) -> bool:
    """True: the server is ours to run. False: a running one is ready to be used."""
    waiting = Patience("Waiting for {0.purpose} (process {0.pid}) to bring the database up …")
    while not lock.try_own(purpose):
        holder = lock.holder()
        if holder and holder.ready:
            if holder.address:
                os.environ.setdefault("ALLCLEAR_URL", holder.address)
            return False
        waiting.a_moment(holder)
    return True


def _prepare(command: str) -> None:
    django.setup()
    prepare.make_folders(data_folder())
    if command not in WITHOUT_PREPARING:
        prepare.prepare()


def _offer_postgres_programs() -> None:
    """`dbshell` and `backup` call psql and pg_dump by name; those of the running server's release come first."""
    os.environ["PATH"] = f"{binary_directory(settings.POSTGRES_BIN)}{os.pathsep}{os.environ['PATH']}"


def _execute(arguments: list[str]) -> None:
    execute_from_command_line(["bin/manage", *arguments])


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # unwinds, so that the database stops in order
    try:
        main(sys.argv[1:])
    except Refused as refused:
        sys.exit(str(refused))
    except KeyboardInterrupt:
        sys.exit(130)
