"""What measures the programs of other languages notices what is wrong with one."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from languages import tour
from languages.__main__ import Failed, measure
from languages.language import ROOT, Language, load
from languages.report import BEGIN, COLUMNS, END, README, text

LANGUAGES = load()
PROGRAMS = {
    "Go": "main.go",
    "Java": "src/main/java/com/example/Tour.java",
    "PHP": "tour.php",
    "Python": "tour.py",
    "Rust": "src/main.rs",
    "TypeScript": "tour.ts",
}
# Where the version of a generator is pinned for those who build the program.
PINS = {"Go": "go.mod", "Java": "pom.xml", "Rust": "Cargo.lock", "TypeScript": "package.json"}


def language(**said: object) -> Language:
    """A language of which only some things matter."""
    return Language(**{"name": "Toy", "generator": "toy", "version": "1", "folder": "examples/python"} | said)  # type: ignore[arg-type]


def python(program: str) -> str:
    return f'{sys.executable} -c "{program}"'


@pytest.fixture(scope="module")
def toured() -> str:
    measured = measure(language(compile=["true"], strict="true", run=f"{sys.executable} tour.py"))
    assert measured.failures == {name: [] for name in COLUMNS}
    return measured.row()


def test_a_program_that_makes_every_tour_as_told_has_a_row_that_says_so(toured: str) -> None:
    assert toured == "| Toy | toy 1 | 0 | yes: true |" + 7 * " yes |"


def test_a_program_that_prints_something_else_or_ends_badly_is_noticed() -> None:
    silent = measure(language(compile=["true"], run="true"))
    assert not silent.good
    assert all("0 lines instead of" in silent.failures[name][0] for name in tour.SCENARIOS)
    assert silent.failures[tour.REDIRECT] == ["exited with 0, though nothing was answered"]
    assert silent.row() == "| Toy | toy 1 | 0 | yes:  |" + 7 * " **no** |"
    broken = measure(language(compile=["true"], run=python("raise SystemExit(7)")))
    assert broken.failures[tour.PLAIN][0].startswith("exited with 7")


def test_a_program_that_takes_its_token_elsewhere_is_noticed() -> None:
    program = "import os, urllib.request as u; t = os.environ['OCTOPUS_CARDS_TOKEN']; "
    program += "u.urlopen(u.Request(os.environ['OCTOPUS_CARDS_BASE_URL'], headers=dict(Authorization='Bearer ' + t)))"
    measured = measure(language(compile=["true"], run=python(program)))
    assert measured.failures[tour.REDIRECT][0] == "1 requests went elsewhere"


def test_the_right_lines_without_the_requests_are_noticed() -> None:
    program = python(f"print(chr(10).join({tour.transcript(tour.PLAIN)!r}))")
    asked = measure(language(compile=["true"], run=program)).failures[tour.PLAIN]
    assert asked == [f"0 requests instead of {tour.requests(tour.PLAIN)}"]


def test_a_command_that_fails_ends_the_run_with_its_output() -> None:
    with pytest.raises(Failed, match=r"Toy: .* exited with 3"):
        measure(language(generate=[python("raise SystemExit(3)")]))


def test_a_warning_counts_unless_it_is_known_to_do_no_harm() -> None:
    program = python("print('warning: old'); print('warning: new'); print('done')")
    known = {"old": "it is only old"}
    measured = measure(language(generate=[program], harmless=known))
    assert (measured.warned, measured.harmless) == (["warning: new"], ["warning: old"])
    assert not measured.good
    assert measured.row().startswith("| Toy | toy 1 | 1 (1 harmless) | generated only | not run |")


@pytest.mark.parametrize("known", LANGUAGES, ids=lambda known: known.name)
def test_a_language_is_what_its_folder_says(known: Language) -> None:
    folder = ROOT / known.folder
    pins = [folder / PINS[known.name]] if known.name in PINS else [ROOT / "pyproject.toml"]
    assert any(known.version in pin.read_text("utf-8") for pin in pins)
    assert bool(known.run) == bool(known.compile) == (known.name in PROGRAMS)
    if known.run:
        assert len((folder / PROGRAMS[known.name]).read_text("utf-8").splitlines()) < 80


def test_the_page_for_other_teams_has_what_was_measured_of_each_language() -> None:
    page = README.read_text("utf-8")
    made = page[page.index(BEGIN) : page.index(END)]
    for known in LANGUAGES:
        assert f"\n| {known.name} | {known.generator} {known.version} | 0" in made
        assert f"\n### {known.name}: {known.generator} {known.version}\n" in made
        assert all(note in made for note in known.notes)
    assert "**no**" not in made


def test_the_page_of_the_examples_shows_what_they_print() -> None:
    printed = "\n".join(tour.transcript(tour.PLAIN))
    assert f"```text\n{printed}\n```" in (ROOT / "examples" / "README.md").read_text("utf-8")


def test_what_is_written_names_no_path_of_a_machine(tmp_path: Path) -> None:
    measured = measure(language(generate=["true {spec} {root}"]))
    assert "true ../../spec/openapi.yaml ../.." in text([measured])
    assert str(ROOT) not in text([measured])
