"""`${env:NAME}` and `${file:PATH}`: an address or a token that is a secret stands elsewhere, never in a configuration."""

import os
import re
from collections.abc import Callable
from pathlib import Path

REFERENCE = re.compile(r"\$\{(env|file):([^${}\0]{1,300})\}")
MOST_BYTES = 10_000
BY_API = ("ALLCLEAR_CHANNEL_", "ALLCLEAR_SOURCE_", "ALLCLEAR_AUTOMATION_")
"""What the names of variables begin with that a request may refer to."""

Look = Callable[[str], str]
"""What a reference stands for. Raises ValueError with a sentence that repeats nothing of it."""


def reading_from(folder: Path) -> Look:
    """Variables of the environment, and files, whose paths begin at the folder."""

    def look(written: str) -> str:
        source, name = _parts(written)
        if source == "env":
            return _variable(name)
        try:
            with (folder / name).open(encoding="utf-8") as file:
                return file.read(MOST_BYTES).strip()
        except (OSError, UnicodeDecodeError) as error:
            raise ValueError(f"The file {name} cannot be read.") from error

    return look


def reading_for_requests(written: str) -> str:
    """Variables set aside for channels, data sources and automations only: a token must not find out about the rest of the server."""
    source, name = _parts(written)
    if source != "env" or not name.startswith(BY_API):
        first, *others = BY_API
        raise ValueError(
            f"Refer to a variable whose name begins with {first}, {' or '.join(others)}, as ${{env:{first}…}}."
        )
    return _variable(name)


def _parts(written: str) -> tuple[str, str]:
    found = REFERENCE.fullmatch(written.strip())
    if found is None:
        raise ValueError("This is a secret. Write ${env:NAME} or ${file:PATH} instead of it.")
    return found[1], found[2]


def _variable(name: str) -> str:
    value = os.environ.get(name, "").strip()
    if not value:
        raise ValueError(f"The environment has no {name}.")
    return value
