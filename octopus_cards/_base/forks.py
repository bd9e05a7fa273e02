"""What a process that was forked must make anew: connections and locks are its parent's."""

from __future__ import annotations

import os
import weakref
from typing import Protocol


class Renewable(Protocol):
    """What holds something that a forked process cannot share."""

    def renew(self) -> None:
        """Makes it anew, without touching what the parent still uses."""
        ...


_renewables: weakref.WeakSet[Renewable] = weakref.WeakSet()


def renew_after_fork(renewable: Renewable) -> None:
    """Has it renewed in each child that is forked while it lives."""
    _renewables.add(renewable)


def _renew_all() -> None:
    for renewable in list(_renewables):
        renewable.renew()


if hasattr(os, "register_at_fork"):  # not on Windows, which does not fork
    os.register_at_fork(after_in_child=_renew_all)
