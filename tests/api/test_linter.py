"""Does a linter for OpenAPI find nothing to say about the description?"""

import json
import os
import subprocess
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
LINTER = ROOT / "node_modules" / ".bin" / "redocly"
RULES = """
extends: [recommended-strict]
rules:
  info-license: off  # the description is under the terms of the product, which no field names
"""


@pytest.fixture
def found(tmp_path):
    """What the linter finds in a description."""

    def lint(description: Path) -> list[dict]:
        (tmp_path / "redocly.yaml").write_text(RULES)
        done = subprocess.run(
            [LINTER, "lint", "--config", tmp_path / "redocly.yaml", "--format=json", description],
            env=os.environ | {"REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true"},
            cwd=tmp_path,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
        )
        return json.loads(done.stdout)["problems"]

    return lint


def test_nothing_in_ours(found):
    assert found(ROOT / "docs" / "openapi.yaml") == []


def test_something_in_one_that_is_broken(found, tmp_path):
    """So the linter runs, and reads what it is given."""
    broken = tmp_path / "broken.yaml"
    text = (ROOT / "docs" / "openapi.yaml").read_text()
    broken.write_text(
        text.replace("      operationId: declare_incident\n", "      operationId: list_incidents\n")
    )
    assert {problem["ruleId"] for problem in found(broken)} == {"operation-operationId-unique"}
