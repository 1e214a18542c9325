"""bin/manage beside no server at all: brings one up, leaves standard output to the command."""

import subprocess

from tests.setup.conftest import ROOT, alive, command, descendants, plain_environment, wait_until


def test_empty_folder_gets_a_database_and_stdout_is_the_commands_own(stopped):
    folder, done = stopped
    assert (done.stdout, done.returncode) == ("first\n", 0)
    assert "Migrating" in done.stderr
    assert (folder / "postgres" / "PG_VERSION").exists()
    assert not (folder / "postgres" / "postmaster.pid").exists()


def test_exit_code_passes_through(stopped):
    folder, _ = stopped
    assert (
        command("manage", "shell", "--no-imports", "-c", "exit(7)", ALLCLEAR_DATA=str(folder)).returncode == 7
    )


def test_several_at_once_share_one_server(stopped):
    folder, _ = stopped
    code = "import time; from django.db import connection as c; c.ensure_connection(); time.sleep(1); print(c.is_usable())"
    together = [
        subprocess.Popen(
            [ROOT / "bin" / "manage", "shell", "--no-imports", "-c", code],
            env=plain_environment(ALLCLEAR_DATA=str(folder)),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    said = [(process.communicate(timeout=40), process.returncode) for process in together]
    assert [(out, code) for (out, _), code in said] == [("True\n", 0)] * 3, said


def test_kill_9_takes_the_database_along(stopped):
    folder, _ = stopped
    killed = subprocess.Popen(
        [
            ROOT / "bin" / "manage",
            "shell",
            "--no-imports",
            "-c",
            "import time; print('up', flush=True); time.sleep(60)",
        ],
        env=plain_environment(ALLCLEAR_DATA=str(folder)),
        stdout=subprocess.PIPE,
        text=True,
    )
    assert killed.stdout.readline() == "up\n"
    children = list(descendants(killed.pid))
    assert children
    killed.kill()
    killed.communicate()
    assert wait_until(lambda: not alive(children), seconds=15)
    assert command("manage", "showmigrations", "sessions", ALLCLEAR_DATA=str(folder)).returncode == 0


def test_files_are_named_from_where_the_caller_stands(stopped, tmp_path):
    folder, _ = stopped
    done = subprocess.run(
        [ROOT / "bin" / "manage", "shell", "--no-imports", "-c", "import os; print(os.getcwd())"],
        cwd=tmp_path,
        env=plain_environment(ALLCLEAR_DATA=str(folder)),
        capture_output=True,
        text=True,
    )
    assert done.stdout.strip() == str(tmp_path)


def test_command_reached_through_a_symbolic_link(tmp_path):
    link = tmp_path / "allclear"
    link.symlink_to(ROOT / "bin" / "manage")
    # bin/manage as the name of a link elsewhere; `version` needs no database
    done = subprocess.run(
        [link, "version"], env=plain_environment(ALLCLEAR_DATA=str(tmp_path)), capture_output=True
    )
    assert done.returncode == 0, done.stderr


def test_older_cluster_is_named(stopped, tmp_path):
    cluster = tmp_path / "postgres"
    cluster.mkdir(mode=0o700)
    (cluster / "PG_VERSION").write_text("13\n")
    refused = command("manage", "shell", "-c", "1", ALLCLEAR_DATA=str(tmp_path))
    assert refused.returncode == 1
    assert refused.stderr.count("\n") == 1
    assert "made by PostgreSQL 13" in refused.stderr


def test_backup_comes_back_in_an_empty_folder(stopped, tmp_path):
    folder, _ = stopped
    sql = command("manage", "backup", ALLCLEAR_DATA=str(folder))
    assert sql.returncode == 0, sql.stderr
    restored = subprocess.run(
        [ROOT / "bin" / "manage", "dbshell", "--", "--quiet", "--set=ON_ERROR_STOP=1"],
        env=plain_environment(ALLCLEAR_DATA=str(tmp_path)),
        input=sql.stdout,
        capture_output=True,
        text=True,
    )
    assert restored.returncode == 0, restored.stderr
    again = command("manage", "backup", ALLCLEAR_DATA=str(tmp_path))
    assert without_keys(again.stdout) == without_keys(sql.stdout)


def without_keys(sql: str) -> list[str]:
    """pg_dump guards each dump with a random key."""
    return [line for line in sql.splitlines() if not line.startswith(("\\restrict", "\\unrestrict"))]
