"""Does a database of an earlier version become the same as a new one, with everything that was in it?"""

import lzma
import subprocess
from pathlib import Path

from incidents.catalogue import CHECKLISTS, INCIDENT_TYPES, ROLES, SEVERITIES
from incidents.message_templates import MESSAGES
from tests.setup.conftest import ROOT, command, plain_environment

EARLIER = Path(__file__).with_name("before-0.1.sql.xz")
"""The demo organisation, as `bin/manage backup` wrote it before the migrations were squashed."""
SCHEMA = """
-- without the table of the cache, which no migration makes
SELECT table_name, column_name, udt_name, character_maximum_length, is_nullable, column_default,
       generation_expression FROM information_schema.columns
    WHERE table_schema = 'public' AND table_name <> 'cache_entries' ORDER BY 1, 2;
SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename <> 'cache_entries' ORDER BY 1;
SELECT conrelid::regclass, conname, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace AND conrelid::regclass::text <> 'cache_entries' ORDER BY 1::text, 2;
SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1;
SELECT prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND probin IS NULL ORDER BY 1;
"""


def sql(folder, text: str) -> str:
    done = subprocess.run(
        [ROOT / "bin" / "manage", "dbshell", "--", "--quiet", "--set=ON_ERROR_STOP=1", "--tuples-only"],
        env=plain_environment(ALLCLEAR_DATA=str(folder)),
        input=text,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def worded(folder) -> list[str]:
    """Every text that came with the version that wrote the database; nobody has edited any in the demo."""
    found = sql(
        folder,
        """COPY (
            SELECT known FROM incidents_messagetemplate UNION SELECT unknown FROM incidents_messagetemplate
            UNION SELECT doing FROM incidents_messagetemplate UNION SELECT brief FROM incidents_role
            UNION SELECT criteria FROM incidents_severity UNION SELECT description FROM incidents_incidenttype
            UNION SELECT title FROM incidents_checklisttemplate) TO STDOUT""",
    )
    return [line.replace("\\n", "\n") for line in found.splitlines() if line]


def shipped_texts() -> set[str]:
    """What a new installation starts with today."""
    texts = {text for words in MESSAGES.values() for text in words.values()}
    texts |= {criteria for criteria, *_ in SEVERITIES.values()} | {brief for *_, brief in ROLES.values()}
    return texts | {text for text, *_ in [*INCIDENT_TYPES.values(), *CHECKLISTS.values()]}


def test_of_the_demo_organisation(stopped, tmp_path):
    new, _ = stopped
    sql(
        tmp_path,
        "DROP SCHEMA public CASCADE; CREATE SCHEMA public;" + lzma.decompress(EARLIER.read_bytes()).decode(),
    )
    migrated = command("manage", "migrate", ALLCLEAR_DATA=str(tmp_path))
    assert migrated.returncode == 0, migrated.stderr
    assert sql(tmp_path, SCHEMA) == sql(new, SCHEMA)
    assert sql(tmp_path, "SELECT count(*) FROM incidents_incident").strip() == "17"
    assert [text for text in worded(tmp_path) if text not in shipped_texts()] == []
    verified = command("manage", "verify_audit", ALLCLEAR_DATA=str(tmp_path))
    assert verified.returncode == 0, verified.stderr
