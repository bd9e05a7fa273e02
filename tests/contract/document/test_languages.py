"""The measurement of other languages detects each kind of faulty program."""

from __future__ import annotations

import sys

import pytest

from languages import smoke
from languages.__main__ import CommandFailed, measure
from languages.language import ROOT, Language, load
from languages.report import BEGIN, COLUMNS, END, README, text

LANGUAGES = load()
PROGRAMS = {
    "Go": "main.go",
    "Java": "src/main/java/com/example/Smoke.java",
    "PHP": "smoke.php",
    "Python": "smoke.py",
    "Rust": "src/main.rs",
    "TypeScript": "smoke.ts",
}
# The files that pin the generator's version for those who build the program.
PINS = {"Go": "go.mod", "Java": "pom.xml", "Rust": "Cargo.lock", "TypeScript": "package.json"}


def language(**fields: object) -> Language:
    """Return a language with placeholders for all fields that a test does not set."""
    return Language(**{"name": "Toy", "generator": "toy", "version": "1", "folder": "examples/python"} | fields)  # type: ignore[arg-type]


def python(program: str) -> str:
    return f'{sys.executable} -c "{program}"'


@pytest.fixture(scope="module")
def good_row() -> str:
    measured = measure(language(compile=["true"], strict="true", run=f"{sys.executable} smoke.py"))
    assert measured.failures == {name: [] for name in COLUMNS}
    return measured.row()


def test_a_correct_program_passes_every_scenario(good_row: str) -> None:
    assert good_row == "| Toy | toy 1 | 0 | yes: true |" + 7 * " yes |"


def test_wrong_output_and_a_bad_exit_status_are_detected() -> None:
    silent = measure(language(compile=["true"], run="true"))
    assert not silent.good
    assert all("0 lines instead of" in silent.failures[name][0] for name in smoke.SCENARIOS)
    assert silent.failures[smoke.REDIRECT] == ["exited with 0, though no request was answered"]
    assert silent.row() == "| Toy | toy 1 | 0 | yes:  |" + 7 * " **no** |"
    broken = measure(language(compile=["true"], run=python("raise SystemExit(7)")))
    assert broken.failures[smoke.PLAIN][0].startswith("exited with 7")


def test_a_token_sent_after_a_redirect_is_detected() -> None:
    program = "import os, urllib.request as u; t = os.environ['OCTOPUS_CARDS_TOKEN']; "
    program += "u.urlopen(u.Request(os.environ['OCTOPUS_CARDS_BASE_URL'], headers=dict(Authorization='Bearer ' + t)))"
    measured = measure(language(compile=["true"], run=python(program)))
    assert measured.failures[smoke.REDIRECT][0] == "requests after the redirect: 1"


def test_the_right_lines_without_any_request_are_detected() -> None:
    program = python(f"print(chr(10).join({smoke.transcript(smoke.PLAIN)!r}))")
    found = measure(language(compile=["true"], run=program)).failures[smoke.PLAIN]
    assert found == [f"0 requests instead of {smoke.request_count(smoke.PLAIN)}"]


def test_a_failed_command_stops_the_run_and_shows_its_output() -> None:
    with pytest.raises(CommandFailed, match=r"Toy: .* exited with 3\nsome output"):
        measure(language(generate=[python("print('some output'); raise SystemExit(3)")]))


def test_a_warning_counts_unless_it_is_known_to_be_harmless() -> None:
    program = python("print('warning: old'); print('warning: new'); print('done')")
    known = {"old": "it is only old"}
    measured = measure(language(generate=[program], harmless=known))
    assert (measured.warned, measured.harmless) == (["warning: new"], ["warning: old"])
    assert not measured.good
    assert measured.row().startswith("| Toy | toy 1 | 1 (1 harmless) | generated only | not run |")


@pytest.mark.parametrize("known", LANGUAGES, ids=lambda known: known.name)
def test_each_language_pins_its_generator_and_has_a_short_program(known: Language) -> None:
    folder = ROOT / known.folder
    pins = [folder / PINS[known.name]] if known.name in PINS else [ROOT / "pyproject.toml"]
    assert any(known.version in pin.read_text("utf-8") for pin in pins)
    assert bool(known.run) == bool(known.compile) == (known.name in PROGRAMS)
    if known.run:
        assert len((folder / PROGRAMS[known.name]).read_text("utf-8").splitlines()) < 140


def test_the_readme_has_a_row_and_a_section_for_each_language() -> None:
    page = README.read_text("utf-8")
    generated = page[page.index(BEGIN) : page.index(END)]
    for known in LANGUAGES:
        assert f"\n| {known.name} | {known.generator} {known.version} | 0" in generated
        assert f"\n### {known.name}: {known.generator} {known.version}\n" in generated
        assert all(note in generated for note in known.notes)
    assert "**no**" not in generated


def test_the_readme_of_the_examples_shows_their_output() -> None:
    printed = "\n".join(smoke.transcript(smoke.PLAIN))
    assert f"```text\n{printed}\n```" in (ROOT / "examples" / "README.md").read_text("utf-8")


def test_the_report_contains_no_path_of_the_machine() -> None:
    measured = measure(language(generate=["true {spec} {root}"]))
    assert "true ../../spec/openapi.yaml ../.." in text([measured])
    assert str(ROOT) not in text([measured])
