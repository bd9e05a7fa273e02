"""One edit in the contract and one command: what the generator makes, and how drift is found.

Needs the generator: `nox -s spec` has it, the other sessions skip this file.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from support.paths import PROJECT

pytest.importorskip("openapi_python_client", reason="the generator is not installed; nox -s spec runs this")
TARGET = "generated/octopus_cards_api"
# Where a field can be put in before another.
BEFORE = "        status_text:\n"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Return a copy of the contract and of what was generated from it."""
    for folder in ("spec", "tools", "generated", "octopus_cards"):
        shutil.copytree(
            PROJECT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__", "node_modules")
        )
    shutil.copy(PROJECT / "pyproject.toml", tmp_path)
    return tmp_path


def run(folder: Path, *arguments: str, seed: str = "0") -> subprocess.CompletedProcess[str]:
    """Run the generation as `nox -s generate` and `nox -s drift` do."""
    command = [sys.executable, "tools/generate", TARGET, *arguments]
    env = os.environ | {"PYTHONHASHSEED": seed}
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)


def edit(folder: Path, old: str, new: str) -> None:
    contract = folder / "spec" / "openapi.yaml"
    text = contract.read_text("utf-8")
    assert text.count(old) == 1
    contract.write_text(text.replace(old, new), "utf-8")


def python(folder: Path, code: str) -> str:
    """Return what a program prints that imports the copy's generated package."""
    env = os.environ | {"PYTHONPATH": str(folder / "generated")}
    return subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True).stdout


def test_the_committed_files_are_up_to_date(copy: Path) -> None:
    checked = run(copy, "--check")
    assert checked.returncode == 0, checked.stderr
    assert "generated files are what the contract and the async sources make" in checked.stdout


def test_drift_names_the_file_until_it_is_generated_again(copy: Path) -> None:
    edit(copy, "Latest human-readable detail.", "The latest detail for people.")
    drifted = run(copy, "--check")
    assert drifted.returncode == 1
    assert f"drift: {TARGET}/models/topup_order.py differs. Run `nox -s generate`" in drifted.stderr
    assert run(copy).returncode == 0
    assert run(copy, "--check").returncode == 0


@pytest.mark.parametrize(("change", "state"), [("missing", "is missing"), ("extra", "is not generated")])
def test_drift_sees_added_and_missing_files(copy: Path, change: str, state: str) -> None:
    if change == "missing":
        (copy / TARGET / "errors.py").unlink()
    else:
        (copy / TARGET / "helpers.py").write_text("")
    drifted = run(copy, "--check")
    assert drifted.returncode == 1
    assert state in drifted.stderr


def test_generating_twice_gives_the_same_bytes(copy: Path) -> None:
    made = []
    for seed in ("1", "2"):
        shutil.rmtree(copy / TARGET)
        assert run(copy, seed=seed).returncode == 0
        made.append({p.relative_to(copy): p.read_bytes() for p in (copy / TARGET).rglob("*") if p.is_file()})
    assert made[0] == made[1]


def test_an_optional_field_is_readable_with_no_other_edit(copy: Path) -> None:
    field = """\
        operator_note:
          type: string
          description: A remark of the operator.
        fees:
          type: array
          description: What it cost beside the amount.
          items:
            type: object
            description: A fee.
            required: [amount]
            properties:
              amount: {type: number, description: How much.}
"""
    edit(copy, BEFORE, field + BEFORE)
    assert run(copy).returncode == 0
    order = json.loads((copy / "spec" / "examples" / "order.json").read_text("utf-8"))
    order |= {"operator_note": "By SMS", "fees": [{"amount": 0.25}]}
    code = f"""if True:
        from octopus_cards.emulator import Emulator
        emulator = Emulator()
        emulator.fail_next(200, body={json.dumps(order).encode()!r})
        order = emulator.client().topups.orders.get({order["id"]})
        print(order.operator_note, order.fees[0].amount, type(order.fees), dict(order.additional_properties))"""
    assert python(copy, code) == "By SMS 0.25 <class 'tuple'> {}\n"


KINDS = """\
        maybe: {type: string, nullable: true, description: A field.}
        state: {$ref: '#/components/schemas/TopupStatus'}
        level: {type: string, enum: [LOW, HIGH], nullable: true, description: A field.}
        day: {type: string, format: date, description: A field.}
        anything: {description: A field.}
        numbers: {type: array, items: {type: number}, description: A field.}
"""


