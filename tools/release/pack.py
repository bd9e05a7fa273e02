"""Pack the archive for teams of other languages: the contract, its scenarios, the programs and the documentation.

The paths are those of the repository, so that the commands in the documentation work unchanged.

Usage, as in `nox -s artefacts`: python tools/release/pack.py dist/reference.html dist
"""

from __future__ import annotations

import argparse
import zipfile
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
_BUILD_FOLDERS = {"generated", "target", "node_modules", "__pycache__", ".mypy_cache"}
# A constant date makes archives with equal contents equal.
ENTRY_DATE = (1980, 1, 1, 0, 0, 0)


def contents(page: Path) -> dict[str, Path]:
    """Return the files of the archive, by their names in it."""
    pages = ["LICENSE", "CHANGELOG.md", "spec/openapi.yaml", "spec/README.md", "spec/scenarios.schema.json"]
    files = [ROOT / name for name in pages] + sorted((ROOT / "spec" / "scenarios").glob("*.json"))
    files += sorted(
        file for file in (ROOT / "examples").rglob("*") if file.is_file() and not _BUILD_FOLDERS & {*file.parts}
    )
    return {str(file.relative_to(ROOT)): file for file in files} | {"reference.html": page}


def pack(page: Path, folder: Path) -> Path:
    """Write the archive and return its path; the name contains the version of the contract."""
    version = yaml.safe_load((ROOT / "spec" / "openapi.yaml").read_text("utf-8"))["info"]["version"]
    archive = folder / f"octopus-cards-contract-{version}.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as writer:
        for name, file in contents(page).items():
            entry = zipfile.ZipInfo(f"{archive.stem}/{name}", ENTRY_DATE)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            writer.writestr(entry, file.read_bytes())
    return archive


def main() -> None:
    """Write the archive that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("page", type=Path, help="the reference page")
    parser.add_argument("folder", type=Path, help="the folder for the archive")
    options = parser.parse_args()
    print(pack(options.page, options.folder))


if __name__ == "__main__":
    main()
