"""The last release: the baseline of the comparison."""

from __future__ import annotations

import re
import subprocess
import tarfile
import tomllib
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import yaml

from .changes import parse_version

CONTRACT = Path("spec", "openapi.yaml")
_TREES = (str(CONTRACT), "octopus_cards", "generated")


class BaselineError(Exception):
    """The last release is not usable as a baseline."""


@dataclass(frozen=True)
class Release:
    """A release: its version and the full id of its commit."""

    version: str
    commit: str


def load(path: Path) -> Release | None:
    """Load the last release; None before the first one.

    Raises:
        BaselineError: The file contradicts itself or lacks a value.
    """
    values = tomllib.loads(path.read_text("utf-8"))
    match values:
        case {"released": False, **rest} if not rest:
            return None
        case {"released": True, "version": str(version), "commit": str(commit), **rest} if not rest:
            return _checked(Release(version, commit), path)
    raise BaselineError(f"{path.name} needs `released = false`, or `released = true` with a version and a commit")


def _checked(release: Release, path: Path) -> Release:
    try:
        parse_version(release.version)
    except ValueError as error:
        raise BaselineError(f"{path.name}: {error}") from None
    if not re.fullmatch("[0-9a-f]{40}", release.commit):
        raise BaselineError(f"{path.name}: a commit needs 40 hexadecimal digits, got {release.commit!r}")
    return release


def contract_version(root: Path) -> str:
    """Return the version of the contract below a folder."""
    document: Any = yaml.safe_load((root / CONTRACT).read_text("utf-8"))
    return str(document["info"]["version"])


def export(release: Release, repository: Path, folder: Path) -> None:
    """Write the contract and the packages of a release into a folder.

    Raises:
        BaselineError: The clone lacks the commit, or the commit has another version.
    """
    command = ["git", "archive", release.commit, *_TREES]
    done = subprocess.run(command, cwd=repository, capture_output=True, check=False)
    if done.returncode:
        raise BaselineError(
            f"this clone lacks the last release, commit {release.commit}. If the clone is shallow, run\n"
            f"git fetch --unshallow. Git reports: {done.stderr.decode().strip()}"
        )
    with tarfile.open(fileobj=BytesIO(done.stdout)) as archive:
        archive.extractall(folder, filter="data")
    if (found := contract_version(folder)) != release.version:
        raise BaselineError(f"the last release is {release.version}, but the contract of its commit has {found}")
