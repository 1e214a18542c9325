"""A real Prometheus that scrapes a gauge of ours, a real Alertmanager that notifies us, and our own processes."""

import json
import os
import socket
import subprocess
import threading
import urllib.request
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from incidents.models import Service
from integrations.workflow import create_integration
from launcher.processes import die_with_parent
from tests.faults.processes import KINDS, Installation
from tests.monitoring.programs import find

CACHE = Path.home() / ".cache" / "allclear-tests" / "monitoring"


@pytest.fixture(scope="session")
def programs() -> dict[str, str]:
    found = find(CACHE)
    if isinstance(found, str):
        pytest.skip(found)  # said in the summary of bin/test
    return found


def free_port() -> int:
    with socket.socket() as place:
        place.bind(("127.0.0.1", 0))
        return int(place.getsockname()[1])


class Gauge:
    """What Prometheus scrapes: `orders_failing` of each instance, as the test sets it."""

    def __init__(self) -> None:
        self.failing: dict[str, int] = {"a": 0, "b": 0}
        gauge = self

        class Page(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                lines = [
                    f'orders_failing{{instance="{name}"}} {value}\n' for name, value in gauge.failing.items()
                ]
                body = "".join(lines).encode()
                self.send_response(200)
                self.send_header("Content-Type", "text/plain; version=0.0.4")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def set(self, **failing: int) -> None:
        self.failing = self.failing | failing

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class Allclear(Installation):
    """Web process and worker; the web process answers at the same port after it was started again."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.port = free_port()
        self.kinds = KINDS | {"web": [*KINDS["web"][:-1], str(self.port)]}

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


class Monitoring:
    """`start()` starts both programs with these receivers of Alertmanager, each of which hears of every alert."""

    def __init__(self, programs: dict[str, str], folder: Path, gauge: Gauge) -> None:
        self._programs, self._folder, self._gauge = programs, folder, gauge
        self._running: dict[str, subprocess.Popen] = {}
        self.prometheus = free_port()
        self.alertmanager = free_port()

    def remember(self, values: dict[int, int]) -> None:
        """Before it starts: what `orders_failing` of instance "a" was, by second since 1970."""
        lines = [f'orders_failing{{instance="a"}} {value} {second}\n' for second, value in values.items()]
        written = "# TYPE orders_failing gauge\n" + "".join(lines) + "# EOF\n"
        (self._folder / "before.txt").write_text(written)
        tool = Path(self._programs["prometheus"]).with_name("promtool")
        command = [tool, "tsdb", "create-blocks-from", "openmetrics", "before.txt", "tsdb"]
        subprocess.run(command, cwd=self._folder, check=True, capture_output=True)

    def start(self, receivers: list[dict]) -> None:
        here = "127.0.0.1"
        self._write("am.yml", _alertmanager(receivers))
        self._write("rules.yml", RULES)
        scraped = {
            "job_name": "orders",
            "honor_labels": True,
            "static_configs": [{"targets": [f"{here}:{self._gauge.port}"]}],
        }
        to = {"static_configs": [{"targets": [f"{here}:{self.alertmanager}"]}]}
        self._write(
            "prom.yml",
            {
                "global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
                "rule_files": ["rules.yml"],
                "alerting": {"alertmanagers": [to]},
                "scrape_configs": [scraped],
            },
        )
        self._run(
            "prometheus-alertmanager",
            "--config.file=am.yml",
            "--storage.path=am",
            f"--web.listen-address={here}:{self.alertmanager}",
            "--cluster.listen-address=",
        )
        self._run(
            "prometheus",
            "--config.file=prom.yml",
            "--storage.tsdb.path=tsdb",
            f"--web.listen-address={here}:{self.prometheus}",
        )

    def _write(self, name: str, content: dict) -> None:
        (self._folder / name).write_text(json.dumps(content))  # JSON is YAML

    def _run(self, name: str, *options: str) -> None:
        with open(self._folder / f"{name}.log", "wb") as log:
            self._running[name] = subprocess.Popen(
                [self._programs[name], *options],
                cwd=self._folder,
                stdout=log,
                stderr=subprocess.STDOUT,
                preexec_fn=lambda: die_with_parent(PARENT),
            )

    def query(self, expression: str) -> list:
        address = f"http://127.0.0.1:{self.prometheus}/api/v1/query?query={expression}"
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:
                return json.load(answer)["data"]["result"]
        except OSError:
            return []

    def stop(self, name: str) -> None:
        self._running[name].kill()
        self._running.pop(name).wait()

    def close(self) -> None:
        for name in list(self._running):
            self.stop(name)


PARENT = os.getpid()
RULES = {
    "groups": [
        {
            "name": "orders",
            "interval": "1s",
            "rules": [
                {
                    "alert": "OrdersFail",
                    "expr": "orders_failing > 0",
                    "labels": {"severity": "critical", "service": "checkout"},
                    "annotations": {"summary": "Orders fail on {{ $labels.instance }}"},
                }
            ],
        }
    ]
}


def _alertmanager(receivers: list[dict]) -> dict:
    times = {"group_wait": "1s", "group_interval": "2s", "repeat_interval": "4s"}
    routes = [{"receiver": one["name"], "continue": True} for one in receivers]
    return {
        "route": {
            "receiver": receivers[0]["name"],
            "group_by": ["alertname", "service"],
            **times,
            "routes": routes,
        },
        "receivers": receivers,
    }


@pytest.fixture
def gauge():
    gauge = Gauge()
    yield gauge
    gauge.close()


@pytest.fixture
def allclear(transactional_db, tmp_path):
    running = Allclear(tmp_path / "allclear")
    yield running
    running.stop()


@pytest.fixture
def monitoring(programs, tmp_path, gauge):
    (tmp_path / "monitoring").mkdir()
    running = Monitoring(programs, tmp_path / "monitoring", gauge)
    yield running
    running.close()


@pytest.fixture
def receivers(allclear, admin) -> Callable[[Service], list[dict]]:
    """The four addresses that Alertmanager can notify, each with an integration of its own for this service."""

    def make(service: Service) -> list[dict]:
        def key(kind: str, name: str) -> str:
            return create_integration(by=admin, kind=kind, name=name, service=service)[1]

        hook = {
            "url": f"{allclear.url}/hooks/",
            "http_config": {"authorization": {"credentials": key("alertmanager", "Webhook")}},
        }
        events = {"url": f"{allclear.url}/v2/enqueue", "routing_key": key("pagerduty", "PagerDuty")}
        opsgenie = {"api_url": f"{allclear.url}/", "api_key": key("opsgenie", "Opsgenie")}
        jsm = {
            "api_url": f"{allclear.url}/jsm/ops/integration/",
            "api_key": key("opsgenie", "Jira Service Management"),
        }
        return [
            {"name": "webhook", "webhook_configs": [hook]},
            {"name": "pagerduty", "pagerduty_configs": [events]},
            {"name": "opsgenie", "opsgenie_configs": [opsgenie]},
            {"name": "jsm", "opsgenie_configs": [jsm]},
        ]

    return make
