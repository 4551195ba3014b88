"""Web pages: a template of templates/documents with Jinja's usual delimiters; every value is escaped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import jinja2


def page(template: str, context: Mapping[str, object], folders: Sequence[Path]) -> str:
    """Return a page of its own: ``template`` of the first of ``folders`` that has it, filled with ``context``."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader([str(folder) for folder in folders]),
        undefined=jinja2.StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(f"documents/{template}").render(context)
