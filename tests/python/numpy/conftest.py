"""Expressions over arrays, three ways: NumPy's, the library's in the interpreter, and compiled.

`check("np.sum(a, axis=0)", a=array)` evaluates the expression with NumPy, then with NumPy's
functions, methods and subscripts replaced by the library's, run as plain Python, then as the
body of a jitted function. All three must agree in class, dtype, shape and bits, or raise the
same exception.
"""

import ast
import itertools
import os
import pathlib
import warnings
import zlib

import numpy as np
import pytest

import martlet as mt
from martlet.library import load, registry

for root in ("numpy", "ndarray", "generic"):
    load(root)

HERE = pathlib.Path(__file__).parent
UNCHANGED = ("np.dtype", "np.empty", "np.zeros")


class ByLibrary(ast.NodeTransformer):
    """np.f(…) and x.f(…) and x[…] by way of the library, where it has them."""

    def visit_Call(self, node):
        self.generic_visit(node)
        function = node.func
        if isinstance(function, ast.Attribute):
            name = ast.unparse(function)
            if name.startswith("np."):
                if registry.get("numpy." + name[3:]) and name not in UNCHANGED:
                    node.func = ast.Name(f"__library__['numpy.{name[3:]}']", ast.Load())
            else:
                node.func = ast.Name("__method__", ast.Load())
                node.args = [function.value, ast.Constant(function.attr), *node.args]
        return node

    def visit_List(self, node):
        """A list arrives as a tuple."""
        self.generic_visit(node)
        return ast.Tuple(node.elts, node.ctx)

    def visit_Subscript(self, node):
        is_list = isinstance(node.slice, ast.List)
        self.generic_visit(node)
        if ast.unparse(node.value) in ("np.ogrid", "np.mgrid"):
            name = ast.unparse(node.value).replace("np.", "numpy.")
            node.value = ast.Call(
                ast.Name("__grid__", ast.Load()), [ast.Constant(name + ".__getitem__")], []
            )
        elif isinstance(node.ctx, ast.Load):
            wrapper = "__listed__" if is_list else "__indexed__"
            node.value = ast.Call(ast.Name(wrapper, ast.Load()), [node.value], [])
        return node

    def _store(self, target, value):
        name = "__put_listed__" if isinstance(target.slice, ast.List) else "__put__"
        arguments = [self.visit(target.value), _key(self.visit(target.slice)), value]
        return ast.Expr(ast.Call(ast.Name(name, ast.Load()), arguments, []))

    def visit_Assign(self, node):
        target = node.targets[0]
        if not isinstance(target, ast.Subscript):
            return self.generic_visit(node)
        return self._store(target, self.visit(node.value))

    def visit_AugAssign(self, node):
        target = node.target
        if not isinstance(target, ast.Subscript):
            return self.generic_visit(node)
        load = ast.Subscript(target.value, target.slice, ast.Load())
        return self._store(target, ast.BinOp(self.visit(load), node.op, self.visit(node.value)))

    def visit_BinOp(self, node):
        self.generic_visit(node)
        if isinstance(node.op, ast.MatMult):
            matmul = ast.Name("__library__['numpy.matmul']", ast.Load())
            return ast.Call(matmul, [node.left, node.right], [])
        return node


def _key(index):
    """An index as an expression of its own."""
    if isinstance(index, ast.Tuple):
        return ast.Tuple([_key(each) for each in index.elts], ast.Load())
    if isinstance(index, ast.Slice):
        bounds = [each or ast.Constant(None) for each in (index.lower, index.upper, index.step)]
        return ast.Call(ast.Name("slice", ast.Load()), bounds, [])
    return index


def _put(x, index, value):
    parts = index if isinstance(index, tuple) else (index,)
    if isinstance(x, np.ndarray) and any(isinstance(p, (np.ndarray, tuple)) for p in parts):
        registry["ndarray.__setitem__"](x, index, value)
    else:
        x[index] = value


def _put_listed(x, index, value):
    registry["ndarray.__setitem__.list"](x, index, value)


def _method(x, name, *args, **keywords):
    kind = "ndarray" if isinstance(x, np.ndarray) else "generic"
    function = registry.get(f"{kind}.{name}")
    return function(x, *args, **keywords) if function else getattr(x, name)(*args, **keywords)


