"""The identity of a process, and whether another one still runs."""

from __future__ import annotations

import os
import secrets
import socket
import sys


def new_owner() -> str:
    """Return a name for a task of this process: its host, its process id, and a random part."""
    return f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"


def is_dead(owner: str) -> bool:
    """Return whether the process of an owner has ended; False where that cannot be known.

    A host name must mean one set of process ids: containers with the same host name look like one machine.
    """
    host, _, rest = owner.rpartition(":")[0].rpartition(":")
    # On Windows, os.kill ends the process.
    if sys.platform == "win32" or host != socket.gethostname() or not rest.isdecimal():
        return False
    try:
        os.kill(int(rest), 0)
    except ProcessLookupError:
        return True
    except (OSError, OverflowError):
        pass
    return False
