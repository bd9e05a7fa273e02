"""The emulator passes all requests that Schemathesis generates from the contract; a server with a fault fails."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from contract.conformance.proxy import CONTRACT, skip_without_tools
from contract.conformance.served import FAULTS, Fault, served

HERE = Path(__file__).parent
skip_without_tools()
PROGRAM = Path(sys.executable).with_name("schemathesis")


def run(folder: Path, examples: int, fault: Fault | None = None) -> subprocess.CompletedProcess[str]:
    """Run all phases over HTTP, always with the same requests."""
    with served(fault) as url:
        config = f"--config-file={HERE / 'schemathesis.toml'}"
        options = [f"--url={url}", "--seed=1", f"--max-examples={examples}"]
        root = str(HERE.parents[1])
        hooks = {"SCHEMATHESIS_HOOKS": "contract.conformance.hooks", "CONFORMANCE_URL": url, "PYTHONPATH": root}
        return subprocess.run(
            [PROGRAM, config, "run", str(CONTRACT), *options],
            cwd=folder, env=os.environ | hooks, capture_output=True, text=True, check=False, timeout=600,
        )  # fmt: skip


def test_every_response_conforms_to_the_contract(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    done = run(tmp_path, 50)
    assert done.returncode == 0, done.stdout
    assert "No issues found" in done.stdout  # nor warnings about operations without a successful request
    assert "Tested: 13" in done.stdout
    cases = re.search(r"(\d+) generated, \1 passed", done.stdout)
    assert cases
    assert int(cases[1]) > 500
    record_property("cases", cases[0])


@pytest.mark.parametrize("fault", [fault for fault in FAULTS if fault.schemathesis], ids=lambda fault: fault.title)
def test_a_fault_of_the_server_is_detected(tmp_path: Path, fault: Fault) -> None:
    done = run(tmp_path, 5, fault)
    assert done.returncode == 1
    assert f"❌ {fault.schemathesis}: " in done.stdout, done.stdout


def test_every_fault_is_detected_by_one_of_the_tools() -> None:
    assert len(FAULTS) >= 8
    assert all(fault.schemathesis or fault.prism for fault in FAULTS)
