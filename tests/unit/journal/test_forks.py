"""A forked process opens the file itself, and never touches what its parent has open."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from octopus_cards.journal import Journal
from support.programs import run_program

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")

START = """
import ctypes, os, threading
from msgspec.structs import replace
from octopus_cards.journal import Journal, JournalError
from support.journal_contract import count_send

def count(times):
    for _ in range(times):
        journal.update("ORDER-1", count_send)

def in_child(work, fork=os.fork):
    child = fork()
    if child == 0:
        try:
            work()
        except JournalError as error:
            os.write(1, str(error).encode())
        finally:
            os._exit(0)
    return child

journal = Journal.open(sys.argv[1], timeout=float(sys.argv[2]))
count(1)
"""
WAIT = "assert os.waitpid(child, 0)[1] == 0; journal.close()"


def sends(path: Path) -> int:
    with Journal.open(path) as journal:
        return next(iter(journal.entries())).sends


def test_parent_and_child_write_at_once(tmp_path: Path) -> None:
    path = tmp_path / "orders.db"
    assert run_program(f"{START}\nchild = in_child(lambda: count(100)); count(100)\n{WAIT}", path, "30") == ""
    assert sends(path) == 201


def test_a_grandchild_writes_too(tmp_path: Path) -> None:
    nested = "child = in_child(lambda: (count(5), os.waitpid(in_child(lambda: count(5)), 0), count(5)))"
    path = tmp_path / "orders.db"
    assert run_program(f"{START}\n{nested}\n{WAIT}", path, "30") == ""
    assert sends(path) == 16


def test_no_connection_is_open_in_the_child(tmp_path: Path) -> None:
    list_files = "[os.readlink(f'/proc/self/fd/{fd}') for fd in os.listdir('/proc/self/fd') if fd != '3']"
    work = f"lambda: os.write(1, str(any('orders.db' in name for name in {list_files})).encode())"
    if not Path("/proc/self/fd").exists():
        pytest.skip("this system does not list the files of a process in /proc")
    assert run_program(f"{START}\nchild = in_child({work})\n{WAIT}", tmp_path / "orders.db", "30") == "False"


def test_a_fork_inside_change_leaves_the_transaction_to_the_parent(tmp_path: Path) -> None:
    program = """
pids = []
def change(entry):
    pids.append(os.fork())
    return count_send(entry)
try:
    journal.update("ORDER-1", change)
except JournalError as error:
    os.write(1, str(error).encode())
    journal.close()
    os._exit(0)
child = pids[0]
"""
    path = tmp_path / "orders.db"
    # A fork that waited for its own transaction would wait for the whole timeout.
    assert "open the journal in this process" in run_program(f"{START}{program}{WAIT}", path, "80000")
    assert sends(path) == 2


def test_a_fork_during_an_update_of_another_thread_is_refused_in_the_child(tmp_path: Path) -> None:
    program = """
inside, leave = threading.Event(), threading.Event()
def change(entry):
    inside.set()
    leave.wait()
    return count_send(entry)
thread = threading.Thread(target=journal.update, args=("ORDER-1", change))
thread.start()
inside.wait()
child = in_child(lambda: count(1))
leave.set()
thread.join()
"""
    path = tmp_path / "orders.db"
    assert "open the journal in this process" in run_program(f"{START}{program}{WAIT}", path, "0")
    assert sends(path) == 2


def test_a_fork_that_python_does_not_see_is_refused_in_the_child(tmp_path: Path) -> None:
    path = tmp_path / "orders.db"
    program = "child = in_child(lambda: count(1), ctypes.PyDLL(None).fork); count(1)"
    assert "open the journal in this process" in run_program(f"{START}\n{program}\n{WAIT}", path, "30")
    assert sends(path) == 2
