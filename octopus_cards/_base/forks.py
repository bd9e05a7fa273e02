"""State that a forked process must rebuild: connections and locks belong to its parent."""

from __future__ import annotations

import os
import weakref
from typing import Protocol


class ForkAware(Protocol):
    """An object that holds state which a forked process cannot share."""

    def reset_after_fork(self) -> None:
        """Rebuild that state without touching what the parent still uses."""
        ...


_objects: weakref.WeakSet[ForkAware] = weakref.WeakSet()


def register_fork_aware(instance: ForkAware) -> None:
    """Reset the object in every child that is forked during its lifetime."""
    _objects.add(instance)


def _reset_all() -> None:
    for instance in list(_objects):
        instance.reset_after_fork()


if hasattr(os, "register_at_fork"):  # absent on Windows, which does not fork
    os.register_at_fork(after_in_child=_reset_all)
