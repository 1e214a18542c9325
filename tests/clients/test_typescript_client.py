"""Does a client that `@hey-api/openapi-ts` makes from the description run an incident and its retrospective?"""

import re
import shutil
from pathlib import Path

import pytest
from django.conf import settings

from tests.clients.conftest import HERE, example, run

PROGRAMS = Path(settings.BASE_DIR) / "node_modules" / ".bin"
STORY = "story.ts"
USUAL = (
    r"@hey-api/openapi-ts v[\d.]+|\[Job 1\] (~ Generating\.\.\.|  \[1\] \S+|✓ \S+ · \d+ files · [\d.]+m?s)"
)
ESCAPES = r"\bany\b|\bas (?!const\b)|@ts-|!\.|<\w+>\w"
"""What takes the types away: any, a cast, a comment to the compiler, “it is not null”."""
TEXTS = r"\"[^\"]*\"|`[^`]*`|// (?!@).*|/\*\*.*\*/"
COLOURS = r"\x1b\[\d+m"


@pytest.fixture(scope="session")
def generated(tmp_path_factory, description) -> tuple[Path, str]:
    """The folder with the client, the program and what says how it is checked; what the generator said."""
    folder = tmp_path_factory.mktemp("typescript-client")
    for name in (STORY, "tsconfig.json"):
        shutil.copy(HERE / name, folder)
    (folder / "example.ts").write_text(example("ts").replace("allclear-client", "client"))
    command = (PROGRAMS / "openapi-ts", "-i", description, "-o", "client")
    return folder, re.sub(COLOURS, "", run(*command, folder=folder))


def test_the_generator_knows_everything_in_the_description(generated):
    _, said = generated
    assert [line for line in said.splitlines() if line and not re.fullmatch(USUAL, line)] == []


def test_the_program_keeps_to_the_types(generated):
    assert re.findall(ESCAPES, re.sub(TEXTS, "", (HERE / STORY).read_text())) == []


def test_it_runs_an_incident_and_its_retrospective(generated, settings_of_story, check_story):
    folder, _ = generated
    shutil.copy(settings_of_story, folder / "settings.json")
    run(PROGRAMS / "tsc", "--project", ".", folder=folder)
    bundle = ("--bundle", "--format=esm", "--platform=node", "--outfile=story.mjs", "--log-level=warning")
    assert run(PROGRAMS / "esbuild", STORY, *bundle, folder=folder) == ""
    check_story(run("node", "story.mjs", folder=folder))
