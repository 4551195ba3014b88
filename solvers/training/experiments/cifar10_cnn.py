"""CS 7150 HW1 3(a)-(c): a small, fast convolutional network learns CIFAR-10, is evaluated, and is looked into."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from solvers.training.experiment import Experiment, Findings, Inconclusive, Job, Settings
from solvers.training.record import Claim, Value
from solvers.training.statistics import LEAST, above, estimate, rounded

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from solvers.training.experiments.pictures import Pictures
    from solvers.training.loop import Curves, Probe
    from solvers.training.networks.classifiers import Name

OVERFITS = 0.05
"""A gap between training and test accuracy that counts."""

CHUNK = 1000
"""Images that are evaluated at a time: larger parts leave a processor's cache."""

CLASSES: Mapping[str, tuple[str, ...]] = {
    "cifar10": ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"),
    "digits": tuple("0123456789"),
}
"""Names of classes by data set."""


COUNTED: Mapping[Name, str] = {"fast": "conv", "residual": "block"}
"""What the numbers of the places that are looked into count, by network."""


@dataclass(frozen=True, kw_only=True)
class Cnn(Settings):
    """Settings. ``widths`` are the channels of groups of two convolutions; ``shown`` numbers the places looked into."""

    data: str = "cifar10"
    network: Name = "fast"
    widths: tuple[int, ...] = (16, 32, 64)
    normalization: str = "standardized by channel, 2 x 2 patches whitened by fixed kernels"
    initialization: str = "identity on the first channels, else Kaiming normal"
    loss: str = "cross-entropy"
    label_smoothing: float = 0.2
    optimizer: str = "SGD with Nesterov momentum"
    momentum: float = 0.85
    learning_rate: float = 0.2
    schedule: str = "rising on a straight line for a fifth of the steps, then falling to 0"
    weight_decay: float = 1e-3
    batch: int = 128
    epochs: int = 7
    augmentation: str = "shifts, and every second time mirrored"
    shift: int = 2
    precision: str = "bfloat16 where it is safe"
    target: float = 0.75
    training_images_evaluated: int = 5000
    shown: tuple[int, ...] = (2, 4, 6)
    channels_shown: int = 3
    patches: int = 6
    climbing_steps: int = 200


def train(settings: Cnn, job: Job) -> Curves:
    """Train the network for one seed, evaluate it after every epoch, and look into it at the end."""
    import torch
    from torch import nn

    from solvers.training import augment, loop, objectives
    from solvers.training.experiments.pictures import placed
    from solvers.training.networks import classifiers, images

    pictures = placed(job.data, job.device)
    few = slice(0, settings.training_images_evaluated)
    standardized = pictures.standardize(pictures.training[few]).cpu()
    network = classifiers.built(settings.network, settings.widths, standardized, len(job.data.classes))
    network.initialize(job.seeds[0])
    whole = images.Alone(nn.Sequential(pictures.standardize, network), half=True).to(job.device)
    learned = [one for one in whole.parameters() if one.requires_grad]
    per_epoch = len(pictures.training) // settings.batch
    steps = settings.epochs * per_epoch
    return loop.train(
        loop.Training(
            network=whole,
            models=1,
            objective=partial(objectives.cross_entropy, smoothing=settings.label_smoothing),
            optimizer=torch.optim.SGD(
                learned, settings.learning_rate, settings.momentum, nesterov=True, weight_decay=settings.weight_decay
            ),
            batches=augment.augmented(
                pictures.training, pictures.training_labels, settings.batch, job.seeds, settings.shift
            ),
            steps=steps,
            probes=_probes(settings, job, pictures, range(0, steps + 1, per_epoch)),
            schedule=partial(rate, settings, steps),
        ),
        job.checkpoint,
        job.tell,
        compiled=job.compiled,
    )


