"""The second road: torch's sliding window, and the difference equation of an exponential."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any, cast

Samples = tuple[int, Sequence[Any]]


def slide(x: Samples, h: Samples, first: int, last: int) -> tuple[int, list[float]]:
    """Return x*h on [first, last] for finite ``h``, by ``torch.nn.functional.conv1d``.

    Torch slides without flipping, so it gets ``h`` reversed. ``x`` is extended with zeros to exactly
    those samples that the window's outputs see, and then nothing is padded: output n sees the inputs
    n - end(h), ..., n - start(h).
    """
    import torch
    from torch.nn.functional import conv1d

    h_end = h[0] + len(h[1]) - 1
    low, high = first - h_end, last - h[0]
    seen = torch.zeros(high - low + 1, dtype=torch.float64)
    for i, value in enumerate(x[1], x[0]):
        if low <= i <= high:
            seen[i - low] = float(value)
    taps = torch.tensor([float(value) for value in h[1]], dtype=torch.float64).flip(0)
    out = conv1d(seen.view(1, 1, -1), taps.view(1, 1, -1)).flatten()
    return first, cast("list[float]", out.tolist())


def recursion(x: Samples, ratio: Fraction, first: int, last: int) -> tuple[int, list[Fraction]]:
    """Return x*h on [first, last] for h(n) = ratio**n u(n), from y(n) = ratio * y(n-1) + x(n).

    The system with this impulse response solves that difference equation, starting at rest.
    """
    inputs = {i: Fraction(value) for i, value in enumerate(x[1], x[0])}
    state, out = Fraction(0), list[Fraction]()
    for n in range(min(first, x[0]), last + 1):
        state = ratio * state + inputs.get(n, Fraction(0))
        if n >= first:
            out.append(state)
    return first, out


def law_shown(before: Samples, after: Samples, by: int) -> str:
    """Return the law that two responses show, the second being that to the input ``by`` places later.

    Proportional responses would show (part of) linearity, shifted ones show time invariance;
    ``"none"`` if neither holds on the window.
    """
    y, moved = _table(before), _table(after)
    overlap = [n for n in moved if n - by in y]
    if overlap and all(abs(moved[n] - y[n - by]) <= 1e-9 * (1 + abs(moved[n])) for n in overlap):
        return "time-invariance"
    ratios = {round(moved[n] / y[n], 9) for n in y if y[n]}
    return "linearity" if len(ratios) == 1 else "none"


def _table(signal: Samples) -> dict[int, float]:
    return {n: float(value) for n, value in enumerate(signal[1], signal[0])}


def conv2d(image: Sequence[Sequence[int]], kernel: Sequence[Sequence[int]], stride: int, pad: int) -> list[list[int]]:
    """Return the true convolution by ``torch.nn.functional.conv2d``, which gets the kernel flipped.

    Whole numbers below 2**53 are exact in float64.
    """
    import torch
    from torch.nn import functional

    x = torch.tensor(image, dtype=torch.float64)[None, None]
    h = torch.tensor(kernel, dtype=torch.float64).flip(0, 1)[None, None]
    out = functional.conv2d(x, h, stride=stride, padding=pad)[0, 0]
    return cast("list[list[int]]", out.round().to(torch.int64).tolist())
