"""Does a test have its web process and its Chromium, whatever an earlier one did to them?"""

import os
import signal

import pytest

from tests.browser.processes import NAME

pytestmark = pytest.mark.browser


def is_served(open_as, person) -> None:
    page = open_as(person)
    page.goto("/incidents/")
    page.get_by_role("heading", name="Incidents").first.wait_for()


def test_a_web_process_that_was_killed(open_as, server, commander):
    server.kill(NAME)
    with pytest.warns(UserWarning, match="The web process died and is replaced"):
        server.start()
    is_served(open_as, commander)


def test_one_that_cannot_start_says_why(server, monkeypatch):
    server.stop()
    with monkeypatch.context() as patched:
        patched.setitem(server._environment, "FAULTS_DATABASE", "nonsense")
        with pytest.raises(pytest.fail.Exception, match=r"(?s)did not start.*JSONDecodeError"):
            server.start()
    server.stop()


def test_one_that_hangs_says_where(open_as, server, commander, monkeypatch):
    monkeypatch.setattr("tests.browser.processes.ANSWERS_WITHIN", 0.5)
    is_served(open_as, commander)
    os.kill(server._running[NAME].pid, signal.SIGUSR2)  # its event loop sleeps from now on
    with pytest.warns(UserWarning, match=r"(?s)did not come to rest and is replaced.*web_process\.py"):
        server.come_to_rest()
    server.start()
    is_served(open_as, commander)


def test_a_chromium_that_died(browser, _browsers):
    browser.close()  # as seen from here, what a crash is too
    with pytest.warns(UserWarning, match="Chromium died and is replaced"):
        again = _browsers.running()
    assert again.is_connected()
    again.new_page().close()
