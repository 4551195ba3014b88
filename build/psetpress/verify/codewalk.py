"""Follow the code of the bank without running it: names, attributes, imports, closures, containers.

A name is looked up where the code would look it up. Of an attribute only the name is known, so it is every
attribute of that name of the modules and classes of the bank met on the way: rather too many than one
too few. A constant is followed into the statement that makes it.
"""

from __future__ import annotations

import ast
import dis
import functools
import importlib
import operator
import sys
from collections.abc import Iterable, Iterator, Mapping
from importlib.util import resolve_name
from types import CodeType, FunctionType, MethodType, ModuleType
from typing import Any, cast

from psetpress.verify.bank import Origin, module_of, nested, origin, ours, place

PLAIN = (str, bytes, int, float, complex, type(None))
"""Data that leads nowhere."""
BY_NAME = {"getattr", "hasattr", "attrgetter", "methodcaller", "vars", "import_module"}
"""What turns a string into an attribute."""
MAKING = {"__new__", "__init__", "__post_init__", "__init_subclass__"}
"""What runs when an object is made; not when one is used."""
GENERATED = "<string>"
"""The file of a dataclass's own methods; they know their class, which does not mean that they make another object."""
ATTRIBUTES = {"LOAD_ATTR", "LOAD_METHOD", "LOAD_SUPER_ATTR"}
GLOBALS = {"LOAD_GLOBAL", "LOAD_NAME", "LOAD_CLASSDEREF", "LOAD_FROM_DICT_OR_GLOBALS"}


