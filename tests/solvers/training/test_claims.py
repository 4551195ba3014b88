"""Claims follow the curves: made-up curves that support the papers, and made-up curves that do not."""

from __future__ import annotations

import numpy as np
import pytest

from solvers.training.experiments import batchnorm_init_scale, deep_linear, dropout_effect, find, ioffe_fig1, ioffe_fig2
from solvers.training.loop import Curve, Curves


def curves(steps, **values) -> Curves:
    """Return made-up curves: (seeds, steps, ...)."""
    at = np.asarray(steps)
    made = {name: Curve(at, np.asarray(array, float)) for name, array in values.items()}
    first = next(iter(made.values())).values
    return Curves(made, np.full(len(first), at[-1]), int(at[-1]))


def diverging(run: Curves, seed: int, step: int) -> Curves:
    """Return made-up curves of which a seed diverged at ``step``: nothing is measured from there on."""
    made = {name: Curve(curve.steps, curve.values.copy()) for name, curve in run.curves.items()}
    for curve in made.values():
        curve.values[seed, curve.steps[-curve.values.shape[1] :] > step] = np.nan
    lasted = run.lasted.copy()
    lasted[seed] = step
    return Curves(made, lasted, run.steps)


def claims(name: str, settings, runs, seeds: int = 3):
    return find(name).conclude(settings, tuple(range(seeds)), runs).claims


class TestFig1:
    SETTINGS = ioffe_fig1.Fig1(steps=100, early=10, later=40)
    STEPS = (0, 2, 4, 8, 10, 16, 25, 32, 40, 60, 80, 100)

    def runs(self, plain=0.95, spread=(0.01, 3.0), large=0.9):
        at = np.array(self.STEPS)
        seeds = np.array([[0.0], [0.002], [0.004]])
        fast, slow = 0.97 * (at >= 2) + seeds, plain * (at >= 32) + seeds
        wide = np.where(at < 32, spread[0], spread[1])
        fan = np.stack([-wide / 2, 0 * wide, wide / 2], axis=-1)
        steady = np.broadcast_to([-1.0, 0, 1.0], (*fan.shape,))

        def run(accuracy, quantiles):
            return curves(
                self.STEPS, accuracy=accuracy, quantiles=np.broadcast_to(quantiles, (3, 1, *fan.shape)).swapaxes(1, 2)
            )

        return {
            "plain": run(np.where(at == 40, 0.8, slow), fan),
            "normalized": run(fast, steady),
            "plain_large": run(np.full((3, 12), large), fan),
            "normalized_large": run(np.full((3, 12), 0.95), steady),
        }

    def test_the_paper_s_curves_support_the_paper(self):
        found = claims("ioffe_fig1", self.SETTINGS, self.runs())
        assert {name for name, claim in found.items() if claim.holds} == set(found)
        target = 0.9 * 0.952
        assert found["faster"].evidence["target"] == pytest.approx(target)
        assert found["faster"].evidence["plain"] == pytest.approx(25 + 7 * target / 0.95, abs=0.05)
        assert found["faster"].evidence["normalized"] == pytest.approx(2 * target / 0.97, abs=0.01)
        assert found["faster"].evidence["ratio"] == pytest.approx(17.73, abs=0.05)
        assert found["ends_higher"].evidence["difference"] == pytest.approx(0.02)
        assert found["steady_with_bn"].evidence["growth_normalized"] == 1

    @pytest.mark.parametrize(
        ("changes", "claim"),
        [
            ({"plain": 0.98}, "ends_higher"),
            ({"spread": (0.5, 3.0)}, "collapses_then_fans"),
            ({"spread": (0.01, 0.5)}, "collapses_then_fans"),
            ({"large": 0.8}, "gap_needs_small_steps"),
        ],
    )
    def test_curves_against_a_claim_do_not_support_it(self, changes, claim: str):
        found = claims("ioffe_fig1", self.SETTINGS, self.runs(**changes))
        assert {name for name, one in found.items() if not one.holds} == {claim}

    def test_a_gap_of_the_other_sign_is_not_halved(self):
        """With BN behind at either recipe, twice as far at the larger one: nothing of an early gap."""
        runs = self.runs(large=0.99)
        at = self.STEPS.index(40)
        runs["normalized"].curves["accuracy"].values[:, at] = 0.78
        assert not claims("ioffe_fig1", self.SETTINGS, runs)["gap_needs_small_steps"].holds

    def test_a_seed_that_misses_the_target_is_counted(self):
        runs = self.runs()
        runs["plain"].curves["accuracy"].values[2] = 0.1
        evidence = claims("ioffe_fig1", self.SETTINGS, runs)["faster"].evidence
        assert evidence["target"] == pytest.approx(0.9 * 0.951)  # of the two that learned
        assert (evidence["plain"], evidence["plain_reached"], evidence["seeds"]) == (None, 2, 3)
        assert evidence["normalized_reached"] == 3
        assert evidence["ratio"] > 17.73  # the last step stands for the one that is never reached

    def test_a_baseline_at_chance_sets_no_target(self):
        runs = self.runs()
        runs["plain"].curves["accuracy"].values[:] = 0.1
        faster = claims("ioffe_fig1", self.SETTINGS, runs)["faster"]
        assert not faster.holds
        assert {faster.evidence[name] for name in ("target", "normalized", "plain", "ratio")} == {None}

    def test_a_seed_that_diverges_leaves_numbers_to_print(self):
        runs = self.runs()
        runs["plain"] = diverging(runs["plain"], 1, 20)
        found = claims("ioffe_fig1", self.SETTINGS, runs)
        assert {name for name, one in found.items() if one.holds} == {"faster", "steady_with_bn"}
        assert found["ends_higher"].evidence["plain"] == pytest.approx(2 * 0.952 / 3, abs=1e-4)
        assert found["collapses_then_fans"].evidence["smallest_later_spread"] is None
        assert found["steady_with_bn"].evidence["growth_plain"] is None


