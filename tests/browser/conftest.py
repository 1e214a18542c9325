"""A real Chromium, the one bin/test found; without one these tests fail, they are never skipped.

The server is the product's own web process, on the tests' database.
"""

import os
import shutil
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import expect

from accounts.models import User
from demo.load import load_demo
from tests.browser.processes import Browsers, Web
from tests.resetting import are_kept, end_sessions, end_work_of_others, keep_rows, restore_rows

# Playwright runs an event loop in this thread, and Django then takes the tests' own queries for async code.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

PATIENCE = 30_000  # milliseconds: a machine that is busy is no fault
expect.set_options(timeout=PATIENCE)
AXE = (Path(settings.BASE_DIR) / "node_modules/axe-core/axe.min.js").read_text
NARROW, WIDE = {"width": 360, "height": 740}, {"width": 1440, "height": 900}


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    path = os.environ.get("CHROMIUM_PATH") or shutil.which("chromium")
    if not path:
        pytest.fail("No Chromium: run the tests with bin/test, which finds or installs one.")
    # Playwright starts Chromium without its sandbox, which refuses root; the pages are our own.
    # In a container /dev/shm is often too small for it.
    return {**browser_type_launch_args, "executable_path": path, "args": ["--disable-dev-shm-usage"]}


@pytest.fixture(scope="session")
def _browsers(launch_browser):
    browsers = Browsers(launch_browser)
    yield browsers
    browsers.close()


@pytest.fixture
def browser(_browsers):
    """One Chromium for all tests of this test process; one that died is replaced."""
    return _browsers.running()


@pytest.fixture(scope="session")
def web(django_db_setup, django_db_blocker, tmp_path_factory):
    """One web process for all tests of this test process."""
    process = Web(tmp_path_factory.mktemp("web") / "data")
    yield process
    process.stop()
    with django_db_blocker.unblock():
        end_sessions()


@pytest.fixture
def server(transactional_db, web):
    web.start()
    yield web
    web.come_to_rest()
    end_work_of_others()


VIOLATION = "Content Security Policy"
# htmx writes as errors that a newer request took the place of one (hx-sync). One that failed is written as sendError too.
REPLACED = ("htmx:afterRequest", "htmx:sendAbort")


@pytest.fixture
def open_as(request, server, browser):
    """`open_as(user, …)` is a signed-in page; what its console says is collected in `page.complaints`.

    Every report of the content security policy fails the test, whether it looks at the complaints or not.
    """
    contexts = []
    violations: list[str] = []

    def open_page(user, *, viewport=WIDE, **options):
        is_phone = viewport["width"] < 500
        options = {"viewport": viewport, "has_touch": is_phone, "is_mobile": is_phone} | options
        context = browser.new_context(base_url=server.url, **options)
        contexts.append(context)
        if user is not None:
            client = Client()
            client.force_login(user)
            cookie = client.cookies[settings.SESSION_COOKIE_NAME]
            context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": server.url}])
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.complaints, page.violations = [], violations
        page.on("console", lambda m: violations.append(m.text) if VIOLATION in m.text else None)

        def note(message) -> None:
            if message.type in ("error", "warning") and not message.text.startswith(REPLACED):
                page.complaints.append(message.text)

        page.on("console", note)
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        return page

    yield open_page
    for context in contexts:
        context.close()
    if not request.node.get_closest_marker("expects_violations"):
        assert not violations


@pytest.fixture
def demo(transactional_db):
    """The demo organisation; its first administrator. It is loaded once in a test process, for that takes long."""
    if are_kept("kept_demo"):
        restore_rows("kept_demo")
    else:
        load_demo()
        keep_rows("kept_demo")
    return User.objects.administrators().first()


@pytest.fixture
def listening():
    """`listening(page)` waits until the page hears of changes; before that they are shown with the next one only."""
    return lambda page: page.locator("html[data-stream=open]").wait_for(state="attached")


@pytest.fixture
def axe():
    """`axe(page)` lists what axe-core objects to, in light and in dark; empty is right."""
    source = AXE()

    def found(page, scheme: str, **options) -> list:
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # no colour on its way to another
        return page.evaluate(
            "options => axe.run(document, options).then(r => r.violations.map("
            "v => [v.id, v.nodes.length, v.nodes[0].html.slice(0, 200)]))",
            options | {"resultTypes": ["violations"], "preload": False},
        )

    def run(page) -> list:
        page.evaluate(
            "() => Promise.all(document.getAnimations().map((one) => one.finished.catch(() => {})))"
        )
        if not page.evaluate("'axe' in window"):
            page.add_init_script(source)  # from the next page on it is there already
            page.evaluate("() => {" + source + "}")
        dark = found(page, "dark", runOnly=["color-contrast"])  # all else is the same in both
        light = found(page, "light")
        page.emulate_media(reduced_motion="no-preference")
        return light + [["dark", *fault] for fault in dark]

    return run