class Walk:
    """The functions, constants, classes and modules of the bank that some objects lead to."""

    def __init__(self) -> None:
        self.functions: set[str] = set()
        self.constants: set[str] = set()
        self._classes: dict[type, bool] = {}  # whether code names the class, and so may make a new object
        self._modules: list[ModuleType] = []
        self._attributes: set[str] = set()
        self._seen: dict[int, object] = {}  # the objects too, so that no id is used twice

    def follow(self, *roots: object) -> None:
        """Go on from ``roots`` until nothing new is met."""
        for root in roots:
            self._visit(root)
        before = -1
        while before != self._size:
            before = self._size
            for module in [*self._modules]:
                for name in self._attributes & vars(module).keys():
                    self._look_up(module.__name__, name, vars(module)[name])
            for kind, named in [*self._classes.items()]:
                self._use_class(kind, named=named)

    @property
    def classes(self) -> set[str]:
        """The classes of the bank that code names, and so may make objects of."""
        return {f"{kind.__module__}.{kind.__qualname__}" for kind, named in self._classes.items() if named}

    @property
    def _size(self) -> int:
        return len(self._seen) + len(self._attributes) + sum(self._classes.values())

    def _visit(self, item: object) -> None:
        if isinstance(item, PLAIN) or id(item) in self._seen:
            return
        self._seen[id(item)] = item
        if isinstance(item, ModuleType):
            if ours(item.__name__):
                self._modules.append(item)
        elif isinstance(item, type):
            self._visit_class(item, named=True)
        elif isinstance(item, (tuple, list, set, frozenset)):
            self._visit_all(cast("Iterable[object]", item))
        elif isinstance(item, Mapping):
            mapping = cast("Mapping[object, object]", item)
            self._visit_all((*mapping.keys(), *mapping.values()))
        else:
            self._visit_other(item)

    def _visit_all(self, items: Iterable[object]) -> None:
        for item in items:
            self._visit(item)

    def _visit_class(self, kind: type, *, named: bool) -> None:
        for base in kind.__mro__:
            if ours(base.__module__):
                self._classes[base] = named or self._classes.get(base, False)

    def _visit_other(self, item: Any) -> None:
        """Visit a function, something wrapped around one, or a record of the bank."""
        if isinstance(item, FunctionType):
            self._visit_function(item)
        elif isinstance(item, MethodType):
            self._visit_all((item.__func__, item.__self__))
        elif isinstance(item, (operator.attrgetter, operator.methodcaller)):
            self._attributes |= {name for name in _strings(item.__reduce__()) if name.isidentifier()}
        elif ours(type(item).__module__):
            self._visit_class(cast("type[Any]", type(item)), named=False)
            self._visit_all(_state(item))
        else:
            self._visit_all(_wrapped(item))

    def _visit_function(self, function: FunctionType) -> None:
        if module_of(function.__code__.co_filename) is not None:
            self._read(function.__code__, function.__globals__)
        cells = [cell.cell_contents for cell in function.__closure__ or () if _filled(cell)]
        if function.__code__.co_filename == GENERATED:
            cells = [cell for cell in cells if not isinstance(cell, type)]
        self._visit_all((*cells, function.__defaults__, function.__kwdefaults__, vars(function)))

    def _use_class(self, kind: type, *, named: bool) -> None:
        """Visit what is called of a class: by its name, by an operator, or by the library that it extends."""
        foreign = {name for base in kind.__mro__[:-1] if not ours(base.__module__) for name in vars(base)}
        for name, value in [*vars(kind).items()]:
            implied = name.startswith("__") and callable(value) and (named or name not in MAKING)
            if implied or name in self._attributes or name in foreign:
                self._visit(value)

    def _read(self, code: CodeType, scope: Mapping[str, Any]) -> None:
        """Note the functions in ``code``, and visit what it names."""
        for inner in nested(code):
            name = place(inner)
            if name is not None:
                self.functions.add(name)
            self._read_one(inner, scope)

    def _read_one(self, code: CodeType, scope: Mapping[str, Any]) -> None:
        instructions = [*dis.get_instructions(code)]
        names = {str(item.argval) for item in instructions if item.opname in GLOBALS}
        self._attributes |= {str(item.argval) for item in instructions if item.opname in ATTRIBUTES}
        for name in names & scope.keys():
            self._look_up(scope["__name__"], name, scope[name])
        texts = {text for text in _strings(code.co_consts) if text}
        if BY_NAME & {*code.co_names}:
            self._attributes |= texts
        self._visit_all(sys.modules[text] for text in texts if ours(text) and text in sys.modules)
        for first, second, item in zip(instructions, instructions[1:], instructions[2:], strict=False):
            if item.opname == "IMPORT_NAME":
                self._import(str(item.argval), first.argval, second.argval, scope)

    def _import(self, name: str, level: int, wanted: tuple[str, ...] | None, scope: Mapping[str, Any]) -> None:
        """Visit what an import inside a function brings: the module, or what is wanted of it."""
        name = resolve_name("." * level + name, scope["__package__"])
        if ours(name):
            module = importlib.import_module(name)
            self._visit(module)
            for item in wanted or ():
                value = getattr(module, item, None) or importlib.import_module(f"{name}.{item}")
                self._look_up(name, item, value)

    def _look_up(self, module: str, name: str, value: object) -> None:
        """Visit the value of a module's name; if it is data, the statement that made it too."""
        self._visit(value)
        if not isinstance(value, (FunctionType, type, ModuleType)):
            found = origin(module, name)
            if found is not None and str(found) not in self.constants:
                self._evaluate(found)

    def _evaluate(self, constant: Origin) -> None:
        self.constants.add(str(constant))
        scope = vars(sys.modules[constant.module])
        self._read(compile(ast.Module([constant.statement], []), scope["__file__"], "exec"), scope)


def _strings(items: Iterable[Any]) -> Iterator[str]:
    for item in items:
        if isinstance(item, str):
            yield item
        elif isinstance(item, tuple):
            yield from _strings(cast("tuple[Any, ...]", item))


def _filled(cell: Any) -> bool:
    try:
        return cell.cell_contents is not None
    except ValueError:  # a variable not assigned yet
        return False


def _state(item: object) -> list[object]:
    """Return the values of an object's attributes."""
    slots = [name for kind in type(item).__mro__ for name in vars(kind).get("__slots__", ())]
    values = [getattr(item, name) for name in slots if hasattr(item, name)]
    return [*values, *getattr(item, "__dict__", {}).values()]


def _wrapped(item: Any) -> list[object]:
    """Return the functions inside a property, a cache, a partial call or a method's wrapper."""
    if isinstance(item, property):
        return [item.fget, item.fset, item.fdel]
    if isinstance(item, (functools.partial, functools.partialmethod)):
        return [item.func, item.args, item.keywords]
    if isinstance(item, functools.cached_property):
        return [item.func]
    return [getattr(item, "__wrapped__", None), getattr(item, "__func__", None)]
