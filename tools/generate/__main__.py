"""Make the generated client from the contract: `nox -s generate` and `nox -s drift` run this.

python tools/generate generated/octopus_cards_api            writes it
python tools/generate generated/octopus_cards_api --check    fails on the first difference
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
from typing import Any

import yaml
from facade import facade_files
from operations import Contract, ContractError, snake_case

HERE = Path(__file__).resolve().parent
CONTRACT = HERE.parents[1] / "spec" / "openapi.yaml"
PACKAGE = HERE.parents[1] / "octopus_cards"
# Upstream's own templates, from which ours were derived.
UPSTREAM_TEMPLATES = {
    "model.py.jinja": "fd1c79680d51c06cfbb89809ad123750ba9add98b688036c04cabbf1f8ba40a0",
    "package_init.py.jinja": "ac15907e32dc39bd9b83ea6f2002fb87514f2182b97f88231b5a9c47321f6210",
    "property_templates/model_property.py.jinja": "9f6efdbfb6212ee4cbaf25149c275d04b262cb03dc69c31bc301282a58167f68",
}
HEADER = """\
# Made by `nox -s generate` (openapi-python-client {version}) from spec/openapi.yaml.
# Sealed: edit the contract, never this file.
"""


def guard_templates() -> None:
    """Stop when one of upstream's templates is not the one that ours was derived from."""
    for name, expected in UPSTREAM_TEMPLATES.items():
        upstream = files("openapi_python_client").joinpath(f"templates/{name}").read_bytes()
        found = hashlib.sha256(upstream).hexdigest()
        if found != expected:
            sys.exit(
                f"openapi-python-client's own {name} is not the one that ours was derived from.\n"
                f"  expected sha256 {expected}\n  found           {found}\n"
                f"Compare it with tools/generate/templates/{name}, adopt what users need, then put the new\n"
                f"value into UPSTREAM_TEMPLATES in tools/generate/__main__.py."
            )


def generate(target: Path) -> None:
    """Write the whole import package to `target`, which must not exist."""
    guard_templates()
    options = {
        "--path": CONTRACT,
        "--output-path": target,
        "--meta": "none",
        "--config": HERE / "config.yaml",
        "--custom-template-path": HERE / "templates",
    }
    command = [str(Path(sys.executable).with_name("openapi-python-client")), "generate"]
    command += [str(word) for option in options.items() for word in option]
    run([*command, "--overwrite", "--fail-on-warning"], stdout=subprocess.DEVNULL)
    write_operations(target)
    header = HEADER.format(version=version("openapi-python-client"))
    for path in target.rglob("*.py"):
        path.write_text(header + path.read_text("utf-8"), "utf-8")
    (target / "py.typed").touch()


def write_operations(target: Path) -> None:
    """Add the operations and the runtime module that upstream does not write."""
    contract = Contract(yaml.safe_load(CONTRACT.read_text("utf-8")))
    try:
        (target / "operations.py").write_text(contract.module(), "utf-8")
    except ContractError as error:
        sys.exit(f"spec/openapi.yaml: {error}")
    for module in (HERE / "package").glob("*.py"):
        shutil.copy(module, target / module.name)
    describe_enums(contract.document, target / "models")
    for arguments in (["check", "--fix-only", "--quiet", "--extend-select=I,F401"], ["format", "--quiet"]):
        run([str(Path(sys.executable).with_name("ruff")), *arguments, "--isolated", str(target)])


def describe_enums(document: dict[str, Any], folder: Path) -> None:
    """Give each enum the description of the contract; upstream writes none."""
    for name, schema in document["components"]["schemas"].items():
        path = folder / f"{snake_case(name)}.py"
        if "enum" in schema and path.is_file():
            text = " ".join(schema["description"].split())
            line = f"class {name}(StrEnum):\n"
            path.write_text(path.read_text("utf-8").replace(line, f'{line}    """{text}"""\n\n'), "utf-8")


def run(command: list[str], **options: Any) -> None:
    """Run a program of this environment."""
    bin_folder = str(Path(sys.executable).parent)
    # The generator finds ruff through PATH, and ruff would leave its cache among the generated files.
    env = os.environ | {"RUFF_NO_CACHE": "true", "PATH": os.pathsep.join([bin_folder, os.environ["PATH"]])}
    subprocess.run(command, check=True, env=env, **options)


def contents(folder: Path) -> dict[str, bytes]:
    """Return every file below `folder` by its relative name, without Python's own caches."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }


def check(target: Path) -> None:
    """Generate elsewhere and fail, naming the file, on the first byte that differs."""
    with tempfile.TemporaryDirectory() as scratch:
        fresh = Path(scratch) / target.name
        generate(fresh)
        made, found = contents(fresh), contents(target)
    for name in sorted(made.keys() | found.keys()):
        if made.get(name) != found.get(name):
            both = name in made and name in found
            state = "differs" if both else "is missing" if name in made else "is not generated"
            fail(target / name, state)
    facade = facade_files(PACKAGE)
    for name, text in facade.items():
        path = PACKAGE / name
        if not path.is_file() or path.read_text("utf-8") != text:
            fail(path.relative_to(PACKAGE.parent), "differs")
    print(f"{len(made) + len(facade)} generated files are what the contract and the async sources make.")


def fail(path: Path, state: str) -> None:
    """End with the name of a file that is not up to date."""
    sys.exit(f"drift: {path} {state}. Run `nox -s generate` and commit what it makes.")


def replace(target: Path) -> None:
    """Generate elsewhere and replace the old files only when everything succeeded."""
    with tempfile.TemporaryDirectory() as scratch:
        fresh = Path(scratch) / target.name
        generate(fresh)
        facade = facade_files(PACKAGE)
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(fresh, target)
    for name, text in facade.items():
        (PACKAGE / name).write_text(text, "utf-8")


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("target", type=Path)
    parser.add_argument("--check", action="store_true", help="compare only")
    arguments = parser.parse_args()
    (check if arguments.check else replace)(arguments.target)


if __name__ == "__main__":
    main()
