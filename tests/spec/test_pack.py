"""The archive for teams of other languages holds what the page for them says, and is the same for the same contents."""

from __future__ import annotations

import zipfile
from pathlib import Path

import octopus_cards
import pack
from octopus_cards.emulator import Scenario

NAME = f"octopus-cards-contract-{octopus_cards.__version__}"


def test_it_holds_the_contract_the_scenarios_and_what_there_is_to_read(tmp_path: Path) -> None:
    page = tmp_path / "drawn.html"
    page.write_text("<html>")
    first = pack.pack(page, tmp_path)
    before = first.read_bytes()
    assert pack.pack(page, tmp_path).read_bytes() == before
    with zipfile.ZipFile(first) as archive:
        names = set(archive.namelist())
        assert archive.read(f"{NAME}/openapi.yaml") == (pack.ROOT / "spec" / "openapi.yaml").read_bytes()
        assert archive.read(f"{NAME}/reference.html") == b"<html>"
    told = ["openapi.yaml", "README.md", "scenarios.schema.json", "CHANGELOG.md", "LICENSE", "reference.html"]
    told += [f"scenarios/{name}.json" for name in Scenario.names()]
    assert names == {f"{NAME}/{name}" for name in told}
    assert first.name == f"{NAME}.zip"
    assert f"`{first.name}`" in (pack.ROOT / "spec" / "README.md").read_text("utf-8")
