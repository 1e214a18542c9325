"""`bin/lock`: compile the locks anew. Hashes, but no addresses: a company's mirror serves as well."""

from __future__ import annotations

import os

import python_env
from programs import run

from launcher import progress

COMPILE = ["pip", "compile", "--quiet", "--universal", "--generate-hashes", "--no-annotate", "--no-header"]


def lock(arguments: list[str]) -> None:
    """Recompile everything; `arguments` (such as --upgrade) go to `uv pip compile`."""
    uv = python_env.find_uv()
    for name in ("tools", "base", "dev"):
        with progress.step(f"Locking requirements/{name}.txt"):
            files = [f"requirements/{name}.in", "-o", f"requirements/{name}.txt"]
            options = ["--python-version", python_env.SUPPORTED[-1]]
            run(
                [uv, *COMPILE, *options, *files, *arguments],
                doing=f"lock {name}",
                registry=python_env.REGISTRY,
            )
    python_env.ensure(dev=False)
    with progress.step("Locking package-lock.json"):
        path = f"{python_env.VENV / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
        npm = [python_env.VENV / "bin" / "npm", "install", "--package-lock-only", "--ignore-scripts"]
        run(npm, doing="lock the front-end packages", registry="npm registry", environment={"PATH": path})
