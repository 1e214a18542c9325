"""The installation's secret key: made once, kept in a file only its owner may read."""

import os
import secrets
from pathlib import Path

from core.private_files import data_folder_mode


def load_or_create_secret(data_dir: Path) -> str:
    """Return the key in `data_dir/secret_key`, creating file and folder where they are missing.

    Raises OSError where the folder cannot be written.
    """
    path = data_dir / "secret_key"
    if not path.exists():
        data_dir.mkdir(mode=data_folder_mode(), parents=True, exist_ok=True)
        draft = path.with_name(f".secret_key.{os.getpid()}.{secrets.token_hex(4)}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(64))
        try:
            os.link(draft, path)  # whoever comes second keeps the first one's key
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text().strip()
