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
    # Playwright starts Chromium without its sandbox, which refuses root; the pages are our own.
    # In a container /dev/shm is often too small for it.
    return {**browser_type_launch_args, "executable_path": path, "args": ["--disable-dev-shm-usage"]}
