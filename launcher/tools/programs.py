"""Running other programs with one clear line when they fail. Standard library only, Python 3.9."""

from __future__ import annotations

import ctypes
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

from launcher.preflight import PROJECT_ROOT, Refused

TOOLS = (
    PROJECT_ROOT / ".tools"
)  # what the commands keep for themselves: uv, the lock, stamps, the last failure
LAST_FAILURE = TOOLS / "last-failure.log"
_UNREACHABLE = re.compile(
    r"error sending request|dns error|failed to lookup|connection refused|could not connect|connect error"
    r"|ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|ECONNRESET|network is unreachable|timed out"
    r"|name or service not known|temporary failure in name resolution|NewConnectionError|Max retries exceeded"
    r"|\(from versions: none\)"  # all that pip says once its retries are used up
    r"|certificate verify failed|invalid peer certificate|SELF_SIGNED_CERT|UNABLE_TO_(GET|VERIFY)",
    re.IGNORECASE,
)
_NO_SPACE = re.compile(r"no space left on device|ENOSPC", re.IGNORECASE)


class Failed(Refused):
    """A program ended with an error; `output` is all it wrote."""

    def __init__(self, line: str, output: str):
        super().__init__(line)
        self.output = output


def run(command: list, *, doing: str, registry: str = "", environment: dict | None = None) -> str:
    """Run quietly and return what it wrote. Raises Failed with one line saying what could not be done.

    `registry` names, for people, where the program fetches from.
    """
    try:
        done = subprocess.run(
            [str(word) for word in command],
            cwd=PROJECT_ROOT,
            env={**os.environ, **(environment or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            preexec_fn=_die_with_parent,
        )
    except OSError as error:
        raise Failed(f"Cannot {doing}: {command[0]}: {error.strerror}.", "") from error
    if done.returncode:
        raise Failed(_explain(doing, registry, done.stdout), done.stdout)
    return done.stdout


def _explain(doing: str, registry: str, output: str) -> str:
    if _NO_SPACE.search(output):
        return f"Cannot {doing}: the disk is full."
    if registry and _UNREACHABLE.search(output):
        return f"Cannot {doing}: the {registry} cannot be reached. Check the network, the proxy and your mirror's address."
    LAST_FAILURE.write_text(output)
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    telling = [line for line in lines if re.search(r"error|denied|failed|not found", line, re.IGNORECASE)]
    reason = (telling or lines or ["no reason given"])[0]
    return f"Cannot {doing}: {reason} (all of it: {LAST_FAILURE})"


def _die_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, int(signal.SIGKILL), 0, 0, 0)  # PR_SET_PDEATHSIG


def network_environment() -> dict:
    """Make every downloader believe what this machine believes: a company's mirror has its own authority.

    And let none of them retry for minutes before it says that a registry cannot be reached.
    """
    chosen = {"UV_SYSTEM_CERTS": "1", "UV_NATIVE_TLS": "1", "NODE_USE_SYSTEM_CA": "1", "PIP_RETRIES": "2"}
    chosen.update(npm_config_fetch_retries="1", npm_config_fetch_retry_mintimeout="1000")
    bundle = os.environ.get("SSL_CERT_FILE")
    if bundle and Path(bundle).exists():
        chosen.update(NODE_EXTRA_CA_CERTS=bundle, PIP_CERT=bundle)
    return {name: value for name, value in chosen.items() if name not in os.environ}


def cache_environment() -> dict:
    """Where the home folder cannot be written, caches go beside the tools."""
    home = Path(os.environ.get("HOME") or "/nonexistent")
    if os.access(home, os.W_OK):
        return {}
    return {
        "UV_CACHE_DIR": str(TOOLS / "cache" / "uv"),
        "PIP_CACHE_DIR": str(TOOLS / "cache" / "pip"),
        "npm_config_cache": str(TOOLS / "cache" / "npm"),
        "HOME": str(TOOLS),
    }
