"""The README stays true: its set builds, its commands exist, its pictures are there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from psetpress import workspace
from psetpress.cli import cli

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^psetpress (.+?)(?:\s+#.*)?$", README, re.MULTILINE)


def test_the_set_of_the_tour_builds(tmp_path: Path) -> None:
    (example,) = re.findall(r"```toml\n(.*?)```", README, re.DOTALL)
    path = tmp_path / "homework5.toml"
    path.write_text(example, encoding="utf-8")
    result = CliRunner().invoke(cli, ["build", str(path), "--out", str(tmp_path / "out")])
    assert result.exit_code == 0, result.output
    assert "note:" not in result.output


@pytest.mark.parametrize("line", COMMANDS)
def test_every_command_is_understood(line: str) -> None:
    """Its options are parsed; the work itself is tested elsewhere."""
    command, *arguments = line.split()
    with cli.commands[command].make_context(command, arguments):
        pass


def test_the_tour_shows_commands() -> None:
    assert {line.split()[0] for line in COMMANDS} >= {"list", "show", "build"}


@pytest.mark.parametrize("picture", re.findall(r"!\[.*?\]\((.*?)\)", README))
def test_pictures_are_there(picture: str) -> None:
    assert (ROOT / picture).read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("target", re.findall(r"^make (\w+)", README, re.MULTILINE))
def test_every_make_target_exists(target: str) -> None:
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)


@pytest.mark.parametrize("name", sorted(workspace.active().sets))
def test_every_shipped_set_is_named(name: str) -> None:
    assert f"`{name}`" in README or name == "demo"
