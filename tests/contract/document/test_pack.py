"""The archive for other teams contains the documented files, and equal contents give equal bytes."""

from __future__ import annotations

import subprocess
import zipfile
from pathlib import Path

import octopus_cards
from octopus_cards.emulator import Scenario
from release import pack

NAME = f"octopus-cards-contract-{octopus_cards.__version__}"


def test_the_archive_contains_the_contract_scenarios_programs_and_pages(tmp_path: Path) -> None:
    page = tmp_path / "reference.html"
    page.write_text("<html>")
    first = pack.pack(page, tmp_path)
    before = first.read_bytes()
    assert pack.pack(page, tmp_path).read_bytes() == before
    with zipfile.ZipFile(first) as archive:
        names = set(archive.namelist())
        assert archive.read(f"{NAME}/spec/openapi.yaml") == (pack.ROOT / "spec" / "openapi.yaml").read_bytes()
        assert archive.read(f"{NAME}/reference.html") == b"<html>"
    expected = ["LICENSE", "CHANGELOG.md", "reference.html", "spec/openapi.yaml", "spec/README.md"]
    expected += ["spec/scenarios.schema.json", *(f"spec/scenarios/{name}.json" for name in Scenario.names())]
    assert {f"{NAME}/{name}" for name in expected} == {name for name in names if "/examples/" not in name}
    tracked = subprocess.run(["git", "ls-files", "examples"], cwd=pack.ROOT, capture_output=True, text=True, check=True)
    assert {f"{NAME}/{name}" for name in tracked.stdout.split()} == {name for name in names if "/examples/" in name}
    assert first.name == f"{NAME}.zip"
    assert f"`{first.name}`" in (pack.ROOT / "spec" / "README.md").read_text("utf-8")
