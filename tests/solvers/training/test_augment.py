"""Shifted and mirrored batches: every one is a window of its image, and they depend on seed and step alone."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from solvers.training import batches
from solvers.training.augment import augmented

COUNT, SIDE = 12, 5
PICTURES = torch.randint(0, 256, (COUNT, 2, SIDE, SIDE), generator=torch.Generator().manual_seed(0)).byte()
LABELS = torch.arange(COUNT)


def windows(number: int, reach: int) -> dict[tuple[bool, int, int], np.ndarray]:
    """Return all that an image may become: NumPy pads, mirrors and cuts."""
    padded = np.pad(PICTURES[number].numpy(), ((0, 0), (reach, reach), (reach, reach)), mode="reflect")
    cuts = {
        (down, right): padded[:, down : down + SIDE, right : right + SIDE]
        for down in range(2 * reach + 1)
        for right in range(2 * reach + 1)
    }
    return {
        (mirrored, *place): cut[..., ::-1] if mirrored else cut for place, cut in cuts.items() for mirrored in (0, 1)
    }


def became(picture: torch.Tensor, number: int, reach: int) -> tuple[bool, int, int]:
    return next(how for how, cut in windows(number, reach).items() if np.array_equal(cut, picture.numpy()))


def history(inputs: torch.Tensor, labels: torch.Tensor, reach: int) -> dict[int, tuple[bool, int, int]]:
    """Return what has become of every image of a model's batch."""
    numbers = labels.tolist()
    return {number: became(picture, number, reach) for picture, number in zip(inputs, numbers, strict=True)}


def test_every_picture_is_a_window_of_its_image():
    batch = augmented(PICTURES, LABELS, 4, (0, 1), reach=2)
    seen = set()
    for step in range(9):
        inputs, labels = batch(step)
        assert inputs.shape == (2, 4, 2, SIDE, SIDE)
        assert inputs.dtype == torch.uint8
        for picture, number in zip(inputs.flatten(0, 1), labels.flatten().tolist(), strict=True):
            seen.add(became(picture, number, 2)[1:])
    assert len(seen) > 15  # of 25 places


def test_without_reach_nothing_moves():
    inputs, labels = augmented(PICTURES, LABELS, 4, (0,), reach=0)(0)
    assert {place[1:] for place in history(inputs[0], labels[0], 0).values()} == {(0, 0)}


def test_an_image_is_mirrored_every_second_time():
    batch = augmented(PICTURES, LABELS, COUNT, (3,), reach=1)
    epochs = [batch(epoch) for epoch in range(4)]
    became_in = [history(inputs[0], labels[0], 1) for inputs, labels in epochs]
    for number in range(COUNT):
        assert [one[number][0] for one in became_in] in ([False, True] * 2, [True, False] * 2)
    assert 0 < sum(how[0] for how in became_in[0].values()) < COUNT


def test_the_order_is_that_of_shuffled_batches():
    plain, other = batches.shuffled(PICTURES, LABELS, 4, (0, 1)), augmented(PICTURES, LABELS, 4, (0, 1), reach=1)
    assert all(torch.equal(plain(step)[1], other(step)[1]) for step in range(7))


@pytest.mark.parametrize("step", [0, 5, 11])
def test_a_step_can_be_asked_again_and_a_seed_stands_alone(step: int):
    both, alone = augmented(PICTURES, LABELS, 4, (5, 6), reach=2), augmented(PICTURES, LABELS, 4, (6,), reach=2)
    first = both(step)[0]
    both(step + 1)
    assert torch.equal(both(step)[0], first)
    assert torch.equal(alone(step)[0][0], first[1])
