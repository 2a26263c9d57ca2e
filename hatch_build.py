"""Ships the top-level `policies/` inside the wheel as `segaudit/_policies`.

A plain `force-include` would do so for editable installs too, and leave a stale copy beside the one being edited.
"""

from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class PoliciesHook(BuildHookInterface):  # type: ignore[type-arg]  # hatchling's parameter is private to it
    """Runs in every wheel build, editable ones included."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add the policies to a wheel that is installed elsewhere; `version` is "standard" or "editable"."""
        if self.target_name == "wheel" and version == "standard":
            build_data["force_include"]["policies"] = "segaudit/_policies"
