"""Names and sentences use the field's standard terms: the words that earlier versions made up do not come back."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from support.paths import PROJECT

PHRASES = (
    "told|amiss|hopeless|likewise|so many|mended|at hand|whoever|goes on|go on|stands|fruitless|"
    "who (?:is|are|was|were|waits|wants|asks|leaves|does|has|gets)"
)
NAMES = (
    r"LoggedIn|KeyPair|Consult|BlockingDriver|Retrying|ListQuery_|_WHERE|SECRET_MIN|CANCEL_WITHIN|READS_APART|"
    r"RENEW_BEFORE_PART|CLOCKS_DIFFER|CONNECTIONS_MAX|BODY_MAX|TOPUP_ORDER"
)
PATTERN = re.compile(rf"(?i:\b(?:{PHRASES})\b)|\b(?:{NAMES})\b|\b(?:judge|unusable|playing|verdict|told)\(")
# The changelog names what was renamed; benchmarks.json is a record of a run.
LEFT_OUT = {"CHANGELOG.md", "docs/benchmarks.json", "tests/packaging/test_vocabulary.py"}
KINDS = {".py", ".md", ".yaml", ".toml", ".jinja", ".json", ".go", ".java", ".php", ".rs", ".ts"}


def tracked() -> list[Path]:
    """Return the files of the project; none outside a clone."""
    done = subprocess.run(["git", "ls-files"], cwd=PROJECT, capture_output=True, text=True, check=False)
    return [Path(name) for name in done.stdout.splitlines()]


@pytest.mark.skipif(not (PROJECT / ".git").exists(), reason="not a clone: git lists the files to search")
def test_no_word_of_the_old_vocabulary_is_left() -> None:
    found = []
    for path in tracked():
        if path.suffix not in KINDS or str(path) in LEFT_OUT or path.name.endswith(("lock.json", ".lock")):
            continue
        for number, line in enumerate((PROJECT / path).read_text("utf-8").splitlines(), 1):
            found += [f"{path}:{number}: {match[0]}" for match in PATTERN.finditer(line)]
    assert found == []


@pytest.mark.parametrize("sentence", ["Who waits is told.", "hopeless", "as told()", "READS_APART = 1", "judge(call)"])
def test_the_search_finds_them(sentence: str) -> None:
    assert PATTERN.search(sentence)