class TestDropout:
    SETTINGS = dropout_effect.Dropout(epochs=2, early_epoch=1)

    def runs(self, gain: float, noise: float = 0.001):
        spread = noise * np.array([-1.0, 0.0, 1.0])[:, None]

        def run(training, validation, sign):
            return curves(
                range(3), training=np.array([training]) + spread, validation=np.array([validation]) + sign * spread
            )

        return {
            "plain": run([0.1, 0.7, 0.97], [0.1, 0.2, 0.29], 1),
            "dropout": run([0.1, 0.6, 0.93], [0.1, 0.2, 0.29 + gain], -1),
        }

    def test_a_gain_beyond_the_noise_is_one(self):
        found = claims("dropout_effect", self.SETTINGS, self.runs(0.01))
        assert all(claim.holds for claim in found.values())
        evidence = found["generalizes_better"].evidence
        assert (evidence["positive"], evidence["seeds"]) == (3, 3)
        assert evidence["small"] is True  # a point is less than two standard errors of one accuracy
        assert evidence["difference"] == pytest.approx(0.01)
        assert evidence["single"] == pytest.approx((0.29 * 0.71 / 1000) ** 0.5, rel=1e-4)

    def test_a_gain_within_the_noise_is_none(self):
        found = claims("dropout_effect", self.SETTINGS, self.runs(0.01, noise=0.02))
        assert not found["generalizes_better"].holds
        assert found["memorizes"].holds

    def test_a_large_gain_is_called_so(self):
        assert claims("dropout_effect", self.SETTINGS, self.runs(0.1))["generalizes_better"].evidence["small"] is False

    def test_seeds_of_which_one_network_diverged_are_left_out(self):
        whole, runs = self.runs(0.01, noise=0), self.runs(0.01, noise=0)
        runs["dropout"] = diverging(runs["dropout"], 0, 1)
        every, kept = (claims("dropout_effect", self.SETTINGS, one) for one in (whole, runs))
        assert kept["generalizes_better"].evidence["seeds"] == 2
        assert kept["gap_shrinks"] == every["gap_shrinks"]
        runs["plain"] = diverging(runs["plain"], 1, 1)
        found = find("dropout_effect").conclude(self.SETTINGS, (0, 1, 2), runs)
        assert not any(claim.holds for claim in found.claims.values())
        assert found.claims["generalizes_better"].evidence["seeds"] == 0
        assert found.claims["memorizes"].evidence == {"training": None, "validation": None, "gap": None}
        assert all(np.isfinite(values).all() for values in found.arrays.values())


