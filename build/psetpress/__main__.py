"""``python -m psetpress``."""

from psetpress.cli import cli

cli(prog_name="psetpress")