class _Grid:
    def __init__(self, name):
        self.name = name

    def __getitem__(self, key):
        return registry[self.name](key)


class _Indexed:
    """Subscripts with masks and arrays are the library's, others NumPy's."""

    def __init__(self, x):
        self.x = x

    def __getitem__(self, index):
        parts = index if isinstance(index, tuple) else (index,)
        if isinstance(self.x, np.ndarray):
            if any(isinstance(part, (np.ndarray, tuple)) for part in parts):
                return registry["ndarray.__getitem__"](self.x, index)
        return self.x[index]


class _Listed(_Indexed):
    """Subscripts with a list."""

    def __getitem__(self, index):
        if isinstance(self.x, np.ndarray):
            return registry["ndarray.__getitem__.list"](self.x, index)
        return self.x[index]


_counter = itertools.count()


def _function(text, names, scope):
    namespace = dict(scope)
    exec(compile(text, f"<case {next(_counter)}>", "exec"), namespace)
    return namespace["case"]


def _source(body, names):
    lines = body.strip().split("\n")
    if "return" not in body:
        lines[-1] = "return " + lines[-1]
    return f"def case({', '.join(names)}):\n" + "".join(f"    {line}\n" for line in lines)


_cases = {}


def _case(body, names):
    """The three functions of a body; their compiled code is kept for other types."""
    key = body, names
    if key not in _cases:
        text = _source(body, names)
        scope = {"np": np}
        library = {
            "np": np,
            "__method__": _method,
            "__grid__": _Grid,
            "__indexed__": _Indexed,
            "__listed__": _Listed,
            "__put__": _put,
            "__put_listed__": _put_listed,
            "__library__": registry,
        }
        tree = ast.fix_missing_locations(ByLibrary().visit(ast.parse(text)))
        plain = _function(text, names, scope)
        _cases[key] = (
            plain,
            _function(ast.unparse(tree), names, library),
            mt.jit(source=text)(_function(text, names, scope)),
        )
    return _cases[key]


def _outcome(function, values):
    """The result, or the exception; the arguments are left as they were."""
    copies = [_copied(value) for value in values]
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            return function(*copies), copies
    except mt.CompileError:
        raise
    except Exception as error:
        return error, copies


def _copied(value):
    """A copy in memory of its own, with the same strides."""
    if not isinstance(value, np.ndarray):
        return value
    low, high = np.lib.array_utils.byte_bounds(value)
    if value.size == 0 or 0 in value.strides:
        copy = value.copy(order="K")
    else:
        start = value.__array_interface__["data"][0] - low
        memory = np.zeros(high - low + 16, np.uint8)
        shift = -memory.__array_interface__["data"][0] % 16
        buffer = memory[shift : shift + high - low].data
        copy = np.ndarray(value.shape, value.dtype, buffer, start, value.strides)
        copy[...] = value
    copy.flags.writeable = value.flags.writeable
    return copy


def _same_number(x, y, ulps):
    x, y = np.asarray(x), np.asarray(y)
    if x.dtype.kind == "c":
        return _same_number(x.real, y.real, ulps) and _same_number(x.imag, y.imag, ulps)
    if x.dtype.kind != "f":
        return np.array_equal(x, y)
    nan = np.isnan(x)
    if not np.array_equal(nan, np.isnan(y)):
        return False
    if ulps is None:
        return bool(np.all(nan | ((x == y) & (np.signbit(x) == np.signbit(y)))))
    with np.errstate(all="ignore"):
        near = np.abs(x - y) <= ulps * np.spacing(np.maximum(np.abs(x), np.abs(y)))
    return bool(np.all(nan | (x == y) | near))


