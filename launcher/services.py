"""`bin/start`: PostgreSQL, web, worker and beat from one terminal, until Ctrl-C.

This process reads the settings and loads no application: what needs that is done in a child, so that it stays small.
"""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field

from django.conf import settings

from launcher import progress
from launcher.lock import DataLock, Patience
from launcher.postgres import EmbeddedPostgres
from launcher.preflight import REFUSED, Refused, listen, make_writable_folder, refuse_beyond_loopback
from launcher.processes import Child, die_with_parent, spawn

ANSWER_SECONDS = 60
WATCH_SECONDS = 0.5
STOP_SECONDS = {"web": 3.0, "mail": 1.0, "beat": 1.0, "worker": 2.0}
DATABASE_PAUSE_SECONDS = 5.0
LONGEST_PAUSE_SECONDS = 30.0
STEADY_SECONDS = 60.0  # a child that ran this long starts again without a pause


@dataclass
class Service:
    """A command that is to run all the time; `pause` doubles while it keeps dying."""

    name: str
    command: list[str]
    kind: str
    pass_fds: tuple[int, ...] = ()
    child: Child | None = None
    pause: float = 1.0
    due: float = 0.0


@dataclass
class Supervisor:
    lock: DataLock
    listener: socket.socket
    mail_listener: socket.socket | None = None  # where e-mail for integrations is taken
    server: EmbeddedPostgres | None = None
    services: list[Service] = field(default_factory=list)
    stopping: bool = False
    hurry: bool = False

    def run(self) -> None:
        """Start everything, then watch it until a signal asks for the end. Raises Refused."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if number == signal.SIGHUP and signal.getsignal(number) is signal.SIG_IGN:
                continue  # nohup's wish; an ignored SIGINT only means that a script started us with `&`
            signal.signal(number, self._on_signal)
        try:
            self._bring_up()
            self._watch()
        except KeyboardInterrupt:
            pass
        finally:
            self.stopping = True
            self._stop()

    def _on_signal(self, number: int, frame: object) -> None:
        if self.stopping:
            self.hurry = True
            for service in self.services:
                if service.child:
                    service.child.process.kill()
            return
        self.stopping = True
        raise KeyboardInterrupt

    # -- up --------------------------------------------------------------------------------------------

    def _bring_up(self) -> None:
        if settings.EMBEDDED_DATABASE:
            self.server = EmbeddedPostgres(settings.DATA_DIR, binaries=settings.POSTGRES_BIN)
            self.server.start()
        setup_link = _prepare()
        self.lock.announce_ready()
        self.services = _services(self.listener, self.mail_listener)
        with progress.step(
            "Starting " + ("web, mail, worker and beat" if self.mail_listener else "web, worker and beat")
        ):
            for service in self.services:
                self._launch(service)
            self._wait_for_web()
        print(_welcome(setup_link), flush=True)

    def _launch(self, service: Service) -> None:
        service.child = spawn(
            service.name,
            service.command,
            log=settings.DATA_DIR / "log" / f"{service.name}.log",
            environment=child_environment(),
            when_parent_dies=signal.SIGKILL,
            pass_fds=service.pass_fds,
            directory=settings.BASE_DIR,
        )

    def _wait_for_web(self) -> None:
        deadline = time.monotonic() + ANSWER_SECONDS
        while not _answers(self.listener):
            for service in self.services:
                if service.child and not service.child.is_running():
                    raise Refused(
                        f"{service.name} {service.child.how_it_ended()}: {service.child.last_words()} "
                        f"(see {service.child.log})"
                    )
            if time.monotonic() > deadline:
                raise Refused(
                    f"web did not answer within {ANSWER_SECONDS} s. See {settings.DATA_DIR / 'log'}."
                )
            time.sleep(0.1)

    # -- meanwhile -------------------------------------------------------------------------------------

    def _watch(self) -> None:
        while True:
            self._keep_database_running()
            for service in self.services:
                self._keep_running(service)
            time.sleep(WATCH_SECONDS)

    def _keep_database_running(self) -> None:
        if self.server is None or self.server.child.is_running():
            return
        progress.say(f"PostgreSQL {self.server.child.how_it_ended()}. Starting it again.")
        try:
            self.server.start()
        except Refused as refused:  # a full disk, say: keep trying, the rest answers 503 meanwhile
            progress.say(str(refused))
            time.sleep(DATABASE_PAUSE_SECONDS)

    def _keep_running(self, service: Service) -> None:
        now = time.monotonic()
        if service.child is None:
            if now >= service.due:
                self._launch(service)
            return
        if service.child.is_running():
            return
        lasted = now - service.child.began
        service.pause = 0.5 if lasted > STEADY_SECONDS else min(service.pause * 2, LONGEST_PAUSE_SECONDS)
        progress.say(
            f"{service.name} {service.child.how_it_ended()}. Starting it again in {service.pause:.1f} s."
        )
        service.child, service.due = None, now + service.pause

    # -- down ------------------------------------------------------------------------------------------

    def _stop(self) -> None:
        """Web first, so that nobody is promised anything; PostgreSQL last, after its users are gone."""
        if self.services or self.server:
            progress.say("Stopping …")
        for service in self.services:
            if service.child and service.child.is_running():
                service.child.process.terminate()  # all are told, then each is waited for
        for service in self.services:
            if service.child:
                patience = 0.1 if self.hurry else STOP_SECONDS[service.kind]
                service.child.stop(gently=signal.SIGTERM, within=patience)
        if self.server and hasattr(self.server, "child"):
            self.server.stop(hurry=self.hurry)
        self.lock.release()
        self.listener.close()
        if self.mail_listener:
            self.mail_listener.close()


def start() -> None:
    """Refuse what can be refused by looking, take the data folder, run until told to stop."""
    if settings.DEMO:
        refuse_beyond_loopback(settings.HOST)
        if settings.SMTP_LISTEN:
            refuse_beyond_loopback(settings.SMTP_HOST)
    make_writable_folder(settings.DATA_DIR)
    lock = DataLock(settings.DATA_DIR)
    own(lock)
    listener = listen(settings.HOST, settings.PORT)
    mail = (
        listen(settings.SMTP_HOST, settings.SMTP_PORT, said_by="ALLCLEAR_SMTP_LISTEN")
        if settings.SMTP_LISTEN
        else None
    )
    Supervisor(lock, listener, mail).run()


def own(lock: DataLock) -> None:
    """Become the one who runs this data folder. Waits for a bin/manage; refuses beside another start."""
    waiting = Patience("Waiting for {0.purpose} (process {0.pid}), which uses this data folder …")
    while not lock.try_own("start", settings.PUBLIC_URL):
        holder = lock.holder()
        if holder and holder.purpose == "start":
            raise Refused(already_running(holder.pid, holder.address))
        waiting.a_moment(holder)


def already_running(pid: int, address: str) -> str:
    return f"Allclear already runs on {settings.DATA_DIR}: process {pid}, {address}"


def _services(listener: socket.socket, mail_listener: socket.socket | None) -> list[Service]:
    listener.set_inheritable(True)
    web = [sys.executable, "-m", "launcher.web", "--fd", str(listener.fileno())]
    web += ["--shared"] if settings.WEB_PROCESSES > 1 else []
    celery = [sys.executable, "-m", "celery", "-A", "config"]
    beat = [sys.executable, "-m", "celery", "-A", "config.beat"]
    # Threads: a pool of processes would outlive a killed worker.
    worker = ["--quiet", "worker", "--pool=threads", "--concurrency=4", "--loglevel=WARNING"]
    worker += ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    names = (
        ["web"] if settings.WEB_PROCESSES == 1 else [f"web-{n + 1}" for n in range(settings.WEB_PROCESSES)]
    )
    mails = []
    if mail_listener:
        mail_listener.set_inheritable(True)
        descriptor = mail_listener.fileno()
        command = [sys.executable, "-m", "launcher.mail", "--fd", str(descriptor)]
        mails = [Service("mail", command, "mail", pass_fds=(descriptor,))]
    return [
        *(Service(name, web, "web", pass_fds=(listener.fileno(),)) for name in names),
        *mails,
        Service("beat", [*beat, "--quiet", "beat", "--loglevel=WARNING", "--pidfile="], "beat"),
        Service("worker", [*celery, *worker], "worker"),
    ]


def child_environment() -> dict[str, str]:
    """What the processes are started with beside what this one was."""
    return {"MALLOC_ARENA_MAX": "2"} | os.environ | {  # else glibc keeps memory for each thread by itself (mallopt(3))
        # Celery warns root against pickled messages; none are accepted here, so the line would only worry.
        "PYTHONWARNINGS": "ignore::UserWarning:celery.platforms", "PYTHONUNBUFFERED": "1",
        # `bin/check` has run them; in a worker they would load every page first (40 MB, 0.4 s).
        "CELERY_SKIP_CHECKS": "yes",
    }  # fmt: skip


def _answers(listener: socket.socket) -> bool:
    host, port = listener.getsockname()[:2]
    reached = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - "all addresses" includes these
    connection = http.client.HTTPConnection(reached, port, timeout=5)
    try:
        connection.request("GET", "/healthz", headers={"Host": "localhost"})
        # With an https address the answer is a redirect there: that too comes from a working process.
        return connection.getresponse().status in {200, 301}
    except OSError:
        return False
    finally:
        connection.close()


def _prepare() -> str:
    """Prepare database and assets. Return the link that makes the first administrator, "" once there is one."""
    parent = os.getpid()
    done = subprocess.run(
        [sys.executable, "-m", "launcher.prepare"],
        cwd=settings.BASE_DIR,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,  # the terminal's Ctrl-C is for this process, which ends the child
        preexec_fn=lambda: die_with_parent(parent),
    )
    if done.returncode == REFUSED:
        raise Refused(done.stdout)
    if done.returncode:
        raise Refused("Preparing the database failed for the reason above.")
    return done.stdout.strip()


def _welcome(setup_link: str) -> str:
    lines = ["", f"  Allclear is ready: {settings.PUBLIC_URL}"]
    if settings.DEMO:
        lines.append(f"  Sign in with one click: {settings.PUBLIC_URL}/demo/")
    elif setup_link:
        lines += ["  Create the first administrator with this link. It works once and expires in one hour:"]
        lines += [f"    {setup_link}"]
    return "\n".join([*lines, "  Ctrl-C stops it.", ""])


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    try:
        start()
    except Refused as refused:
        sys.exit(str(refused))
