"""A survey as people and machines read it: a table, JSON, and JUnit's XML."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

import click

from psetpress import __version__, html
from psetpress.verify.effort import MEASURES

if TYPE_CHECKING:
    from psetpress.verify.survey import Survey, Tally

SHOWN = 3
"""Failures of a problem that the terminal shows; files hold all that were kept."""

DETAILED = 3
"""Up to so many problems the terminal shows why draws were rejected and how guessable each answer is."""

HEADER = (
    "problem",
    "level",
    "variants",
    "distinct",
    "accepted",
    "commonest key",
    "digits",
    "values",
    "steps",
    "ms",
    "slowest",
)
LEGEND = (
    "distinct: different questions; accepted: share of the draws; commonest key: share of the variants that have it; "
    "digits, values, steps: 5th to 95th percentile of the digits read and written, the different numbers given and "
    "the arithmetic steps of solve; ms: median time to draw and solve; slowest: the longest one, and its seed."
)


def as_text(survey: Survey) -> str:
    """Return the table, then the failures, each with the command that reproduces it."""
    rows = [HEADER, *map(_row, survey.tallies)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADER))]
    lines = [
        "  ".join(_cell(text, width, at) for at, (text, width) in enumerate(zip(row, widths, strict=True)))
        for row in rows
    ]
    table = "\n".join(line.rstrip() for line in lines)
    legend = click.wrap_text(LEGEND, width=100)
    few = len({tally.problem for tally in survey.tallies}) <= DETAILED
    details = [_details(tally) for tally in survey.tallies] if few else []
    blocks = [table, legend, *filter(None, details), *_failures(survey), *_note(survey), summary(survey)]
    return "\n\n".join(blocks)


def _details(tally: Tally) -> str:
    """Return the shares of the predicates that rejected draws, and the commonest value of each answer."""
    lines = [
        f"{count / tally.attempts:6.1%} of the draws rejected: {why}" for why, count in tally.rejected.most_common()
    ]
    lines += [f'{share:6.1%} of the variants have {name} = "{value}"' for name, value, share in tally.guesses()]
    return "\n".join([f"{tally.problem}, {tally.level}", *lines]) if lines else ""


def as_html(survey: Survey, folders: Sequence[Path]) -> str:
    """Return a web page: the verdict, the failures, the table and each problem's details."""
    context = {
        "survey": survey,
        "summary": summary(survey),
        "note": " ".join(_note(survey)),
        "more": sum(tally.found.total() for tally in survey.tallies) - len(survey.failures),
        "header": HEADER,
        "legend": LEGEND,
        "measures": tuple(MEASURES),
        "rows": [(_row(tally), tally) for tally in survey.tallies],
    }
    return html.page("verification.html.j2", context, folders)


def _cell(text: str, width: int, column: int) -> str:
    return text.ljust(width) if column < 2 else text.rjust(width)


def _row(tally: Tally) -> tuple[str, ...]:
    return (
        tally.problem,
        tally.level,
        str(tally.tried),
        str(len(tally.identities)),
        f"{tally.acceptance:.0%}",
        f"{tally.guess:.1%}" if tally.keys else "-",
        *(_spread(tally, measure) for measure in MEASURES),
        f"{1000 * tally.median:.2f}",
        f"{1000 * tally.slowest[0]:.1f} ({tally.slowest[1]})" if tally.seconds else "-",
    )


def _spread(tally: Tally, measure: str) -> str:
    spread = tally.spread(measure)
    return f"{spread[0]}-{spread[2]}" if spread and spread[2] else "-"


def _failures(survey: Survey) -> list[str]:
    """Return one block of text for each check that a problem fails, its first variants in full."""
    ordered = sorted(survey.failures, key=lambda one: (one.problem, one.check, one.level, one.seed))
    counted = Counter[tuple[str, str]]()
    for tally in survey.tallies:
        counted.update({(tally.problem, check): count for check, count in tally.found.items()})
    blocks: list[str] = []
    for (problem, check), group in groupby(ordered, key=lambda one: (one.problem, one.check)):
        found = list(group)
        more = counted[problem, check] - min(len(found), SHOWN)
        lines = [click.style(f"{problem}: {check}", fg="red", bold=True)]
        lines += [line for one in found[:SHOWN] for line in (f"  {one.says}", f"  again: {one.command}")]
        blocks.append("\n".join([*lines, *([f"  ... and {more} more"] if more > 0 else [])]))
    return blocks


def _note(survey: Survey) -> list[str]:
    """Say which problems were left out, if any."""
    return [f"note: left out, for they do not have this level: {', '.join(survey.lacking)}"] if survey.lacking else []


