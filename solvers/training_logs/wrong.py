"""What students answer who misread a figure or claim more than it shows; ``{}`` where a belief does not apply."""

from __future__ import annotations

from collections.abc import Sequence

from solvers.training_logs.curves import arrivals, finals, leads, level_gain, ranking, touched
from solvers.training_logs.exact import LETTERS, claims, course, end
from solvers.training_logs.logs import Log
from solvers.training_logs.recipes import EVERY, HIDDEN, SHOWN, Crossing, Reaching, Recipe

Answers = dict[str, object]


def wrong_direction(log: Log) -> Answers:
    """Return the end as if the largest loss, or the smallest accuracy, were best."""
    worst, other = ranking(finals(log))[::-1][:2]
    return {"winner": LETTERS[worst], "gap": (finals(log)[other] - finals(log)[worst]) * log.unit}


def initial_not_final(log: Log) -> Answers:
    """Return what the curves show where they start; if they start equal, no winner."""
    starts = [curve[0] for curve in log.gains]
    first, second = ranking(starts)[:2]
    gap = (starts[first] - starts[second]) * log.unit
    return {"winner": LETTERS[first], "gap": gap} if gap else {"gap": gap}


def gap_to_the_worst(log: Log) -> Answers:
    """Return the gap between the best of three runs and the worst."""
    if len(log.curves) == 2:
        return {}
    return {"gap": (max(finals(log)) - min(finals(log))) * log.unit}


def ratio_not_difference(log: Log) -> Answers:
    """Return the gap as a share of the second run's value (in percent of it for an accuracy)."""
    first, second = (abs(finals(log)[index]) for index in ranking(finals(log))[:2])
    return {"gap": (1 if log.loss else 100) * abs(first - second) / second} if second else {}


def other_curve(log: Log, question: Reaching | Crossing) -> Answers:
    """Return run and step of the curve that reaches the level second."""
    if isinstance(question, Crossing):
        return {}
    _, (step, index) = arrivals(log, question)[:2]
    return {"leader": LETTERS[index], "step": float(step)}


def first_touch(log: Log, question: Reaching | Crossing) -> Answers:
    """Return the answers of first touches instead of arrivals to stay, where they differ."""
    if isinstance(question, Crossing):
        return {}
    level = level_gain(log, question)
    steps = [(touched(curve, level), index) for index, curve in enumerate(log.gains)]
    (first, leader), (second, _) = sorted((step, index) for step, index in steps if step is not None)[:2]
    found: Answers = {"leader": LETTERS[leader], "step": float(first), "lead": float(second - first)}
    return found if found != course(log, question) else {}


def step_not_difference(log: Log, question: Reaching | Crossing) -> Answers:
    """Return the step at which the second run arrives for the number of steps that it is later."""
    if isinstance(question, Crossing):
        return {}
    return {"lead": float(arrivals(log, question)[1][0])}


def vertical_gap(log: Log, question: Reaching | Crossing) -> Answers:
    """Return the vertical distance for the one in steps, at the first logged step after the first arrival."""
    if isinstance(question, Crossing):
        return {}
    (step, first), (_, second) = arrivals(log, question)[:2]
    index = -int(-step // EVERY)
    return {"lead": abs(log.curves[first][index] - log.curves[second][index]) * log.unit}


def end_decides(log: Log, question: Reaching | Crossing) -> Answers:
    """Return the winner at the end, and its gap there, as what happens at first."""
    return {"leader": end(log)["winner"], "most": end(log)["gap"]} if isinstance(question, Crossing) else {}


def widest_gap(log: Log, question: Reaching | Crossing) -> Answers:
    """Return the step at which the early lead is widest."""
    if isinstance(question, Reaching):
        return {}
    _, lead = leads(log)
    return {"step": float(EVERY * lead.index(min(lead)))}


def one_setting(recipes: Sequence[Recipe], seeds: Sequence[int], log: Log) -> Answers:
    """Return that one setting makes the runs differ, where several do."""
    return {"setting": SHOWN} if claims(recipes, seeds, log)["setting"] == HIDDEN else {}


def wrong_images(recipes: Sequence[Recipe], seeds: Sequence[int], log: Log) -> Answers:
    """Return the claim about images as if training metrics were validation metrics, and the other way round."""
    return {"images": HIDDEN if claims(recipes, seeds, log)["images"] == SHOWN else SHOWN}


def noise_as_effect(recipes: Sequence[Recipe], seeds: Sequence[int], log: Log) -> Answers:
    """Return that the gap is more than the seed changes, where the figure does not show it."""
    return {"seeds": SHOWN} if claims(recipes, seeds, log)["seeds"] == HIDDEN else {}


def wall_clock() -> Answers:
    """Return that the figure shows computing time."""
    return {"time": SHOWN}


def nothing_shown(recipes: Sequence[Recipe], seeds: Sequence[int], log: Log) -> Answers:
    """Return that the figure does not show even what it shows."""
    right = claims(recipes, seeds, log)
    return {name: HIDDEN for name, verdict in right.items() if verdict == SHOWN}