class TestInitScale:
    SETTINGS = batchnorm_init_scale.Sweep(scales=3, lowest_exponent=-2.0)

    def runs(self, normalized, plain):
        def run(best):
            values = np.repeat(np.array([best, best]).reshape(6, 1), 2, axis=1)
            return curves((0, 10), training=values, validation=values / 2)

        return {"normalized": run(normalized), "plain": run(plain)}

    def test_the_band_is_found_and_bn_is_not_called_flat(self):
        found = claims("batchnorm_init_scale", self.SETTINGS, self.runs([0.3, 0.6, 0.3], [0.1, 0.7, 0.4]), 2)
        assert {name for name, one in found.items() if one.holds} == {"bn_learns_everywhere", "plain_needs_its_band"}
        assert found["plain_needs_its_band"].evidence["learns_from"] == "0.1"
        assert found["bn_better_in_the_band"].evidence == {
            "scale": "0.1", "normalized": 0.6, "plain": 0.7, "difference": -0.1, "low": -0.1, "high": -0.1,
        }  # fmt: skip

    def test_curves_against_the_textbook_say_so(self):
        found = claims("batchnorm_init_scale", self.SETTINGS, self.runs([0.1, 0.15, 0.1], [0.5, 0.12, 0.1]), 2)
        assert {name for name, one in found.items() if one.holds} == {"bn_is_flat"}

    def test_one_seed_that_does_not_learn_is_enough(self):
        """The means over the seeds are 0.3 and 0.125."""
        runs = self.runs([0.3, 0.6, 0.3], [0.1, 0.7, 0.4])
        runs["normalized"].curves["training"].values[0] = 0.1
        runs["normalized"].curves["training"].values[3] = 0.5
        runs["plain"].curves["training"].values[0] = 0.18
        runs["plain"].curves["training"].values[3] = 0.07
        found = claims("batchnorm_init_scale", self.SETTINGS, runs, 2)
        assert not found["bn_learns_everywhere"].holds
        assert (found["bn_learns_everywhere"].evidence["seeds_that_learned"], found["bn_is_flat"].holds) == (1, False)
        assert not found["plain_needs_its_band"].holds
        assert found["plain_needs_its_band"].evidence["seeds_at_chance"] == 1

    def test_the_best_of_a_network_that_diverged_is_what_it_did_before(self):
        runs = self.runs([0.3, 0.6, 0.3], [0.1, 0.7, 0.4])
        runs["plain"] = diverging(runs["plain"], 2, 5)
        found = find("batchnorm_init_scale").conclude(self.SETTINGS, (0, 1), runs)
        row = found.measurements["rows"][2]
        assert (row["training_plain"], row["plain_diverged"]) == (0.4, 1)
        assert found.claims["plain_needs_its_band"].holds


