"""A folder of files, and the commands over it."""

from io import StringIO

import pytest
from django.core.management import call_command

from tests.api.client import ApiClient


@pytest.fixture
def api():
    return ApiClient.of


@pytest.fixture
def written(tmp_path):
    """`written(services="…")` writes services.yaml into a folder and returns the folder."""

    def write(**files):
        for name, content in files.items():
            (tmp_path / f"{name}.yaml").write_text(content)
        return tmp_path

    return write


@pytest.fixture
def apply(admin):
    """`apply(folder, "--dry-run")` → what the command prints."""

    def run(folder, *options):
        out = StringIO()
        call_command("apply", str(folder), *options, stdout=out)
        return out.getvalue()

    return run
