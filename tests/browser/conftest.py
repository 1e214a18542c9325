"""A real Chromium, the one bin/test found; without one these tests fail, they are never skipped."""

import os
import shutil

import pytest

# Playwright runs an event loop in this thread, and Django then takes the tests' own queries for async code.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    path = os.environ.get("CHROMIUM_PATH") or shutil.which("chromium")
    if not path:
        pytest.fail("No Chromium: run the tests with bin/test, which finds or installs one.")
    # Chromium's sandbox refuses root; in a container /dev/shm is often too small for it.
    as_root = ["--no-sandbox"] if os.geteuid() == 0 else []
    return {
        **browser_type_launch_args,
        "executable_path": path,
        "args": [*as_root, "--disable-dev-shm-usage"],
    }