def rate(settings: Cnn, steps: int, step: int) -> float:
    """Return the learning rate of a step: up to its highest after a fifth of the steps, and down again.

    >>> [round(rate(Cnn(learning_rate=1.0), 50, step), 3) for step in (0, 4, 9, 29, 49)]
    [0.1, 0.5, 1.0, 0.512, 0.024]
    """
    risen = max(steps // 5, 1)
    part = (step + 1) / risen if step < risen else (steps - step) / (steps - risen + 1)
    return settings.learning_rate * part


def _probes(settings: Cnn, job: Job, pictures: Pictures, epochs: range) -> dict[str, Probe]:
    """Return the probes: accuracies after every epoch, and at the end all that the network is asked then."""
    from solvers.training import loop, probes
    from solvers.training.experiments.portrait import Sitting

    few = slice(0, settings.training_images_evaluated)
    accuracy = {
        "training": probes.accuracy(pictures.training[few], pictures.training_labels[few], CHUNK),
        "test": probes.accuracy(pictures.test, pictures.test_labels, CHUNK),
    }
    sitting = Sitting(settings, pictures.test, pictures.test_labels, job.seeds[0])
    return {
        **{name: loop.Probe(epochs, measure) for name, measure in accuracy.items()},
        **{name: loop.Probe(epochs[-1:], measure) for name, measure in sitting.measures().items()},
    }


def conclude(settings: Cnn, _seeds: tuple[int, ...], curves: Mapping[str, Curves]) -> Findings:
    """Return accuracies, confusions and what the channels answer to, over the seeds that did not diverge.

    Pictures are those of the first of them. Raises Inconclusive for fewer than two.
    """
    from solvers.training.experiments import portrait

    outcome = curves[settings.network]
    lived = _lived(outcome)
    run = {name: one.values[lived] for name, one in outcome.curves.items()}
    curve = {name: run[name] for name in ("training", "test")}
    last = {name: values[:, -1] for name, values in curve.items()}
    ended = {name: values[:, 0] for name, values in run.items() if name not in curve}
    confusion = _confusion(ended["probability"], ended["truth"])
    names = CLASSES[settings.data]
    layers = portrait.layers(settings, ended["best"].shape[2:], len(names))
    maps = tuple(_maps(settings, ended))
    first = {name: values[0] for name, values in ended.items() if name not in ("probability", "truth", "examples")}
    return Findings(
        measurements={
            "parameters": sum(layer.parameters for layer in layers),
            "layers": tuple(layer.row() for layer in layers),
            "classes": tuple(_classes(names, confusion)),
            "maps": maps,
            "accuracy": {name: _spread(values) for name, values in last.items()},
            "diverged": int((~lived).sum()),
        },
        claims={
            "reaches_target": _reaches(settings, last["test"]),
            "overfits": _overfits(last),
            "one_pair_stands_out": _stands_out(names, confusion),
            "maps_driven": _driven(maps),
        },
        arrays={
            "epoch": np.arange(settings.epochs + 1),
            **{name: values.astype(np.float32) for name, values in curve.items()},
            "confusion": confusion,
            **portrait.arrays(first, ended["probability"][0], ended["truth"][0], ended["examples"][0]),
        },
    )


def _lived(outcome: Curves) -> NDArray[np.bool_]:
    """Return which seeds did not diverge: their losses stayed numbers, and so are their answers at the end."""
    answers = outcome.curves["probability"].values
    lived = ~outcome.diverged & np.isfinite(answers).all(axis=tuple(range(1, answers.ndim)))
    if lived.sum() < LEAST:
        raise Inconclusive(
            f"{len(lived) - lived.sum()} of {len(lived)} seeds diverged, so nothing can be said: at least {LEAST} "
            "must train to the end. More seeds (--seeds), or a smaller learning rate in the settings, may help"
        )
    return lived


def _spread(values: NDArray[np.float64]) -> dict[str, Value]:
    found = estimate(values)
    return {"mean": rounded(found.mean), "low": rounded(found.low), "high": rounded(found.high)}


def _confusion(probability: NDArray[np.float64], truth: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how many images of a class (rows) were taken for each class (columns), means over seeds."""
    count = probability.shape[-1]
    taken = probability.argmax(axis=-1)
    cells = truth.astype(np.int64) * count + taken
    counts = [np.bincount(row, minlength=count**2).reshape(count, count) for row in cells]
    return np.mean(counts, axis=0)


def _classes(names: tuple[str, ...], confusion: NDArray[np.float64]) -> list[Value]:
    """Return a row for every class: its accuracy, and what it is most often taken for."""
    shares = confusion / confusion.sum(axis=1, keepdims=True)
    wrong = shares - np.diag(shares.diagonal())
    return [
        {
            "name": name,
            "accuracy": rounded(float(shares[at, at])),
            "taken_for": names[int(wrong[at].argmax())],
            "share": rounded(float(wrong[at].max())),
        }
        for at, name in enumerate(names)
    ]


def _maps(settings: Cnn, ended: Mapping[str, NDArray[np.float64]]) -> list[dict[str, Value]]:
    """Return a row for every channel that was looked into."""
    return [
        {
            "layer": f"{COUNTED[settings.network]}{number}",
            "channel": int(channel),
            "field": int(field),
            **{name: rounded(float(value)) for name, value in zip(KINDS, values, strict=True)},
        }
        for place, number in enumerate(settings.shown, 1)
        for channel, field, *values in ended[f"answers_{place}"][0]
    ]


KINDS = ("median", "strongest", "synthesized")


def _reaches(settings: Cnn, test: NDArray[np.float64]) -> Claim:
    found = estimate(test)
    evidence: dict[str, Value] = {
        "accuracy": rounded(found.mean),
        "low": rounded(found.low),
        "high": rounded(found.high),
        "target": settings.target,
    }
    return Claim(above(found, settings.target), evidence)


def _overfits(last: Mapping[str, NDArray[np.float64]]) -> Claim:
    means = {name: float(values.mean()) for name, values in last.items()}
    gap = means["training"] - means["test"]
    evidence: dict[str, Value] = {name: rounded(value) for name, value in means.items()}
    return Claim(gap > OVERFITS, evidence | {"gap": rounded(gap)})


def _stands_out(names: tuple[str, ...], confusion: NDArray[np.float64]) -> Claim:
    """Tell whether the commonest confusion is more frequent than the next by over two standard errors of the counts."""
    wrong = confusion - np.diag(confusion.diagonal())
    second, first = np.sort(wrong, axis=None)[-2:]
    truth, taken = np.unravel_index(int(wrong.argmax()), wrong.shape)
    evidence: dict[str, Value] = {
        "truth": names[truth],
        "taken_for": names[taken],
        "share": rounded(float(first / confusion[truth].sum())),
        "count": rounded(float(first)),
        "next_count": rounded(float(second)),
    }
    return Claim(bool(first - second > 2 * np.sqrt(first + second)), evidence)


def _driven(maps: tuple[dict[str, Value], ...]) -> Claim:
    """Compare synthesized images with median ones: a channel that the median image leaves silent is driven by any."""
    ratios = [_number(row["synthesized"]) / max(_number(row["median"]), SILENT) for row in maps]
    return Claim(min(ratios) > 1, {"least": rounded(min(ratios)), "channels": len(maps)})


SILENT = 1e-3
"""Below this a channel is silent."""


def _number(value: Value) -> float:
    return float(value) if isinstance(value, (int, float)) else float("nan")


EXPERIMENT = Experiment[Cnn](
    name="cifar10_cnn",
    question="How well does a small convolutional network classify photographs, and what do its channels look for?",
    source="CS 7150 HW1 3(a)-(c)",
    scales={
        "smoke": Cnn(
            data="digits",
            widths=(8, 12),
            batch=40,
            epochs=3,
            shift=1,
            training_images_evaluated=300,
            shown=(1, 3, 4),
            patches=4,
            climbing_steps=20,
        ),
        "cpu": Cnn(),
        "paper": Cnn(widths=(64, 256, 256), batch=512, epochs=10, learning_rate=0.8, target=0.9),
    },
    seeds={"smoke": 2, "cpu": 4, "paper": 5},
    least=LEAST,
    stacked=False,
    jobs=lambda settings: (settings.network,),
    train=train,
    conclude=conclude,
)
