"""Which settings of the caller reach the tests that `bin/test` runs?"""

import os
import subprocess
import sys
from pathlib import Path

from django.conf import settings

from launcher import testrun

SHOW = "import os; from launcher import testrun; testrun.plain_environment('/nowhere'); print(sorted(os.environ.items()))"

MARK = "pytest.mark." + "alone"  # in two words, for this file has none


def after(**environment: str) -> str:
    """The environment of the tests when bin/test is called with this one."""
    command = [sys.executable, "-c", SHOW]
    given = os.environ | environment
    return subprocess.run(
        command, env=given, cwd=settings.BASE_DIR, capture_output=True, text=True, check=True
    ).stdout


def test_those_of_an_installation_do_not_and_those_of_long_runs_do():
    seen = after(
        ALLCLEAR_URL="https://ours.example",
        SMTP_URL="smtp://ours.example",
        ALLCLEAR_SESSIONS="5000",
        ALLCLEAR_FIRST_SESSION="1973",
        ALLCLEAR_API_CASES="20000",
    )
    assert "ours.example" not in seen
    assert "('ALLCLEAR_SESSIONS', '5000')" in seen
    assert "('ALLCLEAR_FIRST_SESSION', '1973')" in seen
    assert "('ALLCLEAR_API_CASES', '20000')" in seen


def test_no_process_compiles_every_module_again():
    """Also where PYTHONDONTWRITEBYTECODE is set, as in many images: what is compiled then lies in a folder of its own."""
    assert not sys.dont_write_bytecode


def test_the_tests_alone_are_looked_for_in_few_files_and_all_found():
    marked = {
        str(path) for path in Path(settings.BASE_DIR, "tests").rglob("*.py") if MARK in path.read_text()
    }
    beside, alone = testrun._test_runs(["--exitfirst"])
    assert beside[:2] == ["-m", "not alone"]
    assert alone[:3] == ["-m", "alone", "--exitfirst"]
    assert set(alone[3:]) == marked, "in test files only, where pytest looks"
    assert 0 < len(marked) < 20
