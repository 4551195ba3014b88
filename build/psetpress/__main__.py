"""``python -m psetpress``."""

from psetpress.cli import main

main()
