"""The whole comparison in a repository of its own: before the first release, and after one."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

pytest.importorskip("griffe", reason="needs griffe and Go: `nox -s breaking` runs it")
if shutil.which("go") is None:
    pytest.skip("needs griffe and Go: `nox -s breaking` runs it", allow_module_level=True)

from compat import baseline, changelog
from compat.__main__ import LAST_RELEASE, ROOT, main
from compat.changes import parse_version
from support.patches import merged

CONTRACT = Path(__file__).parent / "contract"
PACKAGE = '"""A package."""\n\n__all__ = ["LIMIT"]\nLIMIT = 500\n'
NOTHING_RELEASED = "released = false\n"
UNKNOWN_COMMIT = "0" * 40


def git(folder: Path, *arguments: str) -> str:
    author = ["-c", "user.name=test", "-c", "user.email=test@example.com"]
    return subprocess.run(
        ["git", *author, *arguments], cwd=folder, check=True, capture_output=True, text=True
    ).stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Return a repository with a contract and both packages, and nothing released."""
    files = {
        "spec/openapi.yaml": (CONTRACT / "before.yaml").read_text("utf-8"),
        "octopus_cards/__init__.py": PACKAGE,
        "generated/octopus_cards_api/__init__.py": PACKAGE,
        str(LAST_RELEASE): NOTHING_RELEASED,
        "CHANGELOG.md": f"# Changelog\n\n{changelog.BEGIN}\n{changelog.END}\n\nThe end.\n",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "add", "--all")
    git(tmp_path, "commit", "--quiet", "--message", "Release")
    return tmp_path


def release(repository: Path, commit: str = "", version: str = "1.0.0") -> None:
    commit = commit or git(repository, "rev-parse", "HEAD")
    text = f'released = true\nversion = "{version}"\ncommit = "{commit}"\n'
    (repository / LAST_RELEASE).write_text(text, "utf-8")


def change_contract(repository: Path, patch: Path, version: str) -> None:
    before = yaml.safe_load((CONTRACT / "before.yaml").read_text("utf-8"))
    after = merged(before, yaml.safe_load(patch.read_text("utf-8")))
    after["info"]["version"] = version
    (repository / baseline.CONTRACT).write_text(yaml.safe_dump(after, sort_keys=False), "utf-8")


def generated_block(repository: Path) -> str:
    text = (repository / "CHANGELOG.md").read_text("utf-8")
    assert text.startswith("# Changelog\n\n")
    assert text.endswith(f"{changelog.END}\n\nThe end.\n")
    return text.partition(changelog.BEGIN)[2].partition(changelog.END)[0].strip()


def test_before_the_first_release_there_is_no_baseline(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    change_contract(repository, CONTRACT / "breaking" / "operation-removed.yaml", "1.0.0")
    main([], repository)
    assert generated_block(repository) == changelog.NO_RELEASE
    assert capsys.readouterr().out == f"{changelog.NO_RELEASE}\n\nCHANGELOG.md was updated.\n"
    main(["--check"], repository)
    assert capsys.readouterr().out.endswith("CHANGELOG.md is up to date.\n")


def test_the_version_is_checked_without_a_release_too(repository: Path) -> None:
    change_contract(repository, CONTRACT / "compatible" / "nothing-changed.yaml", "1.0")
    with pytest.raises(SystemExit, match=r"a version must be like 1\.2\.3, got '1\.0'"):
        main([], repository)


def test_the_changes_since_a_release_are_listed(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    release(repository)
    change_contract(repository, CONTRACT / "compatible" / "schema-added.yaml", "1.1.0")
    (repository / "octopus_cards" / "__init__.py").write_text(PACKAGE.replace("500", "600"), "utf-8")
    with pytest.raises(SystemExit, match=r"CHANGELOG\.md is out of date"):
        main(["--check"], repository)
    assert generated_block(repository) == ""
    main([], repository)
    block = generated_block(repository)
    assert block.startswith("### The contract, since 1.0.0: 1 change, none breaking\n\n- `#/components/schemas/")
    python = "### The Python packages, since 1.0.0: 1 change, none breaking\n\n- `octopus_cards.LIMIT`: value `500`"
    assert f"\n\n{python} became `600` (attribute-changed-value)" in block
    assert block in capsys.readouterr().out
    main(["--check"], repository)


def test_a_breaking_change_since_a_release_needs_a_major_version(repository: Path) -> None:
    release(repository)
    change_contract(repository, CONTRACT / "breaking" / "operation-removed.yaml", "1.1.0")
    with pytest.raises(SystemExit, match=r"1\.1\.0 must be at least 2\.0\.0, because of \d+ breaking changes? since"):
        main([], repository)
    assert generated_block(repository) == ""
    change_contract(repository, CONTRACT / "breaking" / "operation-removed.yaml", "2.0.0")
    main([], repository)
    assert "**breaks:**" in generated_block(repository)


def test_a_removed_python_name_needs_a_major_version(repository: Path) -> None:
    release(repository)
    change_contract(repository, CONTRACT / "compatible" / "nothing-changed.yaml", "1.1.0")
    empty = '"""A package."""\n'
    (repository / "generated" / "octopus_cards_api" / "__init__.py").write_text(empty, "utf-8")
    with pytest.raises(
        SystemExit, match=r"1\.1\.0 must be at least 2\.0\.0, because of 1 breaking change since 1\.0\.0"
    ):
        main([], repository)


@pytest.mark.parametrize(
    ("prepare", "message"),
    [
        (lambda root: release(root, UNKNOWN_COMMIT), f"this clone lacks the last release, commit {UNKNOWN_COMMIT}"),
        (lambda root: release(root, version="0.9.0"), r"last release is 0\.9\.0, but the contract .* has 1\.0\.0"),
        (lambda root: release(root, version="0.9"), r"last_release\.toml: a version must be like 1\.2\.3"),
        (lambda root: release(root, "HEAD"), r"last_release\.toml: a commit needs 40 hexadecimal digits, got 'HEAD'"),
        (lambda root: (root / LAST_RELEASE).write_text('version = "1.0.0"'), "needs `released = false`"),
        (lambda root: (root / LAST_RELEASE).write_text("released = true"), "needs `released = false`"),
        (lambda root: (root / LAST_RELEASE).write_text('released = false\nversion = "1.0.0"'), "needs `released"),
        (lambda root: (root / "CHANGELOG.md").write_text("# Changelog"), r"CHANGELOG\.md has no lines <!-- made by"),
    ],
)
def test_an_unusable_baseline_stops_the_comparison(
    repository: Path, prepare: Callable[[Path], object], message: str
) -> None:
    prepare(repository)
    with pytest.raises(SystemExit, match=f"breaking: .*{message}"):
        main([], repository)


def test_the_real_file_is_valid() -> None:
    last = baseline.load(ROOT / LAST_RELEASE)
    assert last is None or parse_version(baseline.contract_version(ROOT)) >= parse_version(last.version)
