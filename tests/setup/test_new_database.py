"""Is the script for a new database what the migrations make, and left alone where something is?"""

from tests.setup.conftest import command


def test_is_what_the_migrations_make(stopped):
    folder, _ = stopped
    checked = command("manage", "write_new_database", "--check", ALLCLEAR_DATA=str(folder))
    assert checked.returncode == 0, checked.stderr


def test_a_migration_that_is_named_runs_from_the_first(tmp_path):
    data = {"ALLCLEAR_DATA": str(tmp_path / "data")}
    assert command("manage", "migrate", "contenttypes", "0001", **data).returncode == 0
    shown = command("manage", "showmigrations", "--plan", **data)
    assert [line for line in shown.stdout.splitlines() if line.startswith("[X]")] == [
        "[X]  contenttypes.0001_initial"
    ]
    migrated = command("manage", "migrate", "auth", **data)
    assert migrated.returncode == 0, migrated.stderr
