"""Where the embedded PostgreSQL of a data folder listens."""

import hashlib
from pathlib import Path
from typing import Any

DATABASE_NAME = USER_NAME = "allclear"


def socket_directory(data_dir: Path) -> Path:
    """A short path of its own per data folder: a Unix socket's path may not pass 107 bytes."""
    digest = hashlib.sha256(str(data_dir.resolve()).encode()).hexdigest()[:12]
    return Path("/tmp") / f"allclear-{digest}"  # noqa: S108 - owner checked and mode 0700 when it is made


def connection_settings(data_dir: Path) -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": DATABASE_NAME,
        "USER": USER_NAME,
        "HOST": str(socket_directory(data_dir)),
    }
