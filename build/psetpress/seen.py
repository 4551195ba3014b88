"""What a solution sees of a variant: the key, what misconceptions answer, intermediate results, recorded results."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from psetpress import proving

if TYPE_CHECKING:
    from psetpress.answers import Kind
    from psetpress.drawing import Variant
    from psetpress.tex import TeX


@dataclass(frozen=True)
class Shown:
    """An answer in a template: prints as LaTeX; ``value`` is the canonical value."""

    kind: Kind[Any]
    value: Any

    def latex(self) -> str:
        """Return the answer as LaTeX for math mode."""
        return self.kind.latex(self.value)

    def text(self) -> str:
        """Return the answer as plain text."""
        return self.kind.text(self.value)


class Names(SimpleNamespace):
    """Answers as attributes, because a dictionary would hide names such as ``values``; iterates over (name, answer)."""

    def __iter__(self) -> Iterator[tuple[str, Any]]:
        return iter(vars(self).items())

    def __contains__(self, name: object) -> bool:
        return name in vars(self)


@dataclass(frozen=True)
class Quoted:
    """A recorded result as a solution quotes it; ``notice`` says visibly that there is none yet."""

    record: Any
    notice: TeX

    @property
    def exists(self) -> bool:
        """Whether the experiment has been recorded."""
        return self.record is not None

    def __getattr__(self, name: str) -> Any:
        """Return what the record holds: measurements, claims, provenance, scale."""
        return getattr(self.record, name)


def solved(variant: Variant) -> dict[str, object]:
    """Return the key, what misconceptions answer, and the intermediate results, as a template sees them."""
    return {
        "answers": _shown(variant.kinds, variant.answers),
        "wrong": {name: _shown(variant.kinds, values) for name, values in variant.wrong.items()},
        "work": Names(**proving.call("work", variant.problem.work, variant.params)),
    }


def _shown(kinds: Mapping[str, Kind[Any]], values: Mapping[str, Any]) -> Names:
    """Return answers as a template sees them."""
    return Names(**{name: Shown(kinds[name], value) for name, value in values.items()})
