"""1x1 convolutions and scalings: hand cases, torch on all basis images, and every misconception."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solvers.pointwise import exact, forms, oracle, wrong
from solvers.pointwise.layers import Layer, Trial, Vector

torch_speed = settings(max_examples=60, deadline=None)  # torch's first call imports it


def vector(*entries: int | str) -> Vector:
    return tuple(Fraction(entry) for entry in entries)


def layer(*rows: tuple[int | str, ...], bias: tuple[int, ...] = (), **options: int) -> Layer:
    return Layer(tuple(vector(*row) for row in rows), vector(*bias), **options)


CASES = [
    # one channel, no bias: always; with a bias: only if it is zero
    (layer((-2,)), -2, ""),
    (layer((0,)), 0, ""),
    (layer((1,), bias=(0,)), 1, ""),
    (layer((3,), bias=(1,)), None, "bias"),
    # alpha I
    (layer((3, 0), (0, 3)), 3, ""),
    (layer((3, 0), (0, 3), bias=(0, 0)), 3, ""),
    (layer((3, 0), (0, 3), bias=(0, -1)), None, "bias"),
    (layer((3, 0), (0, 3), stride=2), None, "stride"),
    (layer((3, 0), (0, 3), padding=1), None, "padding"),
    (layer((3, 0), (0, 3), stride=2, padding=1), None, "stride"),
    (layer((0, 0), (0, 0), stride=2, padding=2), None, "stride"),
    # one scalar per channel, and mixtures
    (layer((3, 0), (0, -3)), None, "diagonal"),
    (layer((0, 3), (3, 0)), None, "mixing"),
    (layer((1, 1), (1, 1)), None, "mixing"),
    (layer((2, 0), (1, 2)), None, "mixing"),
    # the number of channels changes
    (layer((2,), (2,)), None, "channels"),
    (layer((2, 0)), None, "channels"),
    # groups
    (layer(("1/2",), ("1/2",), ("1/2",), groups=3), Fraction(1, 2), ""),
    (layer((2,), (2,), (-2,), groups=3), None, "diagonal"),
    (layer((2, 0), (0, 2), (2, 0), (0, 2), groups=2), 2, ""),
    (layer((2, 0), (0, 2), (2, 0), (1, 2), groups=2), None, "mixing"),
    (layer((2,), (2,), (2,), (2,), groups=2), None, "channels"),
]


@pytest.mark.parametrize(("given_layer", "alpha", "reason"), CASES)
def test_both_roads_judge_hand_cases(given_layer: Layer, alpha: Fraction | None, reason: str):
    missed = exact.failure(given_layer)
    assert (missed.reason if missed else "") == reason
    assert exact.scalar(given_layer) == alpha
    assert oracle.multiplier(given_layer) == alpha


numbers = st.sampled_from([Fraction(n, 2) for n in range(-3, 4)])


@st.composite
def layers(draw: st.DrawFn) -> Layer:
    """Layers near a scaling: alpha I by groups with a few entries changed, sometimes with options."""
    groups, size = draw(st.sampled_from([(1, 1), (1, 2), (2, 1), (2, 2), (3, 1), (1, 3)]))
    alpha = draw(numbers)
    weights = [[alpha if c == f % size else Fraction(0) for c in range(size)] for f in range(groups * size)]
    for _ in range(draw(st.integers(0, 2))):
        weights[draw(st.integers(0, groups * size - 1))][draw(st.integers(0, size - 1))] = draw(numbers)
    bias = tuple(draw(st.sampled_from([[], [Fraction(0)] * len(weights), [draw(numbers)] * len(weights)])))
    kept = weights if groups > 1 else weights[: draw(st.integers(1, len(weights)))]
    return Layer(
        tuple(map(tuple, kept)),
        bias[: len(kept)],
        groups,
        draw(st.sampled_from([1, 1, 1, 2])),
        draw(st.sampled_from([0, 0, 0, 1])),
    )


@torch_speed
@given(layers())
def test_torch_on_all_basis_images_agrees_with_the_criterion(drawn: Layer):
    alpha = exact.scalar(drawn)
    assert oracle.multiplier(drawn) == (None if alpha is None else float(alpha))


@torch_speed
@given(layers(), st.integers(0, 10**6))
def test_a_scaling_multiplies_random_images_and_nothing_else_does(drawn: Layer, seed: int):
    """Images with random real values: almost surely none of them is multiplied by chance."""
    import torch

    images = torch.randn(4, exact.channels(drawn), 5, 6, generator=torch.Generator().manual_seed(seed)).double()
    conv = torch.nn.Conv2d(
        images.shape[1], len(drawn.weights), 1, drawn.stride, drawn.padding, groups=drawn.groups, dtype=torch.float64
    )
    with torch.no_grad():
        conv.weight.copy_(torch.tensor([[float(w) for w in row] for row in drawn.weights])[:, :, None, None])
        assert conv.bias is not None
        conv.bias.copy_(torch.tensor([float(b) for b in drawn.bias]) if drawn.bias else torch.zeros(len(drawn.weights)))
        out = conv(images)
    alpha = exact.scalar(drawn)
    if alpha is not None:
        torch.testing.assert_close(out, float(alpha) * images)
    elif out.shape == images.shape:
        best = float((out * images).sum() / (images * images).sum())
        assert float((out - best * images).abs().max()) > 1e-6  # weights and biases differ by halves


@torch_speed
@given(layers(), st.data())
def test_a_pixel_goes_through_the_layer_as_through_torch(drawn: Layer, data: st.DataObject):
    import torch

    pixel = vector(
        *data.draw(st.lists(st.integers(-3, 3), min_size=exact.channels(drawn), max_size=exact.channels(drawn)))
    )
    image = torch.tensor([float(x) for x in pixel], dtype=torch.float64)[None, :, None, None]
    weight = torch.tensor([[[[float(w)]] for w in row] for row in drawn.weights], dtype=torch.float64)
    bias = torch.tensor([float(b) for b in drawn.bias], dtype=torch.float64) if drawn.bias else None
    out = torch.nn.functional.conv2d(image, weight, bias, groups=drawn.groups)
    assert out.flatten().tolist() == [float(y) for y in exact.respond(drawn, pixel)]


def test_the_matrix_of_a_grouped_layer_has_its_groups_on_the_diagonal():
    assert exact.dense(layer((1, 2), (3, 4), groups=2)) == (vector(1, 2, 0, 0), vector(0, 0, 3, 4))
    assert exact.dense(layer((1,), (2,), (3,), (4,), groups=2)) == (
        *(vector(1, 0), vector(2, 0)),
        *(vector(0, 3), vector(0, 4)),
    )


@pytest.mark.parametrize(
    ("image", "pixel", "ratio"),
    [
        (vector(3, 6), vector(1, 2), 3),
        (vector(0, 0), vector(1, 2), 0),
        (vector(0, 6), vector(0, 2), 3),
        (vector(1, 6), vector(0, 2), None),
        (vector(3, 5), vector(1, 2), None),
        (vector(3, 6, 9), vector(1, 2), None),
    ],
)
def test_ratios_of_pixels(image: Vector, pixel: Vector, ratio: int | None):
    assert exact.ratio(image, pixel) == ratio


TRIALS = {
    "scaled": Trial(layer((3, 0), (0, 3)), vector(1, 2)),
    "diagonal": Trial(layer((3, 0), (0, -2)), vector(1, 2)),
    "eigenvector": Trial(layer((1, 1), (2, 0)), vector(1, 1)),
    "biased": Trial(layer((2, 0), (0, 2), bias=(1, 0)), vector(1, 2)),
    "swapped": Trial(layer((0, 2), (2, 0)), vector(1, 2)),
    "copied": Trial(layer((2,), (2,)), vector(3)),
    "padded": Trial(layer((2,), padding=1), vector(3)),
}
BELIEFS = {
    # who is taken for a scaling besides "scaled", and by what number
    wrong.per_channel: {"diagonal": wrong.UNNAMED},
    wrong.ignores_bias: {"biased": 2},
    wrong.fixed_input: {"eigenvector": 2, "padded": 2},
    wrong.row_sums: {"eigenvector": 2, "swapped": 2},
    wrong.one_number: {"swapped": 2, "copied": 2, "padded": 2},
}


@pytest.mark.parametrize("belief", BELIEFS)
def test_what_a_belief_takes_for_a_scaling(belief: wrong.Belief):
    taken = {name: judged for name, trial in TRIALS.items() if (judged := belief(trial)) is not None}
    assert taken == {"scaled": 3} | BELIEFS[belief]


def test_always_and_never_judge_without_looking():
    trials = tuple(TRIALS.values())
    assert wrong.judged(trials, wrong.always) == (("yes",) * len(trials), None)
    assert wrong.judged(trials, wrong.never) == (("no",) * len(trials), None)


def test_a_belief_names_the_scalars_in_order():
    trials = (TRIALS["eigenvector"], TRIALS["diagonal"], TRIALS["scaled"])
    assert wrong.judged(trials, wrong.fixed_input) == (("yes", "no", "yes"), (2, 3))
    assert wrong.judged(trials, wrong.per_channel) == (("no", "yes", "yes"), None)
    assert exact.answers([trial.layer for trial in trials]) == (("no", "no", "yes"), (3,))


entries = st.integers(-3, 3).filter(bool)


@given(numbers, st.lists(entries, min_size=2, max_size=3), st.data())
def test_a_keeping_layer_multiplies_its_pixel_and_is_no_scaling(alpha: Fraction, pixel: list[int], data: st.DataObject):
    pair = data.draw(st.permutations(range(len(pixel))))[:2]
    column = data.draw(st.lists(st.sampled_from([-1, 1]), min_size=len(pixel), max_size=len(pixel)))
    kept = forms.keeping(alpha, vector(*pixel), (pair[0], pair[1]), column)
    assert exact.respond(kept, vector(*pixel)) == tuple(alpha * x for x in pixel)
    missed = exact.failure(kept)
    assert missed is not None
    assert missed.reason == "mixing"


def test_forms_by_hand():
    half = Fraction(1, 2)
    assert forms.scaled(half, 2) == layer(("1/2", 0), (0, "1/2"))
    assert forms.depthwise([half, Fraction(2)]) == layer(("1/2",), (2,), groups=2)
    assert forms.grouped([forms.scaled(Fraction(n), 2).weights for n in (2, 3)]) == layer(
        (2, 0), (0, 2), (3, 0), (0, 3), groups=2
    )
    assert forms.constant(half, (2, 1)) == layer(("1/2",), ("1/2",))
    assert forms.permuted(half, (1, 0)) == layer((0, "1/2"), ("1/2", 0))
    assert forms.dropping(half, 3, 2) == layer(("1/2", 0, 0), (0, "1/2", 0))
    assert forms.with_options(layer((2,)), "zero bias") == layer((2,), bias=(0,))
    assert forms.with_options(layer((2,)), "strided") == layer((2,), stride=2)
    assert forms.with_options(layer((2,)), "padded") == layer((2,), padding=1)
    assert forms.with_options(layer((2,)), "scaled") == layer((2,))


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (Trial(Layer((vector(1, 2), vector(1))), vector(1, 2)), "rows of one length"),
        (Trial(layer((1, 2), groups=2), vector(1, 2)), "2 groups: a divisor of the 1 output"),
        (Trial(layer((1,), bias=(1, 2)), vector(1)), "2 biases: none, or 1, are needed"),
        (Trial(layer((1,), stride=0), vector(1)), "stride 0"),
        (Trial(layer((1, 2)), vector(1)), "2 values are needed"),
        (Trial(layer((1, 2)), vector(0, 0)), "not all of them 0"),
    ],
)
def test_layers_that_do_not_fit_are_refused(bad: Trial, message: str):
    with pytest.raises(ValueError, match=message):
        exact.check(bad)


def test_work_tells_what_each_layer_misses():
    cases = exact.work(tuple(TRIALS.values()))["cases"]
    seen = {name: case["seen"] for name, case in zip(TRIALS, cases, strict=True)}
    assert seen == dict.fromkeys(TRIALS) | {"scaled": 3, "eigenvector": 2, "padded": 2}
    assert cases[1]["failure"] == exact.Failure("diagonal", 1, 2, vector(3, -2))
    assert cases[2]["failure"] == exact.Failure("mixing", 2, 1, vector(1))
    assert cases[3]["failure"] == exact.Failure("bias", values=vector(1, 0))
    assert cases[5]["size"] == (1, 2)
