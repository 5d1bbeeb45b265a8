"""python -m martlet check FILE…: every error of the jitted functions in these files.

A function is compiled for the types of its annotations, where every parameter has one
(x: mt.float64[:]). Functions without them are named, and not checked.
"""

import argparse
import importlib.util
import inspect
import sys
from types import ModuleType
from typing import Any

from martlet import _core
from martlet.checking import check


def load(path: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location("__martlet_check__", path)
    if spec is None or spec.loader is None:
        raise SystemExit(f"{path} is not a Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def annotated_types(function: Any) -> list[Any] | None:
    """Types from the annotations, or None where a parameter has none."""
    try:
        parameters = inspect.signature(function, eval_str=True).parameters.values()
        return [_core.type_from(parameter.annotation) for parameter in parameters]
    except (TypeError, NameError):
        return None


def check_module(module: ModuleType) -> int:
    """Prints what is wrong; how many functions are."""
    wrong = 0
    for name, value in vars(module).items():
        if not isinstance(value, _core.Dispatcher) or value.__module__ != module.__name__:
            continue
        types = annotated_types(value.py_func)
        if types is None:
            print(f"{name}: not checked, since not every parameter has a type as annotation")
        elif text := check(value, *types):
            print(text)
            wrong += 1
    return wrong


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m martlet", description=__doc__)
    commands = parser.add_subparsers(required=True)
    command = commands.add_parser("check", help="compile the jitted functions of files")
    command.add_argument("files", nargs="+")
    wrong = 0
    for path in parser.parse_args().files:
        wrong += check_module(load(path))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
