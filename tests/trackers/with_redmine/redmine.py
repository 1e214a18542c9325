"""Debian's Redmine with a database of its own, on a free port of loopback."""

import json
import os
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

HOME = Path("/usr/share/redmine")
SEED = """
Setting.rest_api_enabled = '1'
Setting.default_language = 'en'
people = {}
{bot: ['Allclear', 'Bot'], dana: ['Dana', 'Example']}.each do |login, names|
  user = User.new(:firstname => names[0], :lastname => names[1], :mail => "#{login}@example.test", :language => 'en')
  user.login = login.to_s
  user.password = user.password_confirmation = SecureRandom.hex(12)
  user.save!
  people[login] = user
end
role = Role.givable.find_by_name('Manager')
projects = %w[pay ops].map do |key|
  project = Project.new(:name => key.upcase, :identifier => key, :is_public => false)
  project.enabled_module_names = ['issue_tracking']
  project.trackers = Tracker.all
  project.save!
  people.values.each { |user| Member.create!(:principal => user, :project => project, :roles => [role]) }
  project
end
puts({:bot => people[:bot].api_key, :dana => people[:dana].api_key, :dana_id => people[:dana].id,
      :pay => projects[0].id, :ops => projects[1].id}.to_json)
"""


class Redmine:
    """`url`, `bot` and `dana` (their API keys), `dana_id`, `pay` and `ops` (ids of projects)."""

    def __init__(self, folder: Path) -> None:
        missing = [str(path) for path in (HOME, Path(shutil.which("puma") or "puma")) if not path.exists()]
        if missing:
            raise RuntimeError("apt-get install --no-install-recommends redmine redmine-sqlite puma")
        self.folder = folder
        self.environment = os.environ | {
            "RAILS_ENV": "production",
            "DATABASE_URL": f"sqlite3:{folder}/redmine.db",
            "REDMINE_LANG": "en",
            "SCHEMA": f"{folder}/schema.rb",
            "RAILS_LOG_TO_STDOUT": "1",
        }
        for task in ("db:migrate", "redmine:load_default_data"):
            self._run("bin/rake", task)
        seeded = self._run("bin/rails", "runner", SEED)
        vars(self).update(json.loads(seeded.strip().splitlines()[-1]))
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            self.port = taken.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.process = subprocess.Popen(
            ["puma", "-b", f"tcp://127.0.0.1:{self.port}", "-e", "production", "-t", "2:4", "config.ru"],
            cwd=HOME,
            env=self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._wait()

    def _run(self, *command: str) -> str:
        done = subprocess.run(
            command, cwd=HOME, env=self.environment, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise RuntimeError(f"{' '.join(command[:2])}: {done.stderr[-2000:]}")
        return done.stdout

    def _wait(self) -> None:
        ends = time.monotonic() + 60
        while time.monotonic() < ends:
            try:
                urllib.request.urlopen(self.url, timeout=5).close()
                return
            except (urllib.error.URLError, OSError):
                time.sleep(0.2)
        raise RuntimeError("Redmine does not answer.")

    def as_dana(self, method: str, path: str, **issue) -> dict:
        """What a person does there."""
        name, _, query = path.partition("?")
        request = urllib.request.Request(
            f"{self.url}/{name}.json?{query}",
            method=method,
            data=json.dumps({"issue": issue}).encode() if issue else None,
            headers={"X-Redmine-API-Key": self.dana, "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.loads(answer.read() or "{}")

    def issue(self, pk: str) -> dict:
        return self.as_dana("GET", f"issues/{pk}?include=journals")["issue"]

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(30)
