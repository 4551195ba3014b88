"""Find the folder that holds problems/, solvers/ and templates/ and make it importable.

A workspace is a folder of one's own, with the shipped bank behind it: a module, a template or a
set is looked for in the workspace first and then in the bank, so a course keeps only what is its
own. The engine imports ``problems`` and ``solvers`` after :func:`activate`, never before.
"""

from __future__ import annotations

import importlib
import runpy
import sys
import tomllib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, TypeGuard, cast

from psetpress.errors import PsetpressError, UsageError, nearest

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from types import ModuleType

BUNDLED = Path(__file__).resolve().parent / "_bank"
"""The bank inside an installed wheel."""
CHECKOUT = Path(__file__).resolve().parents[2]
"""The repository, where the engine runs from a checkout."""
PACKAGES = ("problems", "solvers")


@dataclass(frozen=True)
class Workspace:
    """The folders that problems, solvers, templates and sets come from, nearest first.

    ``bank`` is the shipped bank behind a workspace of one's own; ``None`` where ``root`` is the bank.
    """

    root: Path
    bank: Path | None = None

    @property
    def folders(self) -> tuple[Path, ...]:
        """The root, then the bank behind it."""
        return (self.root,) if self.bank is None else (self.root, self.bank)

    @property
    def templates(self) -> tuple[Path, ...]:
        """The template folders in the order in which they are searched."""
        return tuple(self._existing("templates"))

    @cached_property
    def problems(self) -> tuple[str, ...]:
        """The workspace's own ``problems.PROBLEMS``, then the names of the bank that it does not have."""
        own, *shipped = (_listed(folder) for folder in self._existing("problems"))
        return (*own, *(name for names in shipped for name in names if name not in own))

    @property
    def sets(self) -> dict[str, Path]:
        """The set files by name, sorted; a workspace's own set hides a shipped one of its name."""
        found: dict[str, Path] = {}
        for folder in reversed(tuple(self._existing("problems/sets"))):
            found |= {path.stem: path for path in folder.glob("*.toml")}
        return dict(sorted(found.items()))

    def set_file(self, name: str) -> Path:
        """Return the file of the set ``name``. Raises UsageError that says which sets there are."""
        if name not in self.sets:
            raise UsageError(
                f'unknown set "{name}"{nearest(name, self.sets)}; the sets of {self} are '
                f"{', '.join(self.sets) or 'none'}; any other set file is given by its path, ending in .toml"
            )
        return self.sets[name]

    def _existing(self, inside: str) -> Iterator[Path]:
        return (folder / inside for folder in self.folders if (folder / inside).is_dir())

    def __str__(self) -> str:
        return str(self.root)


def is_workspace(folder: Path) -> bool:
    """Say whether ``folder`` has a ``[tool.psetpress]`` table or both ``problems/`` and ``templates/``."""
    return _has_marker(folder / "pyproject.toml") or (
        (folder / "problems").is_dir() and (folder / "templates").is_dir()
    )


def _has_marker(pyproject: Path) -> bool:
    """Read the marker; a file that is not ours may be broken, one that names us may not."""
    try:
        text = pyproject.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return False
    try:
        tools: object = tomllib.loads(text).get("tool")
    except (ValueError, RecursionError) as error:  # a TOMLDecodeError, or a number or a nesting without end
        if "[tool.psetpress]" in text:
            raise UsageError(f"{pyproject}: is not valid TOML: {error}") from error
        return False
    return isinstance(tools, dict) and "psetpress" in tools


def shipped() -> Path:
    """Return the bank that comes with this engine: the wheel's own, else the checkout."""
    for folder in (BUNDLED, CHECKOUT):
        if is_workspace(folder):
            return folder
    raise PsetpressError(
        f"this installation of psetpress holds no problems: there is no {BUNDLED}; install psetpress again"
    )


def find(*starts: Path) -> Workspace:
    """Return the nearest workspace at or above the first of ``starts`` that is in one, else the bank.

    Without ``starts`` the search begins in the current folder.
    """
    bank = shipped()
    for start in starts or (_current(),):
        here = start.resolve()
        for folder in (here, *here.parents):
            if is_workspace(folder):
                return Workspace(folder, None if folder == bank else bank)
    return Workspace(bank)


