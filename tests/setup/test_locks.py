"""The locks carry hashes, and no address: a mirror or an air gap serves as well as the public registries."""

import json
import re

import pytest

from tests.setup.conftest import ROOT


@pytest.mark.parametrize("name", ["base", "dev", "tools"])
def test_requirements_have_hashes_and_no_addresses(name):
    text = (ROOT / "requirements" / f"{name}.txt").read_text()
    assert "://" not in text
    packages = re.findall(r"^[a-z0-9][^\s=]*==\S+", text, re.MULTILINE | re.IGNORECASE)
    assert packages
    assert len(re.findall(r"^\S+==[^\n]*\\\n    --hash=sha256:", text, re.MULTILINE)) == len(packages)


def test_dev_holds_all_of_base():
    pins = {
        name: set(re.findall(r"^\S+==\S+", (ROOT / "requirements" / f"{name}.txt").read_text(), re.MULTILINE))
        for name in ("base", "dev")
    }
    assert pins["base"] <= pins["dev"]


def test_package_lock_has_integrity_and_no_addresses():
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    installed = [package for path, package in packages.items() if path and not package.get("link")]
    assert installed
    assert all("resolved" not in package for package in installed)
    assert all(package.get("integrity") or package.get("inBundle") for package in installed)


def test_django_does_not_silently_take_another_driver():
    assert not re.search(r"^psycopg==", (ROOT / "requirements" / "dev.txt").read_text(), re.MULTILINE)


def test_what_the_front_end_is_built_from_is_no_package_of_the_tests():
    """bin/start leaves those out, and here all are installed."""
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    of_tests = {path.removeprefix("node_modules/") for path, one in packages.items() if one.get("dev")}
    assert {"@hey-api/openapi-ts", "axe-core", "statuspage.io", "typescript"} <= of_tests
    assert {
        "@modelcontextprotocol/conformance",
        "@modelcontextprotocol/inspector",
        "@redocly/cli",
    } <= of_tests
    sources = [*(ROOT / "frontend").rglob("*.js"), *(ROOT / "frontend").glob("*.css")]
    imported = re.findall(
        r"""(?:from|import|@plugin)\s+["']((?:@[\w-]+/)?[\w-]+)""",
        "\n".join(one.read_text() for one in sources),
    )
    copied = re.findall(
        r"node_modules/((?:@[\w-]+/)?[\w-]+)",
        json.dumps(json.loads((ROOT / "package.json").read_text())["scripts"]),
    )
    used = {*imported, *copied, "esbuild", "@tailwindcss/cli"}
    assert len(used) > 15
    assert used & of_tests == set()
    assert {name for name in used if f"node_modules/{name}" not in packages} == set()
