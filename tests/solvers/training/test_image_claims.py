"""Claims about convolutional networks follow the curves: made-up ones that support the textbook, and others."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace

import numpy as np
import pytest

from solvers.training.experiment import Inconclusive
from solvers.training.experiments import (
    batchnorm_benefits,
    cifar10_cnn,
    find,
    santurkar_fig1,
    santurkar_fig2,
    santurkar_fig3,
    santurkar_fig4,
    vgg,
)
from solvers.training.statistics import FAILED

from .test_claims import curves, diverging

SEEDS = np.array([[-0.004], [0.0], [0.004]])
"""What tells three seeds apart."""


def failing(name: str, settings, runs) -> set[str]:
    """Return the claims that do not hold."""
    found = find(name).conclude(settings, (0, 1, 2), runs).claims
    return {claim for claim, one in found.items() if not one.holds}


class TestBenefits:
    SETTINGS = batchnorm_benefits.Benefits(rates=(0.1, 0.3, 1.0))
    STEPS = (0, 50, 100)

    def runs(self, *, plain=(0.5, 0.48, 0.1), normalized=(0.6, 0.62, 0.55), path=(0.1, 0.3), fast=(0.1, 0.55)):
        def run(start, end):
            last = np.full((3, 1), end) + (SEEDS if end > 0.15 else 0)
            accuracy = np.concatenate([np.tile([start], (3, 1)), last], axis=1)
            return curves(self.STEPS, accuracy=accuracy, validation=last, test=last)

        return {
            f"{name}_{number}": run(start, end)
            for name, ends, start in (("plain", plain, path), ("normalized", normalized, fast))
            for number, end in enumerate(ends)
        }

    def test_three_benefits(self):
        found = find("batchnorm_benefits").conclude(self.SETTINGS, (0, 1, 2), self.runs())
        assert all(claim.holds for claim in found.claims.values())
        faster = found.claims["faster"].evidence
        assert (faster["rate"], faster["target"]) == (0.1, 0.45)
        assert faster["normalized"] == pytest.approx(50 * 0.35 / 0.45, abs=0.01)
        assert faster["plain"] == pytest.approx(50 + 50 * 0.15 / 0.2, abs=0.5)
        assert found.claims["larger_rates"].evidence == {"normalized": 1.0, "plain": 0.3}
        better = found.claims["better"].evidence
        assert (better["normalized_rate"], better["plain_rate"]) == (0.3, 0.1)
        assert (better["normalized_edge"], better["plain_edge"]) == (None, "lowest")
        assert better["difference"] == pytest.approx(0.12)
        assert found.measurements["rates"][2] == {
            "rate": 1.0, "normalized": 0.55, "normalized_failed": 0, "plain": None, "plain_failed": 3,
        }  # fmt: skip

    @pytest.mark.parametrize(
        ("changes", "fails"),
        [
            ({"fast": (0.1, 0.2), "normalized": (0.46, 0.62, 0.55)}, {"faster"}),
            ({"plain": (0.5, 0.48, 0.4)}, {"larger_rates"}),
            ({"normalized": (0.5, 0.5, 0.5)}, {"better"}),
            ({"normalized": (0.1, 0.1, 0.1), "fast": (0.1, 0.1)}, {"faster", "larger_rates", "better"}),
        ],
    )
    def test_each_benefit_has_its_own_curves(self, changes, fails: set[str]):
        assert failing("batchnorm_benefits", self.SETTINGS, self.runs(**changes)) == fails

    def test_a_target_that_a_seed_misses_is_none(self):
        found = find("batchnorm_benefits").conclude(
            self.SETTINGS, (0, 1, 2), self.runs(normalized=(0.2, 0.2, 0.2), fast=(0.1, 0.2))
        )
        evidence = found.claims["faster"].evidence
        assert (evidence["normalized"], evidence["normalized_reached"], evidence["ratio"]) == (None, 0, None)
        assert (evidence["plain_reached"], evidence["seeds"]) == (3, 3)

    def test_a_seed_without_bn_that_never_arrives_counts_as_the_last_step(self):
        runs = self.runs()
        runs["plain_0"].curves["accuracy"].values[0] = [0.1, 0.1, 0.1]
        faster = find("batchnorm_benefits").conclude(self.SETTINGS, (0, 1, 2), runs).claims["faster"]
        assert faster.holds
        assert (faster.evidence["plain"], faster.evidence["plain_reached"]) == (None, 2)
        assert faster.evidence["target"] == 0.45  # of the two that learned

    def test_a_baseline_at_chance_sets_no_target(self):
        runs = self.runs(plain=(0.1, 0.1, 0.1), path=(0.1, 0.1))
        found = find("batchnorm_benefits").conclude(self.SETTINGS, (0, 1, 2), runs).claims
        assert {name for name, claim in found.items() if not claim.holds} == {"faster"}
        assert {found["faster"].evidence[name] for name in ("target", "normalized", "plain", "ratio")} == {None}

    def test_networks_that_diverge_have_failed(self):
        runs = self.runs()
        for name in ("plain_1", "plain_2"):
            runs[name] = diverging(diverging(runs[name], 0, 60), 1, 10)
        found = find("batchnorm_benefits").conclude(self.SETTINGS, (0, 1, 2), runs)
        assert found.measurements["rates"][1]["plain_failed"] == 2
        assert found.claims["larger_rates"].evidence == {"normalized": 1.0, "plain": 0.1}
        assert all(np.isfinite(values).all() for values in found.arrays.values())

    def test_the_smallest_rate_of_the_homework_is_in_the_grid(self):
        """Without it the best rate without BN would be the lowest one."""
        for scale in ("smoke", "cpu", "paper"):
            assert min(find("batchnorm_benefits").scales[scale].rates) == 0.01


class TestCnn:
    SETTINGS = cifar10_cnn.Cnn(data="digits", epochs=1, widths=(4, 4), shown=(2,), channels_shown=2)

    def runs(self, *, test=0.8, training=0.9, confused=40, made=3.0):
        truth = np.repeat(np.arange(10), 100)
        answer = truth.copy()
        answer[:confused] = 5  # zeros taken for fives
        answer[100:110] = 7
        probability = np.full((3, 1, 1000, 10), 0.01)
        probability[:, :, np.arange(1000), answer] = 0.9
        picture = np.full((3, 1, 10, 1, 8, 8), 7.0)

        def accuracy(end):
            return np.concatenate([np.full((3, 1), 0.1), np.full((3, 1), end) + SEEDS], axis=1)

        def at_end(values):
            return np.tile(np.asarray(values, float), (3, 1, *(1 for _ in np.shape(values))))

        kinds = {
            "probability": probability,
            "truth": at_end(truth),
            "examples": at_end([np.arange(500, 510), np.arange(10)]),
            "best": picture,
            "worst": picture,
            "answers_1": at_end([[1, 9, 1.0, 4.0, made], [3, 9, 0.5, 2.0, 2.0]]),
            "made_1": at_end(np.full((2, 1, 8, 8), 9.0)),
            "patches_1": at_end(np.full((2, 6, 1, 8, 8), 9.0)),
        }
        return {self.SETTINGS.network: curves((0, 1), training=accuracy(training), test=accuracy(test), **kinds)}

    def test_the_residual_network_s_blocks_are_counted(self):
        settings = replace(self.SETTINGS, network="residual")
        runs = {"residual": self.runs()["fast"]}
        found = find("cifar10_resnet").conclude(settings, (0, 1, 2), runs)
        assert found.measurements["maps"][0]["layer"] == "block2"
        assert [row["added"] for row in found.measurements["layers"]][3] == 0

    def diverged(self, *seeds: int):
        """Return curves of which those of some seeds end in what is no number."""
        run = self.runs()["fast"]
        for curve in run.curves.values():
            curve.values[list(seeds), -1] = np.nan
        return {"fast": replace(run, lasted=np.where(np.isin(np.arange(3), seeds), 0, 1))}

    @pytest.mark.parametrize("seed", [0, 2])
    def test_a_seed_that_diverged_is_counted_and_left_out(self, seed: int):
        runs = self.diverged(seed)
        pictures = runs["fast"].curves["answers_1"].values
        pictures[1, 0, 0, 2] = 0.25
        found = find("cifar10_cnn").conclude(self.SETTINGS, (0, 1, 2), runs)
        whole = find("cifar10_cnn").conclude(self.SETTINGS, (0, 1, 2), self.runs())
        assert (found.measurements["diverged"], whole.measurements["diverged"]) == (1, 0)
        assert found.measurements["accuracy"]["test"]["mean"] == pytest.approx(0.8 + (0.002 if seed == 0 else -0.002))
        assert found.arrays["test"].shape == (2, 2)
        np.testing.assert_array_equal(found.arrays["confusion"], whole.arrays["confusion"])
        first = 0.25 if seed == 0 else 1.0  # of the first seed that lived
        assert found.measurements["maps"][0]["median"] == first
        assert all(np.isfinite(array).all() for array in found.arrays.values())

    def test_answers_that_are_no_numbers_are_divergence_too(self):
        """The last update may be the one that goes astray: every loss before it was a number."""
        runs = self.diverged(1)
        runs["fast"].lasted[:] = 1
        assert find("cifar10_cnn").conclude(self.SETTINGS, (0, 1, 2), runs).measurements["diverged"] == 1

    @pytest.mark.parametrize("seeds", [(0, 1), (0, 1, 2)])
    def test_one_seed_that_lived_is_not_enough(self, seeds: tuple[int, ...]):
        says = f"^{len(seeds)} of 3 seeds diverged, so nothing can be said: at least 2 must train to the end"
        with pytest.raises(Inconclusive, match=says):
            find("cifar10_cnn").conclude(self.SETTINGS, (0, 1, 2), self.diverged(*seeds))

    def test_what_a_good_network_shows(self):
        found = find("cifar10_cnn").conclude(self.SETTINGS, (0, 1, 2), self.runs())
        assert all(claim.holds for claim in found.claims.values())
        assert found.claims["one_pair_stands_out"].evidence == {
            "truth": "0", "taken_for": "5", "share": 0.4, "count": 40.0, "next_count": 10.0,
        }  # fmt: skip
        assert found.claims["maps_driven"].evidence == {"least": 3.0, "channels": 2}
        assert found.measurements["classes"][0] == {"name": "0", "accuracy": 0.6, "taken_for": "5", "share": 0.4}
        assert found.measurements["maps"][0] == {
            "layer": "conv2", "channel": 1, "field": 9, "median": 1.0, "strongest": 4.0, "synthesized": 3.0,
        }  # fmt: skip
        assert found.arrays["confusion"].sum() == 1000
        assert found.arrays["worst_truth"].tolist() == [0] * 10
        assert found.arrays["worst_taken_for"].tolist() == [5] * 10
        assert found.arrays["worst"].dtype == np.uint8

    @pytest.mark.parametrize(
        ("changes", "fails"),
        [
            ({"test": 0.755, "training": 0.9}, {"reaches_target"}),  # the interval reaches below the target
            ({"training": 0.84}, {"overfits"}),
            ({"confused": 18}, {"one_pair_stands_out"}),
            ({"made": 0.9}, {"maps_driven"}),
        ],
    )
    def test_each_claim_has_its_own_curves(self, changes, fails: set[str]):
        assert failing("cifar10_cnn", self.SETTINGS, self.runs(**changes)) == fails


STEPS = (0, 10, 20, 30, 40)


def vgg_run(path, quantiles=None, **kinds):
    """Return curves of one network: ``path`` are its accuracies, for training and test."""
    accuracy = np.array([path]) + (SEEDS if max(path) > FAILED else 0 * SEEDS)
    if quantiles is not None:
        kinds["quantiles"] = np.broadcast_to(quantiles, (3, *quantiles.shape))
    return curves(STEPS, training=accuracy, test=accuracy, **kinds)


def moving(shift: float) -> np.ndarray:
    """Return quantiles of one channel of a layer that moves to and fro by ``shift``: (points, 1, 1, 25)."""
    places = shift * (np.arange(len(STEPS)) % 2)
    return (places[:, None] + np.linspace(-1, 1, 25))[:, None, None]


SLOW, FAST, DEAD = (0.1, 0.2, 0.5, 0.5, 0.5), (0.1, 0.5, 0.6, 0.6, 0.6), (0.1, 0.1, 0.1, 0.1, 0.1)


class TestSanturkar1:
    def runs(self, **changes):
        paths = {"bn_0": FAST, "plain_0": SLOW, "bn_1": SLOW, "plain_1": DEAD}
        shifts = {"bn_0": 0.1, "plain_0": 0.15}
        made = {}
        for name, path in paths.items():
            shift = changes.get(f"{name}_shift", shifts.get(name, 0.1))
            made[name] = vgg_run(changes.get(name, path), moving(shift))
        return made

    @pytest.mark.parametrize(
        ("changes", "fails"),
        [
            ({}, set()),
            ({"bn_0": (0.1, 0.2, 0.44, 0.6, 0.7)}, {"trains_faster"}),
            ({"bn_0": SLOW, "plain_0": FAST, "bn_1": SLOW}, {"trains_faster", "generalizes_better"}),
            ({"plain_1": SLOW}, {"permits_larger_rate"}),
            ({"bn_1": DEAD}, {"permits_larger_rate"}),
            ({"bn_1": (0.1, 0.6, 0.7, 0.7, 0.7)}, {"larger_rate_no_better"}),
            ({"bn_0_shift": 0.01}, {"equally_stable"}),
        ],
    )
    def test_each_claim_has_its_own_curves(self, changes, fails: set[str]):
        assert failing("santurkar_fig1", santurkar_fig1.Fig1(), self.runs(**changes)) == fails

    def test_the_target_is_that_of_the_seeds_that_learned(self):
        runs = self.runs()
        runs["plain_0"].curves["training"].values[:] = [SLOW, DEAD, FAST]
        claim = vgg.faster(runs, "bn_0", "plain_0")
        assert claim.evidence["target"] == pytest.approx(0.9 * (0.5 + 0.6) / 2)
        assert (claim.evidence["plain_0"], claim.evidence["plain_0_reached"], claim.evidence["seeds"]) == (None, 2, 3)
        assert claim.evidence["bn_0_reached"] == 3

    def test_a_network_that_learns_nothing_sets_no_target(self):
        claim = vgg.faster(self.runs(plain_0=DEAD), "bn_0", "plain_0")
        assert not claim.holds
        assert claim.evidence["target"] is None

    def test_drift_is_the_distance_as_a_part_of_the_spread(self):
        spread = np.linspace(-1, 1, 25).std()
        quantiles = np.broadcast_to(moving(0.3), (3, 5, 1, 1, 25))
        np.testing.assert_allclose(vgg.drift(quantiles), 0.3 / spread)

    def test_a_channel_that_is_constant_does_not_count(self):
        constant = np.zeros((3, 5, 1, 1, 25))
        both = np.concatenate([np.broadcast_to(moving(0.3), constant.shape), constant], axis=3)
        np.testing.assert_allclose(vgg.drift(both), 0.3 / np.linspace(-1, 1, 25).std())
        assert np.isnan(vgg.drift(constant)).all()


class TestSanturkar2:
    def runs(self, shifts=(0.1, 0.9, 0.3), **changes):
        paths = {"bn": FAST, "noisy_bn": (0.1, 0.48, 0.58, 0.6, 0.6), "plain": SLOW, "noisy_plain": DEAD} | changes
        return {
            name: vgg_run(path, moving(shift))
            for (name, path), shift in zip(paths.items(), (*shifts, 0.1), strict=True)
        }

    @pytest.mark.parametrize(
        ("changes", "fails"),
        [
            ({}, set()),
            ({"noisy_bn": (0.1, 0.3, 0.5, 0.5, 0.5)}, {"noisy_close_to_bn"}),
            ({"noisy_bn": (0.1, 0.15, 0.3, 0.6, 0.6)}, {"noisy_close_to_bn", "noisy_ahead_of_standard"}),
            ({"shifts": (0.1, 0.2, 0.3)}, {"noisy_least_stable"}),
            ({"noisy_plain": SLOW}, {"noise_stops_standard"}),
        ],
    )
    def test_each_claim_has_its_own_curves(self, changes, fails: set[str]):
        assert failing("santurkar_fig2", santurkar_fig2.Fig2(), self.runs(**changes)) == fails


class TestSanturkar3:
    SETTINGS = santurkar_fig3.Fig3(dln_rates=(1e-6, 1e-7))

    def runs(self, bn=0.5, plain=0.7, paths=(FAST, SLOW)):
        def shift(cosine):
            values = np.ones((3, 5, 2, 2))
            values[..., 1] = cosine + SEEDS[:, :, None]
            return values

        def linear(loss):
            values = np.ones((3, 3, 2, 2))
            values[:, 1:, :, 1] = np.array([-0.9, 0.9])[None, :, None]
            return curves((0, 5, 9), loss=np.array([[900.0, 500, loss]] * 3), shift=values)

        networks = {"bn": (paths[0], bn), "plain": (paths[1], plain)}
        runs = {name: vgg_run(path, shift=shift(cosine)) for name, (path, cosine) in networks.items()}
        losses = {"normalized": 1.0, "plain": 2.0}
        return {
            **{f"vgg_{name}_{number}": deepcopy(run) for name, run in runs.items() for number in (0, 1)},
            **{f"dln_{name}_{number}": linear(loss) for name, loss in losses.items() for number in (0, 1)},
        }

    def test_lower_cosines_are_no_reduction(self):
        found = find("santurkar_fig3").conclude(self.SETTINGS, (0, 1, 2), self.runs()).claims
        assert found["vgg_not_reduced"].holds
        assert found["vgg_not_reduced"].evidence["vgg_smaller_rate"] == {
            "rate": 0.01, "bn": 0.5, "plain": 0.7, "difference": -0.2, "low": -0.2, "high": -0.2,
        }  # fmt: skip
        assert found["bn_trains_better"].holds
        assert found["bn_trains_better"].evidence["vgg_larger_rate"]["seeds_won"] == 3

    def test_higher_cosines_are_one(self):
        assert "vgg_not_reduced" in failing("santurkar_fig3", self.SETTINGS, self.runs(bn=0.8))

    def test_a_vgg_that_trains_worse_is_enough(self):
        assert "bn_trains_better" in failing("santurkar_fig3", self.SETTINGS, self.runs(paths=(SLOW, FAST)))

    def test_what_comes_after_convergence_does_not_count(self):
        runs = self.runs(paths=((0.1, 0.5, 0.995, 0.995, 0.995), SLOW))
        runs["vgg_bn_0"].curves["shift"].values[:, 3:, :, 1] = 0.0
        values = santurkar_fig3.cosines(runs, "vgg_bn_0")
        np.testing.assert_allclose(values, [0.496, 0.5, 0.504])


class TestSanturkar4:
    SETTINGS = santurkar_fig4.Fig4(lengths=(0.1, 0.4))

    def runs(self, bn=(0.1, 0.5), plain=(0.5, 2.0), late=(1.0, 4.0)):
        """Walks with gradients of norm 1: the loss rises by the first number, the gradient changes by the second."""

        def walk(rise, change):
            values = np.ones((3, 5, 3, 2))
            values[:, :, 1:, 0] = [2.0, 2.0 + rise]
            values[:, :, 1:, 1] = [change / 4, change]
            values[:, 3:, 1:, 1] = late
            return values

        return {
            "bn": vgg_run(FAST, landscape=walk(*bn)),
            "plain": vgg_run(SLOW, landscape=walk(*plain)),
        }

    def test_measured(self):
        values = self.runs()["plain"].curves["landscape"].values
        found = santurkar_fig4.measured(values, (0.1, 0.4))
        assert found["loss_range"][0].tolist() == [0.5] * 5
        assert found["gradient_change"][0].tolist() == [2.0, 2.0, 2.0, 4.0, 4.0]
        np.testing.assert_allclose(found["smoothness"][0], [5, 5, 5, 10, 10])

    def test_only_a_plateau_that_is_reached_is_left_out(self):
        found = find("santurkar_fig4").conclude(self.SETTINGS, (0, 1, 2), self.runs(late=(0.5, 2.0))).claims
        assert not found["plateau_is_inverse_probe"].holds
        assert found["smoother"].evidence["plain"] == 5.0  # all values, those at 1 / 0.1 included
        found = find("santurkar_fig4").conclude(self.SETTINGS, (0, 1, 2), self.runs(plain=(0.5, 4.0))).claims
        assert found["plateau_is_inverse_probe"].holds
        assert found["smoother"].evidence == dict.fromkeys(("bn", "plain", "seeds_lower", "seeds"))

    def test_a_walk_off_the_numbers_is_infinitely_rough(self):
        values = self.runs()["plain"].curves["landscape"].values
        values[0, 0, 2] = np.nan
        found = santurkar_fig4.measured(values, (0.1, 0.4))
        assert found["loss_range"][0, 0] == found["smoothness"][0, 0] == np.inf

    @pytest.mark.parametrize(
        ("changes", "fails"),
        [
            ({}, set()),
            ({"bn": (0.6, 0.5)}, {"loss_steadier"}),
            ({"bn": (0.1, 2.5)}, {"gradient_steadier", "smoother"}),
            ({"late": (0.5, 2.0)}, {"plateau_is_inverse_probe"}),
            ({"bn": (0.1, 4.0), "plain": (0.5, 4.0)}, {"gradient_steadier", "smoother"}),
        ],
    )
    def test_each_claim_has_its_own_curves(self, changes, fails: set[str]):
        assert failing("santurkar_fig4", self.SETTINGS, self.runs(**changes)) == fails
