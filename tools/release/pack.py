"""Packs what teams of other languages take: the contract, its scenarios, the programs, and what there is to read.

They lie as in the repository, so that the commands of the pages hold.

python tools/release/pack.py dist/reference.html dist    as `nox -s artefacts` has it
"""

from __future__ import annotations

import argparse
import zipfile
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
# So that the same contents are the same bytes.
_MADE = {"generated", "target", "node_modules", "__pycache__", ".mypy_cache"}
LONG_AGO = (1980, 1, 1, 0, 0, 0)


def contents(page: Path) -> dict[str, Path]:
    """What the archive holds, by the name that it has there."""
    wanted = ["LICENSE", "CHANGELOG.md", "spec/openapi.yaml", "spec/README.md", "spec/scenarios.schema.json"]
    files = [ROOT / name for name in wanted] + sorted((ROOT / "spec" / "scenarios").glob("*.json"))
    files += sorted(file for file in (ROOT / "examples").rglob("*") if file.is_file() and not _MADE & {*file.parts})
    return {str(file.relative_to(ROOT)): file for file in files} | {"reference.html": page}


def pack(page: Path, folder: Path) -> Path:
    """Writes the archive, named by the contract's version."""
    version = yaml.safe_load((ROOT / "spec" / "openapi.yaml").read_text("utf-8"))["info"]["version"]
    archive = folder / f"octopus-cards-contract-{version}.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as made:
        for name, file in contents(page).items():
            entry = zipfile.ZipInfo(f"{archive.stem}/{name}", LONG_AGO)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            made.writestr(entry, file.read_bytes())
    return archive


def main() -> None:
    """Reads the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("page", type=Path, help="the drawn reference page")
    parser.add_argument("folder", type=Path, help="where to write the archive")
    options = parser.parse_args()
    print(pack(options.page, options.folder))


if __name__ == "__main__":
    main()
