"""The options of jit: one table, Numba's spellings beside our own.

Each row of OPTIONS maps an option's value to settings of _core.Dispatcher, or refuses it with
the reason. docs/options.md shows the same table to users; a test compares the two.
"""

import functools
from collections.abc import Callable, Iterable
from types import FunctionType
from typing import Any

from martlet import _core
from martlet.errors import CompileError, UnsupportedError

Settings = dict[str, Any]
WRAPPED = ("__module__", "__name__", "__qualname__", "__doc__", "__annotations__")
INLININGS = ("auto", "always", "never")  # as enum Inlining has them

UNCHECKED = {"bounds": 1, "overflow": 2, "division": 4}
FASTMATH = {
    "nnan": 1,
    "ninf": 2,
    "nsz": 4,
    "arcp": 8,
    "contract": 16,
    "afn": 32,
    "reassoc": 64,
    "fast": 127,
}


def nearest(wanted: str, known: Iterable[str]) -> str:
    """A question to append to a message about an unknown name, or nothing."""
    import difflib

    found = difflib.get_close_matches(wanted, list(known), 1)
    return f"; did you mean '{found[0]}'?" if found else ""


def _bits(option: str, value: object, table: dict[str, int]) -> int:
    names = [value] if isinstance(value, str) else value
    if not isinstance(names, Iterable):
        raise CompileError(f"{option}= takes a set of {', '.join(table)}, not {value!r}")
    bits = 0
    for name in names:
        if name not in table:
            hint = nearest(str(name), table)
            raise CompileError(f"{option}={{{name!r}}}: known are {', '.join(table)}{hint}")
        bits |= table[name]
    return bits


def _choice(option: str, value: object, choices: Iterable[object]) -> Any:
    if value not in choices:
        known = ", ".join(map(repr, choices))
        raise CompileError(f"{option}={value!r}: choose one of {known}")
    return value


def _unchecked(settings: Settings, value: object) -> None:
    if value is True:
        value = UNCHECKED
    elif value is False or value is None:
        value = ()
    settings["unchecked"] |= _bits("unchecked", value, UNCHECKED)


def _boundscheck(settings: Settings, value: object) -> None:
    if _choice("boundscheck", value, (True, False, None)) is False:
        settings["unchecked"] |= UNCHECKED["bounds"]


def _error_model(settings: Settings, value: object) -> None:
    if _choice("error_model", value, ("python", "numpy")) == "numpy":
        settings["unchecked"] |= UNCHECKED["division"]


def _promotion(settings: Settings, value: object) -> None:
    settings["promotion"] = int(_choice("promotion", value, ("numpy", "numba")) == "numba")


def _fastmath(settings: Settings, value: object) -> None:
    if isinstance(value, (bool, type(None))):
        settings["fastmath"] = FASTMATH["fast"] if value else 0
    else:
        settings["fastmath"] = _bits("fastmath", value, FASTMATH)


def _globals(settings: Settings, value: object) -> None:
    settings["frozen"] = _choice("globals", value, ("guarded", "frozen")) == "frozen"


def _flag(name: str) -> Callable[[Settings, object], None]:
    def put(settings: Settings, value: object) -> None:
        settings[name] = _choice(name, value, (True, False)) is True

    return put


def _source(settings: Settings, value: object) -> None:
    if not isinstance(value, (str, type(None))):
        raise CompileError(f"source= takes the text of the function, not {value!r}")
    settings["source"] = value


def _locals(settings: Settings, value: object) -> None:
    if not isinstance(value, dict):
        raise CompileError(f"locals= takes a dict from names to types, not {value!r}")
    for name, given in value.items():
        try:
            _core.type_from(given)(0)
        except TypeError:
            raise UnsupportedError(
                f"locals= gives variables a number type, such as martlet.float32; {name!r} has "
                f"{given!r}"
            ) from None
    if value:
        settings["locals"] = value


def _inline(settings: Settings, value: object) -> None:
    if callable(value):
        raise UnsupportedError("inline= takes 'always' or 'never'; cost models are Numba's own")
    settings["inline"] = INLININGS.index(_choice("inline", value, INLININGS))


def _forceinline(settings: Settings, value: object) -> None:
    if _choice("forceinline", value, (True, False)):
        settings["inline"] = INLININGS.index("always")


def _accepted(settings: Settings, value: object) -> None:
    """Means nothing here, or is what happens anyway."""


def _nopython(settings: Settings, value: object) -> None:
    if not value:
        raise UnsupportedError(
            "nopython=False asks for object mode, which Martlet does not have: everything in a "
            "jitted function is compiled, or an error says what is not"
        )


def _refused(option: str, reason: str) -> Callable[[Settings, object], None]:
    def refuse(settings: Settings, value: object) -> None:
        if value:
            raise UnsupportedError(f"{option}= is not supported: {reason}")

    return refuse


def _target(settings: Settings, value: object) -> None:
    if value not in ("cpu", "parallel", "host"):
        raise UnsupportedError(f"target={value!r} is not supported yet: only 'cpu' is")


OPTIONS: dict[str, Callable[[Settings, object], None]] = {
    "unchecked": _unchecked,
    "boundscheck": _boundscheck,
    "error_model": _error_model,
    "promotion": _promotion,
    "fastmath": _fastmath,
    "globals": _globals,
    "nogil": _flag("nogil"),
    "debug": _flag("debug"),
    "inline": _inline,
    "forceinline": _forceinline,
    "locals": _locals,
    "source": _source,
    "cache": _accepted,
    "parallel": _accepted,
    "target": _target,
    "nopython": _nopython,
    "forceobj": _refused("forceobj", "Martlet has no object mode, everything is compiled"),
    "looplift": _refused(
        "looplift", "it belongs to object mode; put the loop into a function of its own"
    ),
    "pipeline_class": _refused("pipeline_class", "Martlet has no pipelines written in Python"),
    "no_cpython_wrapper": _accepted,
    "no_cfunc_wrapper": _accepted,
    "no_rewrites": _accepted,
}


def settings_from(options: dict[str, Any]) -> Settings:
    """Keyword arguments of _core.Dispatcher. CompileError for what is unknown or refused."""
    settings: Settings = {"unchecked": 0, "settings": options}
    for name, value in options.items():
        put = OPTIONS.get(name)
        if put is None:
            raise CompileError(f"jit has no option '{name}'{nearest(name, OPTIONS)}")
        put(settings, value)
    return settings


def function_for(function: FunctionType, settings: Settings) -> FunctionType:
    """The function to compile: one of its own where options say how its code is made, so that
    another use of the same function is not changed. CompileError where locals= names no variable.
    """
    code = function.__code__
    variables = (*code.co_varnames, *code.co_cellvars)
    for name in settings.get("locals", ()):
        if name not in variables:
            hint = nearest(str(name), variables)
            raise CompileError(f"locals=: '{function.__name__}' has no variable {name!r}{hint}")
    if not {"locals", "inline"} & settings.keys():
        return function
    copy = FunctionType(
        code,
        function.__globals__,
        function.__name__,
        function.__defaults__,
        function.__closure__,
    )
    return functools.update_wrapper(copy, function, (*WRAPPED, "__kwdefaults__"))
