"""What an experiment is: settings at three scales, trainings that do not depend on each other, and what they show."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar

from solvers.training.record import Claim, Scale, Value

if TYPE_CHECKING:
    import torch
    from numpy.typing import NDArray

    from solvers.training.checkpoint import Checkpoint
    from solvers.training.data import Images
    from solvers.training.loop import Curves, Tell

Compiling = Literal["none", "fused", "graphs"]
"""What torch.compile does to a network: nothing, fuse its operations, or also replay them as CUDA graphs."""

TINY = 1e-4
"""Below this a number is printed by its exponent."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What an experiment is run with; every field is printed with its results.

    ``data`` names a data set of ``solvers.training.data``, or is empty for data that are computed.
    """

    data: str = ""

    @property
    def least_images(self) -> tuple[int, int]:
        """How many images are needed for training and for test, by the fields that say how many are taken.

        ``validation_images`` are set apart from those for training; of the others ``images`` are taken, else all, and
        a ``batch`` must be left. Fewer test images than settings ask for are evaluated, down to a batch.
        """
        validation, few, batch = (getattr(self, name, 0) for name in ("validation_images", "images", "batch"))
        return validation + max(few, batch, 1), max(batch, 1)


S = TypeVar("S", bound=Settings)


@dataclass(frozen=True)
class Job:
    """One training of an experiment: its name, the seeds that train side by side, where and how it runs."""

    name: str
    seeds: tuple[int, ...]
    device: torch.device
    images: Images | None = None
    checkpoint: Checkpoint | None = None
    tell: Tell | None = None
    compiled: Compiling = "none"

    @property
    def data(self) -> Images:
        """The images of the settings' data set."""
        if self.images is None:
            raise ValueError(f"{self.name}: the settings name no data set")
        return self.images


class Inconclusive(ValueError):
    """Trainings of which too few did not diverge: how many, and what is needed."""


@dataclass(frozen=True)
class Findings:
    """What the trainings showed: measurements, claims with their evidence, and curves or images."""

    measurements: Mapping[str, Value]
    claims: Mapping[str, Claim]
    arrays: Mapping[str, NDArray[Any]] = field(default_factory=dict[str, "NDArray[Any]"])


@dataclass(frozen=True, kw_only=True)
class Experiment(Generic[S]):
    """An experiment: what it asks, and how it is run.

    ``scales`` has the settings and ``seeds`` the number of seeds of each scale. ``jobs`` names the trainings, which may
    run at the same time; ``train`` runs one of them, and ``conclude`` says what their curves show. ``computed`` is what
    data are called that are drawn instead of read; with fewer than ``least`` seeds nothing can be concluded. The seeds
    train side by side in one ``stacked`` training, or else one training each; so do those of jobs whose names begin
    with ``apart``.
    """

    name: str
    question: str
    source: str
    scales: Mapping[Scale, S]
    seeds: Mapping[Scale, int]
    jobs: Callable[[S], tuple[str, ...]]
    train: Callable[[S, Job], Curves]
    conclude: Callable[[S, tuple[int, ...], Mapping[str, Curves]], Findings]
    computed: str = ""
    least: int = 1
    stacked: bool = True
    apart: str | None = None

    def stacks(self, job: str) -> bool:
        """Return whether the seeds of a job train side by side."""
        return self.stacked and not (self.apart and job.startswith(self.apart))


def printed(settings: Settings) -> dict[str, Value]:
    """Return settings as results hold them: numbers, strings, tuples; the data set has a label of its own.

    Numbers that a key could only print as zero become strings.
    """
    table = asdict(settings)
    return {one.name: _readable(table[one.name]) for one in fields(settings) if one.name != "data"}


def _readable(value: Value) -> Value:
    """Return a setting as it can be printed.

    >>> _readable((1e-7, 0.1, 0))
    ('1e-07', 0.1, 0)
    """
    if isinstance(value, tuple):
        return tuple(_readable(one) for one in value)
    return f"{value:g}" if isinstance(value, float) and 0 < abs(value) < TINY else value
