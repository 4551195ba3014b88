"""Hatchling hook: put the bank inside the wheel, never inside an editable install."""

from __future__ import annotations

from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

BANK = ("problems", "solvers", "templates")


class BundleBank(BuildHookInterface[Any]):
    """Add the three bank folders under ``psetpress/_bank``."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Fill ``force_include`` unless this is an editable build."""
        if version == "editable":
            return  # a frozen copy would shadow the sources: an edit would not show
        for folder in BANK:
            build_data["force_include"][folder] = f"psetpress/_bank/{folder}"
