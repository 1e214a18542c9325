"""Folders that only the account Allclear runs under may read. Standard library only, Python 3.9."""

from __future__ import annotations

import os
from pathlib import Path

PRIVATE_UMASK = 0o077  # mail, logs, uploads and keys are for the account Allclear runs under


def data_folder_mode() -> int:
    """0700. Where root starts PostgreSQL under another account, that one has to pass through: 0711."""
    return 0o711 if os.geteuid() == 0 else 0o700


def make_private(folder: Path, mode: int = 0o700) -> None:
    """Make `folder`, and take away what others may do in it beyond `mode`. Raises OSError."""
    folder.mkdir(mode=mode, parents=True, exist_ok=True)
    found = folder.stat()
    if found.st_uid == os.geteuid() and found.st_mode & 0o777 & ~mode:
        folder.chmod(found.st_mode & mode)
