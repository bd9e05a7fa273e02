"""Makes the generated client from the contract: `nox -s generate` and `nox -s drift` run this.

python tools/generate/__main__.py generated/octopus_cards_api            writes it
python tools/generate/__main__.py generated/octopus_cards_api --check    fails on the first difference
"""

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

HERE = Path(__file__).resolve().parent
CONTRACT = HERE.parents[1] / "spec" / "openapi.yaml"
# Upstream's own model.py.jinja, from which ours was derived.
UPSTREAM_MODEL_TEMPLATE = "fd1c79680d51c06cfbb89809ad123750ba9add98b688036c04cabbf1f8ba40a0"
HEADER = """\
# Made by `nox -s generate` (openapi-python-client {version}) from spec/openapi.yaml.
# Sealed: edit the contract, never this file.
"""


def guard_template() -> None:
    """Stops when upstream's template is another one than ours was derived from."""
    upstream = files("openapi_python_client").joinpath("templates/model.py.jinja").read_bytes()
    found = hashlib.sha256(upstream).hexdigest()
    if found != UPSTREAM_MODEL_TEMPLATE:
        sys.exit(
            f"openapi-python-client's own model.py.jinja is not the one that ours was derived from.\n"
            f"  expected sha256 {UPSTREAM_MODEL_TEMPLATE}\n  found           {found}\n"
            f"Compare it with tools/generate/templates/model.py.jinja, take over what users need, then set\n"
            f"UPSTREAM_MODEL_TEMPLATE in tools/generate/__main__.py to the new value."
        )


def generate(target: Path) -> None:
    """Writes the whole import package to `target`, which is not there yet."""
    guard_template()
    options = {
        "--path": CONTRACT,
        "--output-path": target,
        "--meta": "none",
        "--config": HERE / "config.yaml",
        "--custom-template-path": HERE / "templates",
    }
    command = [Path(sys.executable).with_name("openapi-python-client"), "generate"]
    command += [word for option in options.items() for word in option]
    command += ["--overwrite", "--fail-on-warning"]
    bin_folder = str(Path(sys.executable).parent)
    # The generator finds ruff through PATH, and ruff would leave its cache among the generated files.
    env = os.environ | {"RUFF_NO_CACHE": "true", "PATH": os.pathsep.join([bin_folder, os.environ["PATH"]])}
    subprocess.run([str(word) for word in command], check=True, env=env, stdout=subprocess.DEVNULL)
    header = HEADER.format(version=version("openapi-python-client"))
    for path in target.rglob("*.py"):
        path.write_text(header + path.read_text("utf-8"), "utf-8")
    (target / "py.typed").touch()


def contents(folder: Path) -> dict[str, bytes]:
    """Every file below `folder` by its relative name, but for what Python itself leaves there."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }


def check(target: Path) -> None:
    """Generates elsewhere and fails, naming the file, on the first byte that differs."""
    with tempfile.TemporaryDirectory() as scratch:
        fresh = Path(scratch) / target.name
        generate(fresh)
        made, found = contents(fresh), contents(target)
    for name in sorted(made.keys() | found.keys()):
        if made.get(name) != found.get(name):
            state = (
                "differs" if name in made and name in found else "is missing" if name in made else "is not generated"
            )
            sys.exit(f"drift: {target / name} {state}. Run `nox -s generate` and commit what it makes.")
    print(f"{len(made)} generated files are what the contract makes.")


def replace(target: Path) -> None:
    """Generates elsewhere and takes the old package's place only when all went well."""
    with tempfile.TemporaryDirectory() as scratch:
        fresh = Path(scratch) / target.name
        generate(fresh)
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(fresh, target)


def main() -> None:
    """Reads the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("target", type=Path)
    parser.add_argument("--check", action="store_true", help="compare only")
    arguments = parser.parse_args()
    (check if arguments.check else replace)(arguments.target)


if __name__ == "__main__":
    main()
