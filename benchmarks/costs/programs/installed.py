"""What this environment takes: how many distributions, and how many bytes they and a generated client are."""

import json
import sys
from importlib.metadata import distributions
from pathlib import Path

found = list(distributions())
size = sum(file.size or 0 for one in found for file in one.files or [])
if sys.argv[1]:
    size += sum(path.stat().st_size for path in Path(sys.argv[1]).rglob("*.py"))
print(json.dumps((len(found), size)))
