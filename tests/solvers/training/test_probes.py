"""Probes against hand computations on linear networks, and finite differences."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from solvers.training import batches, loop, objectives, probes
from solvers.training.experiments import santurkar_fig4
from solvers.training.networks import images, stacked
from solvers.training.streams import Draws

from .conftest import same, weights

RATE = 0.05
X = np.array([[1.0, 2.0], [0.0, 1.0], [-1.0, 1.0]])  # three examples in rows
Y = np.array([[1.0, 0.0], [2.0, 1.0], [0.0, -1.0]])
W1 = np.array([[0.5, -1.0], [1.0, 0.25]])
W2 = np.array([[1.0, 0.5], [-0.5, 2.0]])


def linear(*pairs: tuple[np.ndarray, np.ndarray]) -> loop.Training:
    """Two-layer linear networks with the loss half the sum of squares; no biases."""
    weights = [torch.tensor(np.stack(layer)) for layer in zip(*pairs, strict=True)]
    network = stacked.Stack(weights, lambda u: u, bias=False)
    learned = [one for one in network.parameters() if one.requires_grad]
    both = [torch.tensor(part).expand(len(pairs), *part.shape) for part in (X, Y)]
    return loop.Training(
        network=network,
        models=len(pairs),
        objective=objectives.half_squares,
        optimizer=torch.optim.SGD(learned, lr=RATE),
        batches=batches.whole(*both),
        steps=1,
    )


def by_hand(w1: np.ndarray, w2: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
    """Loss and gradients: with E = W2 W1 X - Y in columns, dW2 = E (W1 X)^T and dW1 = W2^T E X^T."""
    error = w2 @ w1 @ X.T - Y.T
    return 0.5 * (error**2).sum(), w2.T @ error @ X, error @ (w1 @ X.T).T


def test_internal_covariate_shift_equals_the_hand_computation():
    found = probes.shift(("layers.0.weight", "layers.1.weight"))(linear((W1, W2), (2 * W1, W2)), 0).numpy()
    for model, w1 in enumerate((W1, 2 * W1)):
        _, d1, d2 = by_hand(w1, W2)
        after = by_hand(w1 - RATE * d1, W2)[2]
        cosine = (d2 * after).sum() / np.linalg.norm(d2) / np.linalg.norm(after)
        np.testing.assert_allclose(found[model, 0], [0.0, 1.0], atol=1e-12)  # nothing stands before the first layer
        np.testing.assert_allclose(found[model, 1], [np.linalg.norm(d2 - after), cosine], rtol=1e-12)


def test_shift_vanishes_with_the_rate():
    training = linear((W1, W2))
    training.optimizer.param_groups[0]["lr"] = 1e-9
    ((_, (distance, cosine)),) = probes.shift(("layers.0.weight", "layers.1.weight"))(training, 0).numpy()
    assert distance < 1e-5
    assert cosine == pytest.approx(1, abs=1e-12)


def test_the_landscape_equals_the_hand_computation():
    lengths = (0.01, 0.1)
    walked = probes.landscape(lengths)(linear((W1, W2), (W1, -W2)), 0)
    for model, w2 in enumerate((W2, -W2)):
        loss, d1, d2 = by_hand(W1, w2)
        norm = np.hypot(np.linalg.norm(d1), np.linalg.norm(d2))
        expected = [[loss, norm]]
        for length in lengths:
            there, e1, e2 = by_hand(W1 - length * d1, w2 - length * d2)
            expected.append([there, np.hypot(np.linalg.norm(d1 - e1), np.linalg.norm(d2 - e2))])
        np.testing.assert_allclose(walked[model], expected, rtol=1e-12)
        ratios = [expected[row][1] / (length * norm) for row, length in enumerate(lengths, 1)]
        smoothness = santurkar_fig4.measured(walked[model][None, None].numpy(), lengths)["smoothness"]
        assert smoothness.item() == pytest.approx(max(ratios), rel=1e-12)


def test_smoothness_of_a_parabola_is_its_curvature():
    # gradients change by a * length * |g| along the gradient, so the ratio is a for every length
    walked = np.array([[[[0.5, 3.0], [0.1, 3.0 * 4 * 0.1], [0.2, 3.0 * 4 * 0.2]]]])
    assert santurkar_fig4.measured(walked, (0.1, 0.2))["smoothness"].item() == pytest.approx(4.0)


def test_accuracy_while_learning_has_the_noise_and_the_statistics_of_its_batches():
    """Noise turns the scores of some examples around; without it, in evaluation mode, all are classified rightly."""
    draws = Draws((0,))
    network = images.Alone(torch.nn.Sequential(images.Noise(draws, shift=2.0), torch.nn.Flatten()))
    labels = torch.arange(200) % 2
    inputs = torch.nn.functional.one_hot(labels).double()[:, :, None, None]
    training = loop.Training(
        network=network,
        models=1,
        objective=objectives.cross_entropy,
        optimizer=torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.1),
        batches=batches.whole(inputs[None], labels[None]),
        steps=1,
        draws=draws,
    )
    measure = probes.learning_accuracy(inputs, labels, 100)
    noisy = float(measure(training, 3))
    assert float(probes.accuracy(inputs, labels)(training, 3)) == 1
    draws.begin(3)
    right = [(network(inputs[None, at : at + 100])[0].argmax(-1) == labels[at : at + 100]).sum() for at in (0, 100)]
    assert noisy == float(sum(right)) / 200 < 1
    assert float(measure(training, 3)) == noisy
    assert float(measure(training, 4)) != noisy


def test_gradients_equal_finite_differences_with_batchnorm(tiny):
    training = tiny((0, 1))
    _, found = probes.gradients(training, 2)
    for name, index in (("layers.0.weight", (1, 2, 3)), ("layers.1.gain", (5,)), ("layers.1.shift", (0, 1, 0))):
        parameter = training.network.get_parameter(name)
        losses = []
        for move in (1e-6, -2e-6):
            with torch.no_grad():
                parameter[index] += move
            losses.append(float(probes.loss(training, 2).sum()))
        assert float(found[name][index]) == pytest.approx((losses[0] - losses[1]) / 2e-6, abs=1e-7)
        with torch.no_grad():
            parameter[index] += 1e-6


def test_batchnorm_s_gradient_obeys_the_identity_of_santurkar_et_al(tiny):
    """|dL/dy|^2 = gamma^2 / sigma^2 (|g|^2 - <1, g>^2 / m - <g, yhat>^2 / m), Theorem 4.1 with 1/m."""
    torch.manual_seed(0)
    y = torch.randn(1, 9, 12, dtype=torch.float64, requires_grad=True)  # columns: 9 units of 12 examples
    layer = stacked.Dense(torch.eye(9, dtype=torch.float64)[None], stacked.Norm(epsilon=1e-30))
    with torch.no_grad():
        layer.gain.copy_(torch.linspace(0.5, 2, 9))
    g = torch.randn(1, 9, 12, dtype=torch.float64)
    layer(y).backward(g)
    sigma, m = y.detach().std(-1, correction=0), 12
    hat = (y.detach() - y.detach().mean(-1, keepdim=True)) / sigma[..., None]
    inside = g.square().sum(-1) - g.sum(-1) ** 2 / m - (g * hat).sum(-1) ** 2 / m
    torch.testing.assert_close(y.grad.square().sum(-1), (layer.gain / sigma) ** 2 * inside)


def test_accuracy_counts_rows_and_ties_go_to_the_first_class():
    training = linear((np.zeros((2, 2)), W2), (np.eye(2), np.eye(2)))
    inputs = torch.tensor([[2.0, 1.0], [0.0, 1.0], [3.0, 1.0], [1.0, 0.0]], dtype=torch.float64)
    labels = torch.tensor([0, 1, 1, 0])
    assert probes.accuracy(inputs, labels)(training, 0).tolist() == [0.5, 0.75]


def test_quantiles_are_those_of_the_unit_over_all_examples():
    inputs = torch.arange(11, dtype=torch.float64)[:, None] * torch.tensor([1.0, 0.0], dtype=torch.float64)
    training = linear((np.eye(2), W2), (3 * np.eye(2), W2))
    found = probes.quantiles("layers.0", (0, 1), inputs, (0.15, 0.5, 0.85))(training, 0)
    np.testing.assert_allclose(found[:, 0], [[1.5, 5, 8.5], [4.5, 15, 25.5]])
    np.testing.assert_allclose(found[:, 1], np.zeros((2, 3)))


def test_quantiles_behind_batchnorm_are_standardized_at_once(tiny):
    inputs = 100 * torch.randn(400, 6, dtype=torch.float64, generator=torch.Generator().manual_seed(3))
    found = probes.quantiles("layers.0", (0, 1, 2), inputs, (0.15, 0.5, 0.85))(tiny(), 0)
    np.testing.assert_allclose(found.numpy(), np.broadcast_to([-1.04, 0, 1.04], (2, 3, 3)), atol=0.15)


@pytest.mark.parametrize(
    "measure",
    [
        probes.loss,
        probes.shift(("layers.1.weight",)),
        probes.landscape((0.1,)),
        probes.quantiles("layers.1", (0,), torch.ones(5, 6, dtype=torch.float64), (0.5,)),
        probes.accuracy(torch.ones(5, 6, dtype=torch.float64), torch.zeros(5, dtype=torch.long)),
    ],
)
def test_a_probe_leaves_no_trace(tiny, measure):
    training = tiny(drop=0.3, momentum=0.9)
    for step in range(3):
        training.update(step)
    before = weights(training), str(training.optimizer.state_dict())
    learned = [one for one in training.network.parameters() if one.requires_grad]
    gradients = [(one.grad, one.grad.clone()) for one in learned]
    measure(training, 3)
    assert all(one.grad is its and torch.equal(its, copy) for one, (its, copy) in zip(learned, gradients, strict=True))
    assert same(before[0], weights(training))
    assert before[1] == str(training.optimizer.state_dict())
    assert all(module.training for module in training.network.modules())


def test_what_a_failing_probe_changed_is_restored(tiny):
    training = tiny()
    before = weights(training)

    def fails() -> None:
        with probes.untouched(training):
            training.update(0)
            raise KeyError

    with pytest.raises(KeyError):
        fails()
    assert same(before, weights(training))
