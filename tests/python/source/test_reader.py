"""Finding a function's source, and refusing one that is not the function's."""

import importlib.util
import linecache
import subprocess
import sys
import textwrap
import warnings

import pytest


@pytest.fixture
def load(tmp_path):
    """Makes a module from text."""

    def load(text, name="module_under_test"):
        path = tmp_path / f"{name}.py"
        path.write_text(textwrap.dedent(text), encoding="utf-8")
        spec = importlib.util.spec_from_file_location(name, path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        module.PATH = path
        return module

    return load


def head(testing, function, source=None):
    """The first line of the generic IR."""
    return testing.generic(function, source).split("\n")[0]


def returned(testing, function, source=None):
    """The constants in a function, in order: they tell functions apart."""
    lines = testing.generic(function, source).split("\n")
    return [line.split("const ")[1] for line in lines if " = const " in line]


# ---- where a def ends ----


SHAPES = {
    "plain": """
        def f():
            return 1
        x = 2
        """,
    "one line": """
        def f(): return 1
        x = 2
        """,
    "one line in brackets": """
        def f(): return (
          1)
        x = 2
        """,
    "last in the file": "def f():\n    return 1",
    "comment to the left": """
        def f():
        # a comment
            if True:
        # another
                return 1
        # not part
        """,
    "blank lines": "def f():\n\n\n    return 1\n\n\n\nx = 2\n",
    "header over lines": """
        def f(
        a=(3),
        b="):",
        ) -> "x:y":
            return 1
        """,
    "multi-line string": '''
        def f():
            """
        def g():
            return 2
            """
            return 1
        ''',
    "string with quotes": """
        def f():
            'it\\'s """
    + '"""'
    + """ not open'
            return 1
        x = 2
        """,
    "raw string": r"""
        def f():
            r'\'# not a comment \\'; b'\'\
        \\'
            return 1
        x = 2
        """,
    "f-string": """
        def f():
            f'{"{"} {1:{2}} {{ }} {"a" + "b"!r:>{10}}'
            return 1
        x = 2
        """,
    "continued lines": """
        def f():
            a = \\
        5
            return \\
          1
        x = 2
        """,
    "brackets over lines": """
        def f():
            a = [
        2, # (
        {3: (4)}]
            return 1
        x = 2
        """,
    "tabs": "if 1:\n\tdef f():\n\t\tif 2:\n\t\t\treturn 1\n\tx = 2\n",
    "form feed": "x = 1\n\f\ndef f():\n    return 1\n",
    "decorated": """
        def same(*args):
            return lambda f: f
        @same(
        1, ")"
        )

        # between
        @same()
        def f():
            return 1
        """,
    "nested": """
        def outer():
            def f():
                def g(): return 2
                return 1
            return f
        f = outer()
        """,
    "below if": """
        if True:
            def f():
                return 1
        else:
            f = 2
        """,
    "unicode": """
        def f():
            é = "日本"; π = 3  # ∂
            return 1
        """,
    "semicolons": """
        def f():
            a = 2; return 1
        b = 2
        """,
    "type parameters": """
        def f[T](x: T = None) -> list[T]:
            return 1
        """,
    "nested quotes": """
        def f():
            f"{"}"} {'"' + "{"} {f"{"x"}"}"
            f"{
            1 # }
            }"
            return 1
        x = 2
        """,
}
NEWER = {"type parameters", "nested quotes"}


@pytest.mark.parametrize("shape", SHAPES)
def test_finds_the_end(testing, load, shape):
    if shape in NEWER and sys.version_info < (3, 12):
        pytest.skip("syntax of Python 3.12")
    text = testing.ast(load(SHAPES[shape]).f)
    assert "Return(value=Constant(value=1))" in text
    assert "id='x'" not in text


def test_crlf(testing, tmp_path):
    path = tmp_path / "windows.py"
    path.write_bytes(b"def f():\r\n    x = '''a\r\nb'''\r\n    return 1\r\n\r\ny = 2\r\n")
    space = {}
    exec(compile(path.read_text(), str(path), "exec"), space)
    assert returned(testing, space["f"])[-1] == "1"


# ---- what a function stands in ----


def test_methods_and_private_names(testing, load):
    module = load(
        """
        __f = 5

        class C:
            def plain(self, __x):
                return self.__private + __x + _C__g

            def outer(self):
                def inner(y):
                    return self.__private + y
                return inner

            class __D:
                def method(self):
                    return self.__private

            def __hidden(self): return 1
            get = lambda self: self.__x
        D = C._C__D
        """
    )
    text = testing.generic(module.C.plain)
    assert "{_C__private}" in text and "%_C__x" in text and "{_C__g}" in text
    assert "{_C__private}" in testing.generic(module.C().outer())
    assert "{_D__private}" in testing.generic(module.D.method)
    assert returned(testing, module.C._C__hidden) == ["1"]
    assert "{_C__x}" in testing.generic(module.C.get)


def test_closures(testing, load):
    module = load(
        """
        def outer(a, b):
            c = 3
            class C:
                def method(self, x):
                    return a + x + len(super().__repr__())
            def inner(x):
                def innermost():
                    return a + c
                return a + b + x + innermost()
            return inner, C
        """
    )
    inner, cls = module.outer(1, 2)
    text = testing.generic(inner)
    assert "py.cell {a}" in text and "py.cell {b}" in text
    assert "py.cell {c}" in text.split("func @")[2]
    assert "py.cell {a}" in testing.generic(cls.method)


def test_recursion(testing, load):
    module = load(
        """
        def by_global(n):
            return by_global(n - 1)

        def outer():
            def by_cell(n):
                return by_cell(n - 1)
            return by_cell
        by_cell = outer()

        class C:
            def method(self):
                return C.method(self) + method(1)

        def method(self):
            return method(self)

        again = lambda n: again(n - 1)
        under = lambda n: _(n)
        _ = under
        """
    )
    assert "py.global {by_global}" in testing.generic(module.by_global)
    assert "py.cell {by_cell}" in testing.generic(module.by_cell)
    assert "py.global {method}" in testing.generic(module.C.method)
    assert "py.global {again}" in testing.generic(module.again)
    assert "py.global {_}" in testing.generic(module.under)


def test_lambdas(testing, load):
    module = load(
        """
        one = lambda: 1
        f, g, h = lambda x: x + 2, lambda x: x + 3, (lambda x: x + 4)
        k = [lambda x, y=(lambda: 5): x + 6][0]
        m = sorted([1], key=lambda x: (
            x + 7  # ) comment
        )) and (lambda x: (
            x + 8))
        n = "lambda x: 1" and (lambda x: x + 9)
        s = lambda: "π" and 10; t = lambda: "π" and 10
        p = (
            lambda
            x
            : x + 11
        )
        def outer(a):
            return (lambda x: a + 12), lambda x: a + 13
        q, r = outer(1)
        class C:
            u = lambda self: (yield_ := 14)
            v = {1: lambda: x + 15 for x in [0]}[1]
        """
    )
    expected = {"one": 1, "f": 2, "g": 3, "h": 4, "k": 6, "n": 9, "s": 10, "p": 11}
    expected |= {"q": 12, "r": 13}
    for name, number in expected.items():
        assert returned(testing, getattr(module, name))[-1] == str(number), name
    assert returned(testing, module.m)[-1] == "8"
    assert returned(testing, module.C.u) == ["14"]
    assert returned(testing, module.C.v) == ["15"]
    assert head(testing, module.k) == 'func @"<lambda>"(%x.0, %y.1) {'


CONSTANT_LAMBDAS = """
def last(*given):
    return given[-1]
f = last(lambda x: 4, lambda x: 5 )
g = [lambda x: (6), lambda x: 6 or x][0]
h = last(lambda x, y=lambda: 1, *z: "a, b)"  # the end
)
k = {1: lambda: 8 for _ in [0]}[1]; m = lambda x: 9
"""


def test_lambdas_whose_code_has_no_columns(testing, load):
    """`return 1` has none in Python 3.12, and nothing has with -X no_debug_ranges."""
    module = load(CONSTANT_LAMBDAS)
    expected = {"f": "5", "g": "6", "h": "'a, b)'", "k": "8", "m": "9"}
    for name, value in expected.items():
        assert returned(testing, getattr(module, name)) == [value], name
    script = f"""if 1:
        import runpy
        from martlet import _core
        for name, f in runpy.run_path({str(module.PATH)!r}).items():
            if name in {list(expected)}:
                print(_core._test_generic(f).count("return"))
    """
    command = [sys.executable, "-X", "no_debug_ranges", "-c", script]
    run = subprocess.run(command, capture_output=True, text=True)
    assert run.stdout.split() == ["1"] * 5, run.stderr


def test_imported_names_change_the_code(testing, load):
    """CPython compiles calls of an imported module's functions in another way."""
    module = load(
        """
        import math
        from os import path
        import sys as system
        alias = math

        def f(x):
            return math.sqrt(x) + alias.floor(x) + len(path.join("a", "b"))

        def g(x):
            def inner():
                return system.getrefcount(x)
            return inner() + alias.sqrt(x)

        def h(x):
            return path.join(x)
        """
    )
    for function in (module.f, module.g, module.h):
        assert "func @" in testing.generic(function)


def test_future_annotations(testing, load):
    module = load(
        """
        from __future__ import annotations

        def f(x: not_defined) -> neither:
            y: nor_this = 1
            return 1
        """
    )
    assert returned(testing, module.f)[-1] == "1"


def test_no_warning_twice(testing, load):
    with pytest.warns() as shown:
        module = load('def f(x):\n    r"\\w"\n    "\\w"\n    return x is 3\n')
    assert len(shown) == 2
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert "{is}" in testing.generic(module.f)


def test_defaults_and_kinds(testing, load):
    module = load("def f(a, b=1, /, c=2, *args, d, e=3): return a\n")
    assert head(testing, module.f) == "func @f(%a.0, %b.1, %c.2, %args.3, %d.4, %e.5) {"


# ---- refusals ----


def test_edited_file(testing, load):
    module = load("def f(x):\n    return x + 1\n")
    module.PATH.write_text("def f(x):\n    return x + 22\n")
    with pytest.raises(ValueError, match=r"STALE_SOURCE: .*module_under_test.py, line 1: "):
        testing.generic(module.f)


@pytest.mark.parametrize(
    "edited",
    [
        "def f(y):\n    return y * 0.5\n",
        "def f(x, y=1):\n    return x * 0.5\n",
        "def f(x):\n    return x * -0.5\n",
        "def g(x):\n    return x * 0.5\n",
        "class f: pass\n",
        "x = (((\n",
        "",
        "def f(x):\n    return x * 0.5 +\n",
        "def f(x):\n    nonlocal y\n    return x * 0.5\n",
        "async def f(x):\n    return x * 0.5\n",
        "f = lambda x: x * 0.5\n",
        "def f(x):\n    return lambda: x * 0.5\n",
    ],
)
def test_edits_are_noticed(testing, load, edited):
    module = load("def f(x):\n    return x * 0.5\n")
    module.PATH.write_text(edited)
    with pytest.raises(ValueError, match=r"STALE_SOURCE|NO_SOURCE"):
        testing.generic(module.f)


def test_edits_that_change_nothing(testing, load):
    module = load("def f(x):\n    return x * 0.5\n")
    module.PATH.write_text("\n\ndef f( x ): # faster\n\n  return (x*.5)\nx = 1\n")
    assert returned(testing, module.f) == ["0.5"]


def test_no_source(testing):
    space = {}
    exec("def f(): return 1", space)
    with pytest.raises(
        ValueError, match=r"NO_SOURCE: <string>, line 1: .*jit\(source=\.\.\.\)"
    ):
        testing.generic(space["f"])


def test_given_source(testing):
    text = "import math\n\n\ndef g(): return 2\n\n\n@staticmethod\ndef f(x):\n    return x+1\n"
    space = {}
    exec(text, space)
    function = space["f"].__func__
    assert returned(testing, function, text) == ["1"]
    assert returned(testing, function, "def f(x):\n    return x + 1\n") == ["1"]
    assert returned(testing, function, "\n# c\n\n    def f(x): return x + 1\n") == ["1"]
    with pytest.raises(ValueError, match="STALE_SOURCE"):
        testing.generic(function, "def f(x): return x + 2\n")
    exec("\n\nh = [lambda x: x + 3]", space)
    assert returned(testing, space["h"][0], "lambda x: x + 3") == ["3"]
    assert returned(testing, space["h"][0], "\n\nh = [lambda x: x + 3]") == ["3"]


def test_source_in_linecache(testing):
    """IPython and doctest put their cells there."""
    text = "def f():\n    return 1\n"
    linecache.cache["<cell 1>"] = (len(text), None, text.splitlines(True), "<cell 1>")
    space = {}
    exec(compile(text, "<cell 1>", "exec"), space)
    assert returned(testing, space["f"]) == ["1"]


def test_async(testing, load):
    module = load("async def f(): return 1\n")
    with pytest.raises(ValueError, match=r"STATEMENT: .*an async function is not compiled"):
        testing.generic(module.f)


def test_not_a_function(testing):
    for thing in (len, int, 3, test_async.__code__):
        with pytest.raises(TypeError, match="a Python function is wanted"):
            testing.generic(thing)


def test_too_deep(testing, load):
    deep = "-" * 1100
    module = load(f"def f(x): return {'(' * 50 + 'x' + ')' * 50}\ndef g(x): return {deep}x\n")
    assert "return %x.0" in testing.generic(module.f)
    with pytest.raises(ValueError, match="TOO_DEEP"):
        testing.generic(module.g)


def test_pytest_rewrites_asserts(testing):
    def f(x):
        assert x > 0, "positive"
        return x

    assert "AssertionError" in testing.generic(f)


def test_optimized_python_drops_asserts(testing, load):
    module = load("def f(x):\n    assert x\n    return 1\n")
    script = f"""if 1:
        import importlib.util
        spec = importlib.util.spec_from_file_location("m", {str(module.PATH)!r})
        m = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(m)
        from martlet import _core
        print("Assert" in _core._test_ast(m.f))
    """
    for flags, expected in ([], "True"), (["-O"], "False"):
        command = [sys.executable, *flags, "-c", script]
        run = subprocess.run(command, capture_output=True, text=True)
        assert run.stdout.strip() == expected, run.stderr


def test_computed_format(testing, load):
    """Apart from the golden file: Python 3.12 has other columns in f-strings."""
    module = load("def f(a, b):\n    return f'{a:{b}}'\n")
    assert "a computed format is not compiled" in testing.generic(module.f)
