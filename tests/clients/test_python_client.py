"""Does a client that `openapi-python-client` makes from the description run an incident and its retrospective?"""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.clients.conftest import HERE, example, run

STORY = HERE / "story.py"
ITS_OWN = "client.py"
"""The same for every description, and not free of what `mypy --strict` objects to."""


@pytest.fixture(scope="session")
def generated(tmp_path_factory, description) -> tuple[Path, str]:
    """The folder with the package `allclear_client`, and what the generator said."""
    folder = tmp_path_factory.mktemp("python-client")
    options = ("--meta", "none", "--output-path", "allclear_client")
    return folder, run("openapi-python-client", "generate", "--path", description, *options, folder=folder)


def test_the_generator_knows_everything_in_the_description(generated):
    _, said = generated
    assert said.splitlines() == ["Generating allclear_client"]


def test_the_program_and_the_example_of_the_docs_keep_to_the_types(generated):
    folder, _ = generated
    (folder / "example.py").write_text(example("python"))
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file=", "--no-error-summary"]
    done = subprocess.run(
        [*command, STORY, "example.py"], cwd=folder, capture_output=True, text=True, timeout=120
    )
    faults = [line for line in done.stdout.splitlines() if f"/{ITS_OWN}:" not in line]
    assert (faults, done.stderr) == ([], "")


def test_it_runs_an_incident_and_its_retrospective(generated, settings_of_story, check_story):
    folder, _ = generated
    check_story(run(sys.executable, STORY, settings_of_story, folder=folder, PYTHONPATH=str(folder)))