class TestDeepLinear:
    def runs(self, settings, steady=0.99, swing=(-0.9, 0.9), alike=0.9, last=100.0):
        steps = (0, 50, 100)

        def run(loss, cosines):
            shift = np.ones((3, 3, 2, 2))
            shift[:, 1:, :, 1] = np.array(cosines)[None, :, None]
            return curves(steps, loss=np.array([[1000.0, 500, loss]] * 3), shift=shift)

        return {
            "dln_plain_0": run(200.0, (-alike, alike)),
            "dln_normalized_0": run(last, (-0.9, 0.9)),
            "dln_plain_1": run(200.0, (steady, 1.0)),
            "dln_normalized_1": run(last, swing),
        }

    @pytest.mark.parametrize(
        ("changes", "fails"),
        [
            ({}, set()),
            ({"steady": 0.9}, {"dln_standard_steady"}),
            ({"swing": (0.5, 0.9)}, {"dln_bn_swings"}),
            ({"alike": 0.1}, {"dln_alike_at_larger_rate"}),
            ({"last": 300.0}, {"bn_trains_better"}),
            ({"last": float("nan")}, {"bn_trains_better"}),
        ],
    )
    def test_each_claim_has_its_own_curves(self, changes, fails: set[str]):
        settings = deep_linear.Linear()
        found = deep_linear.claims(settings, self.runs(settings, **changes))
        assert {name for name, one in found.items() if not one.holds} == fails


FIG2 = {
    "plain_x1": (0.1, 0.4, 0.5, 0.6),
    "bn_x1": (0.1, 0.5, 0.61, 0.62),
    "plain_x5": (0.1, 0.1, 0.1, 0.1),
    "bn_x5": (0.1, 0.6, 0.62, 0.64),
    "plain_x30": (0.1, float("nan"), float("nan"), float("nan")),
    "bn_x30": (0.1, 0.3, 0.6, 0.7),
    "plain_x5_sigmoid": (0.1, 0.1, 0.1, 0.1),
    "bn_x5_sigmoid": (0.1, 0.2, 0.4, 0.55),
}


