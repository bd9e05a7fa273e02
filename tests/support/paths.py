"""Where the parts of this project lie."""

from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
SPEC = PROJECT / "spec"
EXAMPLES = SPEC / "examples"
