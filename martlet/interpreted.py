"""What vectorize and guvectorize give while compiling is off: ufuncs that call the Python function
itself, so that breakpoints in it work. Elements are NumPy scalars, as in compiled loops."""

import re
from typing import Any

import numpy as np

PYTHON_NUMBERS = (bool, int, float, complex)


def _boxed(given: Any, dtype: Any = None) -> Any:
    """An array of objects, which are NumPy scalars; a Python number stays what it is."""
    if dtype is None and type(given) in PYTHON_NUMBERS:
        return given
    array = np.asarray(given, dtype)
    boxes = np.empty(array.shape, object)
    for at in np.ndindex(array.shape):
        boxes[at] = array[at]
    return boxes


def _unboxed(boxes: Any, dtype: Any) -> Any:
    """The opposite; without a dtype, with the one that the elements have in common."""
    if not isinstance(boxes, np.ndarray):
        return np.asarray(boxes, dtype)[()]
    return np.array(boxes.ravel().tolist(), dtype).reshape(boxes.shape)


def _fits(given: Any, dtype: Any) -> bool:
    if type(given) in PYTHON_NUMBERS:
        return bool(np.result_type(dtype, given) == dtype)
    return np.can_cast(np.asarray(given).dtype, dtype)


class InterpretedUfunc:
    signature = None  # as in NumPy: not generalised

    def __init__(
        self,
        dispatcher: Any,
        signatures: list[Any],
        result_count: int,
        identity: Any,
    ) -> None:
        function = dispatcher.py_func
        self.dispatcher = dispatcher
        self.__name__, self.__doc__ = function.__name__, function.__doc__
        self.nin, self.nout = function.__code__.co_argcount, result_count
        start = {} if identity == "reorderable" else {"identity": identity}
        self._loop = np.frompyfunc(function, self.nin, self.nout, **start)
        self._signatures = signatures

    def _dtypes(self, args: tuple[Any, ...]) -> tuple[list[Any], Any]:
        """Of the parameters and of the result, by the first signature that takes the arguments."""
        for signature in self._signatures:
            params = [np.dtype(repr(param)) for param in signature.params]
            if all(map(_fits, args, params)):
                is_known = signature.result is not None and self.nout == 1
                return params, np.dtype(repr(signature.result)) if is_known else None
        if self._signatures:
            raise TypeError(f"ufunc {self.__name__!r} not supported for the input types")
        return [None] * self.nin, None

    def _run(self, method: str, *args: Any, out: Any = None, **options: Any) -> Any:
        for arg in args:
            other = getattr(type(arg), "__array_ufunc__", np.ndarray.__array_ufunc__)
            if other is not np.ndarray.__array_ufunc__:
                call: Any = other
                return call(arg, self, method, *args, **options)
        is_binary = method in ("__call__", "outer")
        params, result = self._dtypes(args if is_binary else (args[0],) * self.nin)
        operands = [*map(_boxed, args, params if is_binary else params[:1])]
        outs = () if out is None else out if isinstance(out, tuple) else (out,)
        if outs:
            options["out"] = tuple(map(_boxed, outs))
        with np.errstate(all="ignore"):
            made = getattr(self._loop, method)(*operands, *args[len(operands) :], **options)
        if method == "at":
            args[0][...] = _unboxed(operands[0], args[0].dtype)
            return None
        results = made if isinstance(made, tuple) else (made,)
        for target, boxes in zip(outs, results, strict=False):
            np.copyto(target, _unboxed(boxes, result), casting="same_kind")
        numbers = outs or tuple(_unboxed(boxes, result) for boxes in results)
        return numbers if self.nout > 1 else numbers[0]

    def __call__(self, *args: Any, **options: Any) -> Any:
        return self._run("__call__", *args, **options)

    def outer(self, *args: Any, **options: Any) -> Any:
        return self._run("outer", *args, **options)

    def reduce(self, array: Any, axis: Any = 0, **options: Any) -> Any:
        return self._run("reduce", array, axis=axis, **options)

    def accumulate(self, array: Any, axis: int = 0, **options: Any) -> Any:
        return self._run("accumulate", array, axis=axis, **options)

    def reduceat(self, array: Any, indices: Any, axis: int = 0, **options: Any) -> Any:
        return self._run("reduceat", array, indices, axis=axis, **options)

    def at(self, array: Any, *args: Any) -> Any:
        return self._run("at", array, *args)


def _cores(side: str) -> list[list[str]]:
    """The names of the core dimensions of each operand on one side of a layout."""
    return [re.findall(r"\w+", operand) for operand in re.findall(r"\(([^)]*)\)", side)]


def _loop_shape(array: Any, core: list[str]) -> tuple[int, ...]:
    shape: tuple[int, ...] = array.shape[: array.ndim - len(core)]
    return shape


class InterpretedGufunc:
    def __init__(
        self, dispatcher: Any, signatures: list[Any], layout: str, written: int
    ) -> None:
        self.dispatcher, self.signature = dispatcher, layout
        self.__name__ = dispatcher.py_func.__name__
        self.__doc__ = dispatcher.py_func.__doc__
        inputs, _, outputs = layout.partition("->")
        self._inputs, self._outputs = _cores(inputs), _cores(outputs)
        self.nin, self.nout = len(self._inputs), len(self._outputs)
        self._signatures, self._written = signatures, written

    def _sizes(self, arrays: list[Any]) -> dict[str, int]:
        sizes: dict[str, int] = {}
        for array, core in zip(arrays, self._inputs, strict=True):
            for name, size in zip(core[::-1], array.shape[::-1], strict=False):
                if sizes.setdefault(name, size) != size:
                    raise ValueError(f"{self.__name__}: {name} is {sizes[name]} and {size}")
        return sizes

    def _dtype(self, arrays: list[Any]) -> Any:
        """Of the outputs: the first signature's that takes the inputs, or what they promote to."""
        for signature in self._signatures:
            kinds = [re.sub(r"^Array\((\w+).*", r"\1", repr(kind)) for kind in signature.params]
            if all(map(_fits, arrays, kinds[: self.nin])):
                return kinds[-1]
        return np.result_type(*arrays)

    def __call__(self, *args: Any, out: Any = None, dtype: Any = None) -> Any:
        arrays = [np.asarray(arg) for arg in args[: self.nin]]
        sizes = self._sizes(arrays)
        loops = map(_loop_shape, arrays, self._inputs)
        shape = np.broadcast_shapes(*loops)
        outs = args[self.nin :] or (out if isinstance(out, tuple) else (out,))
        if outs[0] is None:
            dtype = dtype or self._dtype(arrays)
            shapes = [(*shape, *(sizes[name] for name in core)) for core in self._outputs]
            outs = tuple(np.empty(each, dtype) for each in shapes)
        inputs = [
            array
            if self._written >> i & 1 and _loop_shape(array, core) == shape
            else np.broadcast_to(array, shape + array.shape[array.ndim - len(core) :])
            for i, (array, core) in enumerate(zip(arrays, self._inputs, strict=True))
        ]
        for at in np.ndindex(shape):
            # An output without core dimensions is an array of one element.
            targets = [
                each[at] if core else each[(*at, None)]
                for each, core in zip(outs, self._outputs, strict=True)
            ]
            self.dispatcher.py_func(*(each[at] for each in inputs), *targets)
        return outs if self.nout > 1 else outs[0] if outs[0].ndim else outs[0][()]
