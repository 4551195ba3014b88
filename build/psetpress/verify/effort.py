"""How much work a variant asks for: proxies by which two students' variants can be compared."""

from __future__ import annotations

import dis
import re
import sys
from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import cache
from types import CodeType, FrameType
from typing import TYPE_CHECKING, Any

from psetpress import proving, workspace
from psetpress.verify.leaves import leaves

if TYPE_CHECKING:
    from psetpress.drawing import Variant

ARITHMETIC = frozenset({"BINARY_OP", "BINARY_POWER", "UNARY_NEGATIVE", "COMPARE_OP"})
"""Instructions of Python that stand for a step on paper; an operation on an array counts once."""


def digits(variant: Variant) -> int:
    """Return how many digits a student reads in the parameters and writes in the answers."""
    given = "".join(str(value) for _, value in leaves(variant.params) if _is_number(value))
    written = "".join(variant.kinds[name].text(value) for name, value in variant.answers.items())
    return len(re.findall("[0-9]", given + written))


def values(variant: Variant) -> int:
    """Return how many different numbers the parameters hold."""
    return len({value for _, value in leaves(variant.params) if _is_number(value)})


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, Fraction)) and not isinstance(value, bool)


def operations(variant: Variant) -> int:
    """Return how many arithmetic instructions ``solve`` carries out in the bank's own code."""
    count = 0

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal count
        if event == "call":
            if not _of_the_bank(frame.f_code.co_filename):
                return None
            frame.f_trace_opcodes, frame.f_trace_lines = True, False
        elif event == "opcode" and frame.f_lasti in _steps(frame.f_code):
            count += 1
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        proving.solve(variant.problem, variant.params, variant.kinds)
    finally:
        sys.settrace(before)
    return count


@cache
def _of_the_bank(file: str) -> bool:
    return any(
        file.startswith(str(folder / room)) for folder in workspace.active().folders for room in workspace.PACKAGES
    )


@cache
def _steps(code: CodeType) -> frozenset[int]:
    """Return the offsets of the arithmetic instructions of ``code``."""
    return frozenset(step.offset for step in dis.get_instructions(code) if step.opname in ARITHMETIC)


MEASURES: Mapping[str, Callable[[Variant], int]] = {"digits": digits, "values": values, "operations": operations}
"""The proxies by name; ``operations`` is slow, so a survey takes it of a sample."""
SAMPLED = frozenset({"operations"})