def summary(survey: Survey) -> str:
    """Return what was found in one sentence."""
    found = f"{survey.failed} failed" if survey.failed else _passed(survey)
    pace = (
        f"{survey.seconds:.1f} s, {survey.rate:.0f} variants a second and worker, {_counted_out(survey.jobs, 'worker')}"
    )
    return f"{_tried(survey)}: {found} ({pace})"


def _tried(survey: Survey) -> str:
    if survey.interrupted:
        return f"interrupted after {survey.tried} of {survey.asked} variants"
    problems = len({tally.problem for tally in survey.tallies})
    tried = _counted_out(survey.tried, "variant") if survey.complete else f"{survey.tried} of {survey.asked} variants"
    return f"{tried} of {_counted_out(problems, 'problem')}"


def _passed(survey: Survey) -> str:
    """Say what holds if nothing failed, and claim no proof of a problem that has no key."""
    if not survey.complete:
        return "no failure among these"
    problems = {tally.problem for tally in survey.tallies}
    unproved = problems - {tally.problem for tally in survey.tallies if tally.proved}
    if unproved == problems:
        return "no key to prove, for all answers are written ones; every check passed"
    besides = f" ({len(unproved)} of them without a key, for all answers are written ones)" if unproved else ""
    return f"every key proved{besides}, every check passed"


def _counted_out(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def as_json(survey: Survey) -> str:
    """Return everything that was counted."""
    record = {
        "psetpress": __version__,
        "complete": survey.complete,
        "interrupted": survey.interrupted,
        "lacking_the_level": list(survey.lacking),
        "asked": survey.asked,
        "tried": survey.tried,
        "failed": survey.failed,
        "seconds": round(survey.seconds, 3),
        "jobs": survey.jobs,
        "variants_per_second_and_worker": round(survey.rate, 1),
        "problems": [_counted(tally) for tally in survey.tallies],
    }
    return json.dumps(record, indent=1, ensure_ascii=False) + "\n"


def _counted(tally: Tally) -> dict[str, Any]:
    return {
        "problem": tally.problem,
        "level": tally.level,
        "asked": tally.asked,
        "variants": tally.tried,
        "with_a_key": tally.proved,
        "distinct": len(tally.identities),
        "failed": tally.failed,
        "attempts": tally.attempts,
        "acceptance": tally.acceptance,
        "rejected": {reason: count / tally.attempts for reason, count in tally.rejected.most_common()},
        "commonest_key": tally.guess,
        "commonest_answers": [
            {"answer": name, "value": value, "share": share} for name, value, share in tally.guesses()
        ],
        "effort": {name: dict(zip(("p5", "p50", "p95"), tally.spread(name) or (), strict=False)) for name in MEASURES},
        "milliseconds": {"median": 1000 * tally.median, "slowest": 1000 * tally.slowest[0]},
        "slowest_seed": tally.slowest[1],
        "findings": dict(tally.found),
        "failures": [
            {"seed": one.seed, "check": one.check, "says": one.says, "params": one.params, "again": one.command}
            for one in tally.failures
        ],
    }


def as_junit(survey: Survey) -> str:
    """Return JUnit's XML: a test suite with one test case for every problem and level."""
    suite = ElementTree.Element(
        "testsuite",
        name="psetpress verify",
        tests=str(len(survey.tallies)),
        failures=str(sum(bool(tally.failed) for tally in survey.tallies)),
        errors="0",
        skipped=str(sum(not (tally.complete or tally.failed) for tally in survey.tallies)),
        time=f"{survey.seconds:.3f}",
    )
    for tally in survey.tallies:
        suite.append(_case(tally))
    ElementTree.indent(suite)
    return ElementTree.tostring(suite, encoding="unicode", xml_declaration=True) + "\n"


def _case(tally: Tally) -> ElementTree.Element:
    case = ElementTree.Element(
        "testcase",
        classname=f"problems.{tally.problem}",
        name=f"{tally.problem}[{tally.level}]",
        time=f"{tally.busy:.3f}",
    )
    if not (tally.complete or tally.failed):
        ElementTree.SubElement(case, "skipped", message=f"interrupted after {tally.tried} of {tally.asked} variants")
    if tally.failed:
        left = "" if tally.complete else f", {tally.asked - tally.tried} were not tried"
        message = f"{tally.failed} of {tally.tried} variants failed{left}"
        failure = ElementTree.SubElement(case, "failure", message=message)
        failure.text = _printable("\n".join(f"{one.check}: {one.says}\nagain: {one.command}" for one in tally.failures))
    return case


def _printable(text: str) -> str:
    """Return ``text`` without characters that XML cannot hold."""
    return "".join(
        letter if letter.isprintable() or letter in "\n\t" else "\N{REPLACEMENT CHARACTER}" for letter in text
    )
