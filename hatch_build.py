"""Copy the scenarios of `spec/` into wheels, where the installed emulator finds them.

An editable install reads them from `spec/`. A setting in pyproject.toml would apply to editable installs too, and
would make the package itself unimportable there.
"""

from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class ScenariosInWheels(BuildHookInterface):  # type: ignore[misc,type-arg,unused-ignore]
    """A build hook of hatchling."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add the scenarios to a standard wheel."""
        if version == "standard":
            build_data["force_include"]["spec/scenarios"] = "octopus_cards/emulator/scenarios"
