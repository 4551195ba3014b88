"""Every test runs in the workspace of the checkout (or of the installed bank)."""

from __future__ import annotations

from psetpress import workspace

workspace.activate()
