"""Shards: the documents of many students typeset in one LaTeX run, and split into a PDF each."""

from __future__ import annotations

from psetpress.shards.book import Book
from psetpress.shards.jobs import Box, Job, Made, Piece
from psetpress.shards.layout import LAYOUT, Spaces, laid_out, merge, write
from psetpress.shards.outline import shared, table
from psetpress.shards.stage import compile_bundle, measure_bundle

__all__ = [
    "LAYOUT",
    "Book",
    "Box",
    "Job",
    "Made",
    "Piece",
    "Spaces",
    "compile_bundle",
    "laid_out",
    "measure_bundle",
    "merge",
    "shared",
    "table",
    "write",
]