def _differs(expected, got, ulps):
    """What differs, or None."""
    if isinstance(expected, Exception) or isinstance(got, Exception):
        if type(expected) is not type(got) or str(expected) != str(got):
            return f"{expected!r} expected, not {got!r}"
        return None
    if isinstance(expected, (tuple, list)):
        if not isinstance(got, tuple) or len(got) != len(expected):
            return f"{expected!r} expected, not {got!r}"
        each = (_differs(x, y, ulps) for x, y in zip(expected, got, strict=True))
        return next((difference for difference in each if difference), None)
    if type(expected) is not type(got):
        return f"a {type(expected)} expected ({expected!r}), not {type(got)} ({got!r})"
    if isinstance(expected, (np.ndarray, np.generic)) and (
        expected.dtype != got.dtype or expected.shape != got.shape
    ):
        return (
            f"{expected.dtype}{expected.shape} expected, not {got.dtype}{got.shape}:\n"
            f"{expected!r}\n{got!r}"
        )
    if isinstance(expected, (int, float, complex, np.ndarray, np.generic)):
        if not _same_number(expected, got, ulps):
            return f"expected\n{expected!r}\nnot\n{got!r}"
        return None
    return None if expected == got else f"{expected!r} expected, not {got!r}"


def _check(body, *, ulps=None, interpreted=True, compiled=True, zeros=True, **values):
    names = tuple(values)
    plain, library, jitted = _case(body, names)
    given = list(values.values())
    expected, after = _outcome(plain, given)
    if not zeros and not isinstance(expected, Exception):
        ulps = 0
    ways = []
    if interpreted:
        ways.append(("in the interpreter", library))
    if compiled:
        ways.append(("compiled", jitted))
    for way, function in ways:
        got, changed = _outcome(function, given)
        difference = _differs(expected, got, ulps)
        if difference is None and not isinstance(expected, Exception):
            difference = _differs(tuple(after), tuple(changed), ulps)
            difference = difference and f"arguments differ afterwards: {difference}"
        assert difference is None, f"{body}\n{way}: {difference}"


@pytest.fixture(scope="session")
def check():
    return _check


# ---- which cases -----------------------------------------------------------------------------


def pytest_collection_modifyitems(config, items):
    """Of tests over two parameters two fifths are run, always the same; all of them with
    MARTLET_TEST_ALL=1."""
    if os.environ.get("MARTLET_TEST_ALL"):
        return
    kept, left_out = [], []
    for item in items:
        here = item.path.parent == HERE
        crossed = here and len(getattr(item, "callspec", _NoParams).params) > 1
        chosen = not crossed or zlib.crc32(item.name.encode()) % 5 < 2
        (kept if chosen else left_out).append(item)
    items[:] = kept
    config.hook.pytest_deselected(items=left_out)


class _NoParams:
    params = ()


# ---- arrays ----------------------------------------------------------------------------------


def _numbers(dtype, shape):
    """Reproducible numbers of both signs, some of them equal."""
    dtype = np.dtype(dtype)
    size = int(np.prod(shape))
    rng = np.random.default_rng(size + dtype.num)
    values = np.round(rng.standard_normal(size) * 4, 3)
    values[::5] = np.round(values[::5])
    if dtype.kind == "c":
        values = values + 1j * np.round(rng.standard_normal(size), 3)
    elif dtype.kind == "u":
        values = np.abs(values)
    elif dtype.kind == "b":
        values = values > 1
    return values.astype(dtype).reshape(shape)


LAYOUTS = {
    "c": lambda dtype: _numbers(dtype, (4, 6)),
    "fortran": lambda dtype: np.asfortranarray(_numbers(dtype, (4, 6))),
    "strided": lambda dtype: _numbers(dtype, (8, 12))[::2, ::-2],
    "vector": lambda dtype: _numbers(dtype, (7,)),
    "every_third": lambda dtype: _numbers(dtype, (19,))[::-3],
    "cube": lambda dtype: _numbers(dtype, (2, 3, 4)),
    "turned_cube": lambda dtype: _numbers(dtype, (2, 3, 4)).transpose(2, 0, 1),
    "no_rows": lambda dtype: _numbers(dtype, (0, 6)),
    "empty": lambda dtype: _numbers(dtype, (0,)),
    "number": lambda dtype: _numbers(dtype, ()),
    "column": lambda dtype: _numbers(dtype, (5, 1)),
    "long": lambda dtype: _numbers(dtype, (1000,)),
    "readonly": lambda dtype: _readonly(_numbers(dtype, (3, 3))),
}


def _readonly(a):
    a.flags.writeable = False
    return a


@pytest.fixture(scope="session")
def array():
    """array("c", "f8"): an array of a layout and a dtype."""
    return lambda layout, dtype: LAYOUTS[layout](dtype)
