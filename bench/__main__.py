"""`bin/bench [--incidents N …]`: builds N incidents in a database of their own, and measures every page.

Prints a table for each N, with the growth from the first to the last, and with --json the figures as JSON. Times are milliseconds at one client, one request after the other;
rounds are interleaved so that a slow minute of the machine falls on all pages alike.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles

from launcher.preflight import PROJECT_ROOT
from launcher.progress import step

PEOPLE = 20  # among whom open streams are spread: one person may hold 40


@dataclass
class Samples:
    seconds: list[float] = field(default_factory=list)
    medians: list[float] = field(default_factory=list)
    cpu: float = 0.0
    queries: int = 0
    size: int = 0
    raw: int = 0

    def row(self) -> dict[str, float | int]:
        return {
            "p50_ms": round(median(self.medians) * 1000, 2),
            "p95_ms": round(quantiles(self.seconds, n=20)[-1] * 1000, 2),
            "queries": self.queries,
            "gzip_bytes": self.size,
            "html_bytes": self.raw,
            "cpu_ms": round(self.cpu / len(self.seconds) * 1000, 2),
        }


def main(arguments: list[str]) -> int:
    options = argparse.ArgumentParser(prog="bin/bench", description=__doc__)
    options.add_argument("--incidents", type=int, nargs="+", default=[1000])
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--requests", type=int, default=5, help="of each page in a round")
    options.add_argument(
        "--only",
        nargs="+",
        default=[""],
        help="pages with one of these names, or with one of these in their names, besides the floors",
    )
    options.add_argument(
        "--compare", metavar="FILE", help="figures of an earlier run: shows what became slower"
    )
    options.add_argument("--streams", type=int, nargs="*", default=[100, 500])
    options.add_argument("--folder", help="where the databases are kept; default var/bench")
    options.add_argument("--fresh", action="store_true", help="build again what is there already")
    options.add_argument("--json", metavar="FILE", help="write the figures as JSON, - for standard output")
    chosen = options.parse_args(arguments)
    caller = Path(os.environ.get("ALLCLEAR_CALLER", "."))
    folder = (caller / chosen.folder) if chosen.folder else PROJECT_ROOT / "var" / "bench"
    for name in [name for name in os.environ if name.startswith("ALLCLEAR_")]:
        del os.environ[name]
    for name in ("DATABASE_URL", "REDIS_URL", "SMTP_URL"):
        os.environ.pop(name, None)
    if len(chosen.incidents) > 1:
        return _one_after_the_other(chosen, arguments, folder)
    data = folder / str(chosen.incidents[0])
    if chosen.fresh and data.exists():
        shutil.rmtree(data)
    data.mkdir(parents=True, exist_ok=True)
    os.environ |= {"ALLCLEAR_DATA": str(data), "DJANGO_SETTINGS_MODULE": "bench.settings"}
    figures = _on_database(data, chosen)
    if chosen.json == "-":
        print(json.dumps(figures, indent=2))
    else:
        before = json.loads((caller / chosen.compare).read_text()) if chosen.compare else {}
        _tell(figures, before.get("pages", {}))
        if chosen.json:
            (caller / chosen.json).write_text(json.dumps(figures, indent=2))
    return 0


def _on_database(data: Path, chosen: argparse.Namespace) -> dict:
    # Settings are read on import: only after main() has chosen the database.
    import django
    from django.conf import settings

    from launcher import prepare
    from launcher.postgres import EmbeddedPostgres

    server = EmbeddedPostgres(data, binaries=settings.POSTGRES_BIN)
    try:
        server.start()
        django.setup()
        prepare.prepare()
        built = data / "built"
        if not built.exists():
            from bench.build import build  # reads settings

            with step(f"Building {chosen.incidents[0]:,} incidents"):
                build(chosen.incidents[0])
            built.touch()
        return _measure(chosen)
    finally:
        if hasattr(server, "child"):
            server.stop()


def _measure(chosen: argparse.Namespace) -> dict:
    # Settings are read on import: only after main() has chosen the database.
    from bench.client import Client
    from bench.crowd import crowd
    from bench.pages import pages
    from bench.routes import ADMINISTRATOR, PERSON
    from bench.server import Server
    from bench.streams import measure
    from incidents.models import Incident

    server = Server.start()
    try:
        client, administrator = (Client(server.port, _signed_in(who)) for who in (PERSON, ADMINISTRATOR))
        named = pages(client, administrator)
        asked = _chosen(list(named), (*chosen.only, "floor"))
        samples = {page.name: Samples() for page in asked}
        for page in asked:  # warm: templates are parsed, plans are made
            for _ in range(3):
                _check(page.name, page.ask())
        for number in range(chosen.rounds):
            with step(f"Round {number + 1} of {chosen.rounds}"):
                for page in asked:
                    _round(page, server, samples[page.name], chosen.requests)
        memory = server.memory_mb()
        open_ones = [i.reference for i in Incident.objects.active().filter(is_private=False)[:30]]
        people = [_signed_in(f"person{n}@example.test") for n in range(1, PEOPLE + 1)]
        streams = [measure(server.port, people, open_ones, n) for n in chosen.streams]
        return {
            "incidents": chosen.incidents[0],
            "pages": {name: s.row() for name, s in samples.items()},
            "memory_mb": round(memory, 1),
            "memory_with_streams_mb": round(server.memory_mb(), 1),
            "streams": streams,
            "crowd": crowd(server.port),
        }
    finally:
        server.stop()


def _chosen(named: list, wanted: tuple[str, ...]) -> list:
    """Those with a wanted name; a name that no page has is looked for inside the names."""
    names = {page.name for page in named}
    whole = {name for name in wanted if name in names and name != "floor"}
    parts = [name for name in wanted if name not in whole]
    return [page for page in named if page.name in whole or any(part in page.name for part in parts)]


def _round(page, server, samples: Samples, requests: int) -> None:
    before = server.cpu_seconds()
    taken = []
    for _ in range(requests):
        answer = _check(page.name, page.ask())
        taken.append(answer.seconds)
    samples.cpu += server.cpu_seconds() - before
    samples.seconds += taken
    samples.medians.append(median(taken))
    samples.queries, samples.size, samples.raw = answer.queries, answer.compressed, answer.size


def _check(name: str, answer):
    if answer.status not in (200, 204, 302):
        raise RuntimeError(f"{name} answered {answer.status}: {answer.body[:300]}")
    return answer


def _signed_in(email: str) -> dict[str, str]:
    # Settings are read on import: only after main() has chosen the database.
    from django.conf import settings
    from django.test import Client as Browser

    from accounts.models import User

    browser = Browser()
    browser.force_login(User.objects.get(email=email))
    return {settings.SESSION_COOKIE_NAME: browser.cookies[settings.SESSION_COOKIE_NAME].value}


def _one_after_the_other(chosen: argparse.Namespace, arguments: list[str], folder: Path) -> int:
    """Each number of incidents in a process of its own; each table is compared with the first."""
    others, is_size = [], False
    for argument in arguments:
        is_size = argument == "--incidents" or (is_size and argument.isdigit())
        if not is_size:
            others.append(argument)
    folder.mkdir(parents=True, exist_ok=True)
    first = folder / f"{chosen.incidents[0]}.json"
    for size in chosen.incidents:
        kept = ["--json", str(first)] if size == chosen.incidents[0] else ["--compare", str(first)]
        code = subprocess.call([sys.executable, "-m", "bench", "--incidents", str(size), *others, *kept])
        if code:
            return code
    return 0


def _tell(figures: dict, before: dict) -> None:
    floor = figures["pages"]["floor"]["p50_ms"]
    print(f"\n{figures['incidents']:,} incidents; web process {figures['memory_mb']} MB (PSS)\n")
    print(
        f"{'page':34}{'p50 ms':>9}{'p95 ms':>9}{'× floor':>9}{'queries':>9}{'HTML B':>9}{'gzip B':>9}{'CPU ms':>9}"
        + (f"{'× before':>10}" if before else "")
    )
    for name, row in figures["pages"].items():
        print(
            f"{name:34}{row['p50_ms']:>9.1f}{row['p95_ms']:>9.1f}{row['p50_ms'] / floor:>9.1f}"
            f"{row['queries']:>9}{row['html_bytes']:>9,}{row['gzip_bytes']:>9,}{row['cpu_ms']:>9.1f}"
            + (f"{row['p50_ms'] / before[name]['p50_ms']:>10.2f}" if name in before else "")
        )
    for name, rate in figures["crowd"].items():
        print(f"public page, {name}: {rate:,.0f} requests a second")
    for row in figures["streams"]:
        print(
            f"{row['streams']} streams: heard after {row['heard_p50'] * 1000:.0f} ms, p95"
            f" {row['heard_p95'] * 1000:.0f} ms; on another screen {row['shown_p50'] * 1000:.0f} ms,"
            f" p95 {row['shown_p95'] * 1000:.0f} ms"
        )


if __name__ == "__main__":
    began = time.monotonic()
    code = main(sys.argv[1:])
    print(f"{time.monotonic() - began:.0f} s", file=sys.stderr)
    sys.exit(code)