def _current() -> Path:
    try:
        return Path.cwd()
    except FileNotFoundError as error:
        raise UsageError("the current folder has been removed; change to one that exists") from error


_active: Workspace | None = None


def activate(*starts: Path) -> Workspace:
    """Make ``problems`` and ``solvers`` importable from the workspace of ``starts`` and return it.

    The workspace's folders go to the front of ``sys.path``, and each package's search path is its
    own folder followed by the bank's. Raises PsetpressError if a package was imported from
    elsewhere before: two banks are never mixed in one process.
    """
    global _active  # noqa: PLW0603  # one process, one workspace
    workspace = find(*starts)
    if _active is not None:
        if workspace == _active:
            return _active
        raise PsetpressError(f"this process works in {_active}, wanted {workspace}; run psetpress once for each")
    entries = [str(folder) for folder in workspace.folders]
    sys.path[:] = entries + [entry for entry in sys.path if entry not in entries]
    importlib.invalidate_caches()
    for package in PACKAGES:
        _join(package, workspace)
    _active = workspace
    return workspace


def active() -> Workspace:
    """Return the active workspace; the current folder's becomes active if there is none yet."""
    return _active or activate()


def resolve(name: str) -> tuple[Workspace, Path]:
    """Activate the workspace of the set ``name`` and return it with the set's file.

    ``name`` is the name of a set or the path of a TOML file; such a file belongs to the workspace
    that it lies in, and one that lies in none to the workspace of the current folder.
    """
    if not name.endswith(".toml"):
        workspace = activate()
        return workspace, workspace.set_file(name)
    path = Path(name)
    if not path.is_file():
        what = "is a folder" if path.is_dir() else "does not exist"
        raise UsageError(f"set file {name} {what}; sets known by name are {', '.join(find().sets) or 'none'}")
    if not name.isascii() and any("\ud800" <= letter <= "\udfff" for letter in name):
        raise UsageError(f"set file {name}: its name is not UTF-8, and it names the random streams; rename the file")
    return activate(path.resolve().parent, _current()), path


def _join(package: str, workspace: Workspace) -> None:
    """Import ``package`` and let it find its modules in the workspace first, then in the bank."""
    paths = [str(folder / package) for folder in workspace.folders if (folder / package).is_dir()]
    regular = [path for path in paths if (Path(path) / "__init__.py").is_file()]
    module = _import(package, workspace)
    found = [str(Path(entry).resolve()) for entry in getattr(module, "__path__", [str(module.__file__)])]
    if found != paths and found[:1] != (regular or paths)[:1]:
        raise PsetpressError(
            f"{package} is already imported from {', '.join(found)}, wanted {', '.join(paths)}; "
            "one process works in one workspace"
        )
    module.__path__ = paths


def _import(package: str, workspace: Workspace) -> ModuleType:
    try:
        return importlib.import_module(package)
    except Exception as error:
        raise UsageError(
            f"{workspace.root / package}/__init__.py cannot be imported: {type(error).__name__}: {error}"
        ) from error


def _listed(folder: Path) -> tuple[str, ...]:
    """Return ``PROBLEMS`` of one ``problems`` folder, also where another folder hides it from import."""
    file = folder / "__init__.py"
    if not file.is_file():
        return ()
    imported = sys.modules.get("problems")
    if imported is not None and imported.__file__ == str(file):
        listed = getattr(imported, "PROBLEMS", None)
    else:
        listed = runpy.run_path(str(file)).get("PROBLEMS")
    if not _are_names(listed):
        raise UsageError(f'{file}: PROBLEMS is {listed!r}; accepted is a tuple of names: PROBLEMS = ("my_problem",)')
    return tuple(listed)


def _are_names(value: object) -> TypeGuard[Sequence[str]]:
    return isinstance(value, (tuple, list)) and all(isinstance(name, str) for name in cast("list[object]", value))