class TestFig2:
    SETTINGS = ioffe_fig2.Fig2()
    STEPS = (0, 75, 150, 300)

    def found(self, **changes: tuple[float, ...]):
        runs = {name: curves(self.STEPS, accuracy=[values]) for name, values in (FIG2 | changes).items()}
        return find("ioffe_fig2").conclude(self.SETTINGS, (0,), runs)

    def test_the_paper_s_table_supports_the_paper(self):
        found = self.found()
        assert all(claim.holds for claim in found.claims.values())
        evidence = found.claims["bn_needs_fewer_steps"].evidence
        assert evidence == {
            "bn_x1": 143.18, "bn_x1_reached": 1, "plain_x1": 300, "plain_x1_reached": 1, "seeds": 1,
            "saved": 156.82, "low": None, "high": None,
        }  # fmt: skip
        rows = {row["network"]: row for row in found.measurements["networks"]}
        assert rows["bn_x30"]["rate"] == 0.3
        assert (rows["bn_x5_sigmoid"]["steps"], rows["bn_x5_sigmoid"]["reached"]) == (None, 0)

    @pytest.mark.parametrize(
        ("changes", "fails"),
        [
            ({"bn_x1": (0.1, 0.2, 0.3, 0.59)}, {"bn_needs_fewer_steps"}),
            ({"bn_x5": (0.1, 0.2, 0.3, 0.64)}, {"higher_rate_needs_fewer_steps"}),
            ({"bn_x30": (0.1, 0.3, 0.6, 0.62)}, {"highest_rate_ends_best"}),
            ({"plain_x5": (0.1, 0.5, 0.6, 0.65)}, {"plain_fails_at_higher_rates"}),
            ({"plain_x5_sigmoid": (0.1, 0.2, 0.3, 0.4)}, {"sigmoid_needs_bn"}),
            ({"bn_x5_sigmoid": (0.1, 0.1, 0.1, 0.1)}, {"sigmoid_needs_bn"}),
        ],
    )
    def test_each_claim_has_its_own_curves(self, changes, fails: set[str]):
        assert {name for name, one in self.found(**changes).claims.items() if not one.holds} == fails

    def test_a_gain_within_the_noise_of_the_seeds_is_none(self):
        """The middle seed alone would support both claims; a third seed that never gets there takes the first."""
        noise = np.array([[-0.09], [0.0], [0.09]])
        runs = {name: curves(self.STEPS, accuracy=np.array([values] * 3)) for name, values in FIG2.items()}
        runs["bn_x30"] = curves(self.STEPS, accuracy=FIG2["bn_x30"] + noise)
        runs["bn_x1"] = curves(self.STEPS, accuracy=[FIG2["bn_x1"], FIG2["bn_x1"], (0.1, 0.2, 0.3, 0.4)])
        found = find("ioffe_fig2").conclude(self.SETTINGS, (0, 1, 2), runs).claims
        assert not found["highest_rate_ends_best"].holds
        assert found["highest_rate_ends_best"].evidence["lead"] == pytest.approx(0.06)
        assert not found["bn_needs_fewer_steps"].holds
        evidence = found["bn_needs_fewer_steps"].evidence
        assert (evidence["bn_x1"], evidence["bn_x1_reached"], evidence["seeds"]) == (None, 2, 3)

    def seeds(self, **changes):
        """Three seeds of the paper's table; a change gives the accuracies of each."""
        runs = {name: curves(self.STEPS, accuracy=np.array([values] * 3)) for name, values in FIG2.items()}
        runs |= {name: curves(self.STEPS, accuracy=values) for name, values in changes.items()}
        return find("ioffe_fig2").conclude(self.SETTINGS, (0, 1, 2), runs)

    def test_one_seed_that_learns_is_enough_against_a_failure(self):
        """Its mean over the seeds, 0.133, would pass for chance."""
        end = (0.1, 0.1, 0.1, 0.0)
        found = self.seeds(plain_x5=[end, end, (0.1, 0.2, 0.3, 0.4)]).claims["plain_fails_at_higher_rates"]
        assert not found.holds
        assert found.evidence == {
            "plain_x5": 0.13333, "plain_x5_failed": 2, "plain_x30": 0, "plain_x30_failed": 3, "seeds": 3, "bound": 0.15,
        }  # fmt: skip

    def test_one_sigmoid_network_that_learns_is_enough_as_well(self):
        chance = (0.1, 0.1, 0.1, 0.11)
        found = self.seeds(plain_x5_sigmoid=[chance, chance, (0.1, 0.12, 0.16, 0.2)]).claims["sigmoid_needs_bn"]
        assert not found.holds
        assert (found.evidence["plain_x5_sigmoid_learned"], found.evidence["bn_x5_sigmoid_learned"]) == (1, 3)
        found = self.seeds(bn_x5_sigmoid=[(0.1, 0.2, 0.4, 0.55)] * 2 + [chance]).claims["sigmoid_needs_bn"]
        assert (found.holds, found.evidence["bn_x5_sigmoid_learned"]) == (False, 2)

    def test_a_baseline_at_chance_sets_no_target_for_its_seed(self):
        chance = (0.1, 0.1, 0.1, 0.1)
        found = self.seeds(plain_x1=[chance, FIG2["plain_x1"], FIG2["plain_x1"]])
        assert found.measurements["target"] == 0.6
        assert found.measurements["baselines_that_learned"] == 2
        evidence = found.claims["bn_needs_fewer_steps"].evidence
        assert (evidence["plain_x1_reached"], evidence["bn_x1_reached"]) == (2, 3)
        assert found.claims["bn_needs_fewer_steps"].holds  # never counts as the last step

    def test_without_any_target_nothing_is_compared(self):
        found = self.seeds(plain_x1=[(0.1, 0.1, 0.1, 0.1)] * 3)
        assert (found.measurements["target"], found.measurements["baselines_that_learned"]) == (None, 0)
        for name in ("bn_needs_fewer_steps", "higher_rate_needs_fewer_steps"):
            assert not found.claims[name].holds
            assert found.claims[name].evidence["saved"] is None
