"""Streams of random numbers: one for each use, and none depends on its neighbours."""

from __future__ import annotations

import torch

from solvers.training.streams import NOISE, ORDER, WEIGHTS, Draws, generator


def first(seed: int, purpose: int, *place: int) -> float:
    return float(torch.rand(1, generator=generator(seed, purpose, *place)))


def test_a_stream_is_the_same_whenever_it_is_asked_for():
    assert first(3, WEIGHTS) == first(3, WEIGHTS)


def test_seed_purpose_and_place_each_make_another_stream():
    places = [(0, WEIGHTS), (1, WEIGHTS), (0, ORDER), (0, NOISE), (0, ORDER, 1), (1, WEIGHTS, 1)]
    assert len({first(*place) for place in places}) == len(places)


def test_a_step_can_be_drawn_again():
    draws = Draws((0, 1))
    draws.begin(4)
    once = draws.uniform((2, 3)), draws.normal((3,))
    draws.begin(5)
    other = draws.uniform((2, 3))
    draws.begin(4)
    again = draws.uniform((2, 3)), draws.normal((3,))
    assert all(torch.equal(a, b) for a, b in zip(once, again, strict=True))
    assert not torch.equal(once[0], other)


def test_a_model_draws_the_same_whoever_trains_beside_it():
    together, alone = Draws((0, 1, 2)), Draws((1,))
    for draws in (together, alone):
        draws.begin(9)
    torch.testing.assert_close(together.normal((4,))[1:2], alone.normal((4,)), rtol=0, atol=0)


def test_shapes_have_the_model_axis_in_front():
    assert Draws((0, 1, 2)).uniform((4, 5)).shape == (3, 4, 5)


def test_noise_has_the_moments_it_should_have():
    draws = Draws((0,))
    uniform, normal = draws.uniform((40_000,)), draws.normal((40_000,))
    assert abs(float(uniform.mean()) - 0.5) < 0.01
    assert abs(float(normal.mean())) < 0.03
    assert abs(float(normal.std()) - 1) < 0.03