def test_fields_of_most_kinds_are_readable_with_no_other_edit(copy: Path) -> None:
    edit(copy, BEFORE, KINDS + BEFORE)
    edit(copy, "      required: [id, product_id,", "      required: [maybe, id, product_id,")
    made = run(copy)
    assert made.returncode == 0, made.stderr
    order = json.loads((copy / "spec" / "examples" / "order.json").read_text("utf-8"))
    given = {"maybe": None, "state": "NEW", "level": "NEWER", "day": "2026-05-19", "anything": [1], "numbers": [1, 2]}
    code = f"""if True:
        from octopus_cards_api.models import TopupOrder
        order = TopupOrder.from_dict({order | given!r})
        print(order.maybe, order.state, order.level, order.day, order.anything, *order.numbers)
        back = order.to_wire(private=True)
        assert back["day"] == "2026-05-19" and back["anything"] == [1] and back["numbers"] == [1, 2]
        try:
            TopupOrder.from_dict({order!r} | {{"day": "tomorrow"}})
        except TypeError as error:
            print(error)"""
    expected = "None NEW NEWER 2026-05-19 [1] 1 2\nTopupOrder.day: a date (RFC 3339) expected, got str\n"
    assert python(copy, code) == expected


def test_a_failed_generation_keeps_the_old_files(copy: Path) -> None:
    before = {p: p.read_bytes() for p in (copy / TARGET).rglob("*.py")}
    edit(copy, BEFORE, "        odd: {type: string, format: uuid, description: A field.}\n" + BEFORE)
    assert run(copy).returncode != 0
    assert {p: p.read_bytes() for p in (copy / TARGET).rglob("*.py")} == before


def test_a_kind_of_field_that_the_template_does_not_know_ends_the_generation(copy: Path) -> None:
    edit(copy, "          description: Latest human-readable detail.", "          format: uuid")
    failed = run(copy)
    assert failed.returncode != 0
    assert "property_kind_not_supported_by_our_model_template" in failed.stderr


def test_a_field_may_have_any_name_that_python_allows(copy: Path) -> None:
    names = (
        "d",
        "cls",
        "self",
        "src_dict",
        "class",
        "datetime",
        "list",
        "value",
        "name",
        "fields",
        "withheld",
        "shown",
    )
    fields = "".join(f"        {name}: {{type: string, description: A field.}}\n" for name in names)
    edit(copy, BEFORE, fields + BEFORE)
    assert run(copy).returncode == 0
    order = json.loads((copy / "spec" / "examples" / "order.json").read_text("utf-8"))
    code = f"""if True:
        from octopus_cards_api.models import TopupOrder
        given = {order!r} | {{name: name.upper() for name in {names!r}}}
        order = TopupOrder.from_dict(given)
        assert order.to_wire(private=True) == given | {{"amount": order.amount}}, order.to_wire()
        assert order == TopupOrder.from_dict(given) and "withheld='WITHHELD'" in repr(order)
        print(order.d, order.cls, order.class_, order.withheld)"""
    assert python(copy, code) == "D CLS CLASS WITHHELD\n"


@pytest.mark.parametrize("name", ["to_dict", "from_dict", "additional_properties"])
def test_a_field_that_would_hide_a_method_ends_the_generation(copy: Path, name: str) -> None:
    edit(copy, "        status_text:\n", f"        {name}:\n")
    failed = run(copy)
    assert failed.returncode != 0
    assert "field_name_taken_by_our_model_template" in failed.stderr


def test_a_moved_upstream_template_stops_the_generation_with_instructions(copy: Path) -> None:
    script = copy / "tools" / "generate" / "__main__.py"
    text = script.read_text("utf-8")
    expected = text.split('"model.py.jinja": "')[1].split('"')[0]
    script.write_text(text.replace(expected, "0" * 64), "utf-8")
    stopped = run(copy)
    assert stopped.returncode == 1
    assert "not the one that ours was derived from" in stopped.stderr
    assert expected in stopped.stderr


def test_fault_a_default_of_a_parameter_is_sent_unasked(copy: Path) -> None:
    """A fault of 0.29.1: so the contract has no defaults, which octopus-no-default checks."""
    edit(copy, "schema: {type: integer, minimum: 1, maximum: 500}", "schema: {type: integer, minimum: 1, default: 50}")
    assert run(copy).returncode == 0
    code = "from octopus_cards_api.api.topup_orders import list_topup_orders as l; print(l._get_kwargs()['params'])"
    assert python(copy, code) == "{'per_page': 50}\n"
