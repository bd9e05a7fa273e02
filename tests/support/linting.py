"""Run the validator and both linters on many documents, and list the checks that fail for each.

This needs Node and the tools of tools/external, which `nox -s spec` installs.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import yaml

from support.patches import merged
from support.paths import PROJECT

LINT = PROJECT / "tools" / "lint"
VALIDATOR = "openapi-spec-validator"
MISSING = [name for name in ("redocly", "spectral") if shutil.which(name) is None]
CONTRACT = "openapi.yaml"
GOOD = "good.yaml"


def skip_without_linters() -> None:
    """Skip the calling module if a linter is missing."""
    pytest.importorskip("openapi_spec_validator", reason="the validator is not installed; nox -s spec runs this")
    if MISSING:
        pytest.skip(f"not on PATH: {', '.join(MISSING)}; nox -s spec runs this", allow_module_level=True)


def own_rules() -> set[str]:
    """Return the project's own rules, and the rules of Redocly that the configuration names."""
    redocly, spectral = (yaml.safe_load((LINT / f"{name}.yaml").read_text("utf-8")) for name in ("redocly", "spectral"))
    own = {f"spectral {name}" for name, rule in spectral["rules"].items() if rule != "off"}
    return own | {f"redocly {name}" for name in redocly["rules"]}


def broken() -> dict[str, tuple[str, str]]:
    """Return the broken documents by name: the check named in their first line, and their text."""
    found = {}
    for path in sorted((LINT / "broken").glob("*.yaml")):
        patch = path.read_text("utf-8")
        good = yaml.safe_load((LINT / GOOD).read_text("utf-8"))
        check = patch.removeprefix("# ").partition(": ")[0]
        found[f"{path.stem}.json"] = check, json.dumps(merged(good, yaml.safe_load(patch)))
    return found


def findings(documents: Mapping[str, str]) -> dict[str, set[str]]:
    """Return the failed checks of any severity for each document; the mapping is from file name to text."""
    with tempfile.TemporaryDirectory() as scratch, ThreadPoolExecutor() as pool:
        for name, text in documents.items():
            (Path(scratch) / name).write_text(text, "utf-8")
        linters = [pool.submit(linter, scratch, list(documents)) for linter in (_redocly, _spectral)]
        found = {name: _validator(name, text) for name, text in documents.items()}
        for linter in linters:
            for name, check in linter.result():
                found[name].add(check)
    return found


def _validator(name: str, text: str) -> set[str]:
    from openapi_spec_validator import OpenAPIV30SpecValidator
    from referencing.exceptions import Unresolvable

    document = json.loads(text) if name.endswith(".json") else yaml.safe_load(text)
    try:
        return {VALIDATOR for _ in OpenAPIV30SpecValidator(document).iter_errors()}
    except Unresolvable:
        return {VALIDATOR}


def _redocly(folder: str, names: list[str]) -> list[tuple[str, str]]:
    text = _run(
        folder, "redocly", "lint", "--format=json", "--max-problems=1000", f"--config={LINT}/redocly.yaml", *names
    )
    reports = list(_concatenated_json(text))
    # There is one report for each document in the order of the arguments, and a clean report names no document.
    return [
        (name, f"redocly {problem['ruleId']}")
        for name, report in zip(names, reports, strict=True)
        for problem in report["problems"]
    ]


def _concatenated_json(text: str) -> Iterator[Any]:
    while text:
        value, end = json.JSONDecoder().raw_decode(text)
        yield value
        text = text[end:].lstrip()


def _spectral(folder: str, names: list[str]) -> list[tuple[str, str]]:
    text = _run(folder, "spectral", "lint", "--quiet", "--format=json", f"--ruleset={LINT}/spectral.yaml", *names)
    return [(Path(problem["source"]).name, f"spectral {problem['code']}") for problem in json.loads(text)]


def _run(folder: str, *command: str) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=300)
    # A linter exits with 1 if it finds something. Without any output it did not run.
    assert done.stdout, done.stderr
    return done.stdout
