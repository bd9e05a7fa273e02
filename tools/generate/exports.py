"""Writes octopus_cards/__init__.py from exports.toml: one table for people, type checkers and the running program."""

from __future__ import annotations

import tomllib
from pathlib import Path

TEMPLATE = '''\
# Made by `nox -s generate` from tools/generate/exports.toml: change that file.
"""Client for the Octopus Cards API.

    from octopus_cards import OctopusCards

    with OctopusCards() as client:  # credentials from the environment
        for order in client.topups.orders.list(status="PENDING"):
            print(client.topups.orders.wait(order.id).status)
"""

from typing import TYPE_CHECKING

{eager}

if TYPE_CHECKING:
{lazy}

__all__ = [{names}]

if not TYPE_CHECKING:
    # Type checkers must not see this, since it would hide typos from them.
    import importlib

    _LAZY_EXPORTS = {{{table}}}

    def __getattr__(name):
        if name not in _LAZY_EXPORTS:
            raise AttributeError(f"module {{__name__!r}} has no attribute {{name!r}}")
        public = globals()[name] = getattr(importlib.import_module(f"{{__name__}}.{{_LAZY_EXPORTS[name]}}"), name)
        return public


def __dir__() -> list[str]:
    return __all__


# Exceptions name the module that users import them from.
for _exception in ({exceptions}):
    _exception.__module__ = __name__
del _exception
'''


def package_init(table: Path) -> str:
    """Return the text of the module."""
    exports = tomllib.loads(table.read_text("utf-8"))
    eager, lazy = exports["eager"], exports["lazy"]
    lines = {
        key: [f"from octopus_cards.{module} import {', '.join(names)}" for module, names in exports[key].items()]
        for key in ("eager", "lazy")
    }
    names = [name for group in (eager, lazy) for each in group.values() for name in each]
    return TEMPLATE.format(
        eager="\n".join(lines["eager"]),
        lazy="\n".join(f"    {line}" for line in lines["lazy"]),
        names=", ".join(f'"{name}"' for name in sorted(names)),
        table=", ".join(f'"{name}": "{module}"' for module, each in lazy.items() for name in each),
        exceptions=", ".join(name for each in eager.values() for name in each if name.endswith("Error")),
    )
