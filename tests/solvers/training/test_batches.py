"""Batches: a function of seed and step, that deals every example once an epoch."""

from __future__ import annotations

import pytest
import torch

from solvers.training import batches

INPUTS, TARGETS = torch.arange(10.0)[:, None], torch.arange(10)


def test_an_epoch_deals_every_example_once():
    batch = batches.shuffled(INPUTS, TARGETS, 2, (0, 1))
    dealt = torch.cat([batch(step)[1] for step in range(5)], dim=1)
    for model in range(2):
        assert sorted(dealt[model].tolist()) == list(range(10))
    assert not torch.equal(dealt[0], dealt[1])


def test_inputs_and_targets_stay_together():
    for make in (batches.shuffled, batches.drawn):
        inputs, targets = make(INPUTS, TARGETS, 4, (0, 1, 2))(3)
        assert inputs.shape == (3, 4, 1)
        assert torch.equal(inputs[..., 0].long(), targets)


def test_epochs_have_orders_of_their_own():
    batch = batches.shuffled(INPUTS, TARGETS, 10, (0,))
    assert not torch.equal(batch(0)[1], batch(1)[1])


def test_examples_left_over_sit_an_epoch_out():
    batch = batches.shuffled(INPUTS, TARGETS, 4, (0,))
    dealt = torch.cat([batch(step)[1] for step in range(2)], dim=1)
    assert len(set(dealt[0].tolist())) == 8
    assert batch(2)[1].shape == (1, 4)


@pytest.mark.parametrize("make", [batches.shuffled, batches.drawn])
def test_a_step_can_be_asked_again_and_a_seed_is_its_own(make):
    first, second = make(INPUTS, TARGETS, 3, (0, 7)), make(INPUTS, TARGETS, 3, (7,))
    late = first(11)[1]
    first(0), first(5)
    assert torch.equal(first(11)[1], late)
    assert torch.equal(second(11)[1][0], late[1])


def test_drawing_with_replacement_repeats():
    _, targets = batches.drawn(INPUTS, TARGETS, 40, (0,))(0)
    assert len(set(targets[0].tolist())) <= 10


def test_too_large_a_batch_is_refused():
    with pytest.raises(ValueError, match="10 examples are fewer than one batch of 11"):
        batches.shuffled(INPUTS, TARGETS, 11, (0,))


def test_the_whole_is_the_same_in_every_step():
    batch = batches.whole(INPUTS, TARGETS)
    assert batch(0) is not None
    assert batch(0)[0] is batch(9)[0]
