"""What random programs found wrong, made small. The interpreter says what is right."""

import copy
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from oracle import run, same

import martlet as mt

TOP = 2**63 - 1


def agree(function: Callable[..., Any], *arguments: Any) -> None:
    plain, changed = copy.deepcopy(arguments), copy.deepcopy(arguments)
    expected, got = run(function, plain), run(mt.jit(function), changed)
    assert (type(got.error), str(got.error)) == (type(expected.error), str(expected.error))
    assert same(got.value, expected.value), f"{got} instead of {expected}"
    assert expected.error or same(changed, plain)


@pytest.mark.parametrize("index", [2**64 - 1, 2**63, TOP, 2, 4])
def test_uint64_index_is_not_negative(index: int) -> None:
    def read(a: Any, i: Any) -> Any:
        return a[i]

    def write(a: Any, i: Any) -> Any:
        a[i] = 7
        return a

    agree(read, np.arange(4.0), np.uint64(index))
    agree(write, np.arange(4.0), np.uint64(index))


@pytest.mark.parametrize("bound", [2**64 - 1, 2**63, 1])
def test_uint64_slice_bound_is_not_negative(bound: int) -> None:
    def f(a: Any, i: Any) -> Any:
        return a[i:], a[:i], a[::-1][i:]

    agree(f, np.arange(4.0), np.uint64(bound))


@pytest.mark.parametrize("step", [TOP, TOP - 1, -TOP, -(2**63), 3, -3])
def test_slice_with_a_step_beyond_the_length(step: int) -> None:
    def f(a: Any, k: Any) -> Any:
        return a[::k], a[3:0:k], a[1:1:k], len(a[1::k])

    agree(f, np.arange(5), step)


@pytest.mark.parametrize("exponent", [2**64 - 1, 2**63, 3])
def test_power_with_a_large_unsigned_exponent_ends(exponent: int) -> None:
    agree(lambda x, n: x**n, np.uint64(65537), np.uint64(exponent))


@pytest.mark.parametrize(
    "z", [0j, -0.0 - 0j, 1 + 1j, -2 + 0.5j, complex(-math.inf, 0), 1e-300 + 3j]
)
def test_complex_reciprocal_in_signed_zeros_and_infinities(z: complex) -> None:
    agree(lambda a: np.reciprocal(a), np.array([z, z.conjugate(), -z]))


VALUES = [
    2.7,
    -3.5,
    math.nan,
    math.inf,
    1e300,
    -1e10,
    127.5,
    255.9,
    -0.9,
    np.float64(2.7),
    np.float64(math.nan),
    np.float64(1e10),
    np.float32(300.5),
    np.float16(-200),
    np.int64(300),
    np.int64(-1),
    np.int16(-300),
    np.uint64(2**64 - 1),
    True,
    np.bool_(True),
]


@pytest.mark.parametrize("dtype", ["int8", "int32", "int64", "uint8", "uint32", "uint64"])
def test_number_stored_into_an_integer_array(dtype: str) -> None:
    def one(a: Any, x: Any) -> Any:
        a[0] = x
        return a

    def several(a: Any, x: Any) -> Any:
        a[1:] = x
        return a

    for value in VALUES:
        if dtype[0] == "u" and isinstance(value, np.floating) and not 0 <= value < 200:
            continue  # undefined in C, and so in NumPy
        agree(one, np.zeros(3, dtype), value)
        agree(several, np.zeros(3, dtype), value)


def test_bad_index_comes_before_bad_value() -> None:
    def f(a: Any) -> Any:
        a[10] = 300
        return a

    agree(f, np.zeros(3, np.int8))


def test_map_whose_result_is_also_the_destination() -> None:
    def f(a: Any) -> Any:
        b = a + 6
        np.multiply(b, b, out=b)
        return b

    agree(f, np.arange(4.0))


def test_range_with_zero_step_raises_where_it_is_made() -> None:
    agree(lambda a: 3 // len(range(a, 5, 0)), 3)
    agree(lambda a, b: len(range(a, 5, b)), 3, 0)


def test_constant_that_holds_a_nan() -> None:
    agree(lambda: (1e200 + 1e200j) * (1e200 + 1e200j))


def test_whole_float_says_so_with_a_bool_of_its_own() -> None:
    agree(lambda x: (x.is_integer(), not x.is_integer()), np.float64(3.0))
    agree(lambda x: x.is_integer(), np.float32(3.5))
    agree(lambda x: x.is_integer(), 3.0)


def test_result_of_a_library_function_is_not_made_of_a_draft() -> None:
    agree(lambda a: np.positive(sum(a)), np.ones(3, np.complex64))


def test_gcd_of_the_least_int() -> None:
    agree(lambda a, b: (math.gcd(a, b), math.gcd(b, a), math.lcm(a, b - b)), -(2**63), 6)
    agree(lambda a, b: (math.gcd(a, b), math.gcd(b, a), math.lcm(a, b)), -4, -6)


def test_all_indices_are_converted_before_one_is_checked() -> None:
    def f(a: Any, i: Any) -> Any:
        return a[42, i]

    agree(f, np.zeros((2, 2)), np.uint64(2**64 - 1))


def test_isinstance_of_a_caught_exception_is_not_false() -> None:
    def f(a: Any) -> Any:
        try:
            a[9]
        except IndexError as error:
            return isinstance(error, IndexError)

    with pytest.raises(mt.TypingError, match="except clause"):
        mt.jit(f)(np.zeros(2))


def test_array_is_not_its_view_of_another_shape() -> None:
    def f(a: Any) -> Any:
        return a is a[::2], a is a[:1], a is not a[:, None], a is a

    agree(f, np.zeros(3))


def test_flip_without_axes_is_a_scalar() -> None:
    agree(lambda a: np.flip(a), np.array(1.5))


@pytest.mark.parametrize("mod", [-(2**63), -7, -1, 1, 7, TOP])
def test_modular_power_with_any_modulus(mod: int) -> None:
    agree(lambda x, n, m: (pow(x, n, m), pow(-x, n + 1, m), pow(x, 0, m)), 123456789, 1000, mod)
    agree(lambda x, n, m: pow(x, n, m), 3, -1, 7 if mod > 0 else -7)


def test_close_to_a_number_that_float32_cannot_hold() -> None:
    agree(lambda a: (np.allclose(a, 1e200), np.isclose(a, -1e200)), np.zeros(3, np.float32))


def refuses_uint64(function: Callable[..., Any]) -> bool:
    """As NumPy did up to 2.0 (take) and 2.1 (bincount)."""
    return isinstance(run(function, [np.array([3, 1], np.uint64)]).error, TypeError)


def test_bincount_of_nothing() -> None:
    agree(lambda a: np.bincount(a), np.zeros(0))
    if not refuses_uint64(np.bincount):
        agree(lambda a: np.bincount(a, minlength=4), np.zeros(0, np.uint64))
        agree(lambda a: np.bincount(a), np.array([3, 1], np.uint64))
        agree(lambda a: np.bincount(a), np.array([3, 2**64 - 1], np.uint64))


def test_stretched_array_does_not_own_more_than_there_is() -> None:
    """NumPy frees an array's memory by its number of bytes, and hands it out again as that many."""

    def f(x: Any) -> Any:
        return np.broadcast_to(x, (3, 5))

    def g(x: Any) -> Any:
        a = np.broadcast_to(x, (3, 5))
        return a, a[0]

    for function in (f, g):
        agree(function, 1.5)
    stretched = mt.jit(f)(1.5)
    assert not stretched.flags.owndata


def test_unsigned_int_minus_a_constant_is_negative() -> None:
    agree(lambda x: x.item() - 3, np.uint64(0))
    agree(lambda x: (x.item() + 3) // 4, np.uint64(2**64 - 1))
    agree(lambda x: (x.item() * 5 - 7) % 11, np.uint64(2**64 - 1))
    agree(lambda x: (x.item() << 3) >> 4, np.uint64(2**62))


def test_searched_python_number_keeps_its_value() -> None:
    agree(lambda a, x: np.searchsorted(a, x), np.array([1, 5], np.uint32), -3)
    agree(lambda a, x: np.searchsorted(a, x), np.array([1, 5], np.uint8), 300)
    agree(lambda a, x: np.searchsorted(a, x), np.array([2**64 - 1], np.uint64), 2**63 - 1)
    agree(lambda a, x: np.searchsorted(a, x, "right"), np.array([0.1], np.float32), 0.1)
    agree(lambda a, x: np.digitize(x, a), np.array([1, 5], np.uint8), -1)


@pytest.mark.parametrize("flag", [True, False])
@pytest.mark.parametrize("shape", [(), (3,), (2, 3)])
def test_mask_without_dimensions_picks_all_or_nothing(
    shape: tuple[int, ...], flag: bool
) -> None:
    def read(a: Any, mask: Any) -> Any:
        return a[mask], len(a[mask])

    def write(a: Any, mask: Any, value: Any) -> Any:
        a[mask] = value
        return a

    a, mask = np.full(shape, 2.5), np.array(flag)
    agree(read, a, mask)
    agree(write, a, mask, 7.0)
    agree(write, a, mask, np.full((1, *shape), 7.0))


@pytest.mark.parametrize(
    "function", [np.sort, lambda a: np.sort(a, 0), lambda a: np.partition(a, 1)]
)
def test_sorted_array_lies_in_memory_as_the_one_it_is_made_of(
    function: Callable[..., Any],
) -> None:
    """Where sums, which go by memory, are seen to depend on it."""
    c = np.random.default_rng(0).normal(size=(4, 5, 6))
    for a in (c, c.T, c.transpose(1, 2, 0), c[:, ::2].T):
        agree(lambda a: function(a), a)
        assert mt.jit(lambda a: function(a))(a).strides == function(a).strides


@pytest.mark.parametrize("place", [2**64 - 1, 2**64 - 4, 2**63 + 10, 2**63, 3])
def test_array_of_uint64_indices_wraps(place: int) -> None:
    def write(a: Any, i: Any) -> Any:
        a[i] = 7
        return a

    index = np.array([0, place], np.uint64)
    agree(lambda a, i: a[i], np.arange(4.0), index)
    agree(lambda a, i: a[:, i], np.ones((2, 4)), index)
    if not refuses_uint64(np.arange(4.0).take):
        agree(lambda a, i: np.take(a, i), np.arange(4.0), index)
    agree(write, np.arange(4.0), index)


@pytest.mark.parametrize("shape", [(0,), (0, 5), (3, 0), (0, 7), (7, 0)])
def test_empty_axis_of_a_mask_fits_any(shape: tuple[int, ...]) -> None:
    def write(a: Any, mask: Any, value: Any) -> Any:
        a[mask] = value
        return a

    mask = np.zeros(shape, bool)
    agree(lambda a, m: a[m], np.ones((3, 5)), mask)
    agree(write, np.ones((3, 5)), mask, 7.0)
    agree(write, np.ones((3, 5)), mask, np.ones(1))
    if len(shape) == 1:
        agree(lambda a, m: a[m], np.ones(5), mask)
        agree(write, np.ones(5), mask, 7.0)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_clip_adapts_python_numbers_to_both_bounds(dtype: type) -> None:
    bound = np.array([-1, 0, 3], dtype)
    agree(lambda x: np.clip(False, 0, x), bound)
    agree(lambda a, x: np.clip(a, 1, x), np.array([True, False, True]), bound)
    agree(lambda a, x: np.clip(a, 1.5, x), np.array([0, 1, 9], np.int8), bound)
    agree(lambda a, x: np.clip(a, x, 1.5), np.array([0, 1, 9], np.int8), bound)
    agree(lambda a, x: a.clip(-200, x), np.array([0, 1, 9], np.int8), bound)


@pytest.mark.parametrize("part", [complex(math.nan, 1), complex(-math.inf, math.nan)])
def test_nan_in_one_part_is_the_extreme_complex_number(part: complex) -> None:
    for dtype in (np.complex64, np.complex128):
        a = np.array([[1j, 3 - 2j, part], [2, part, 5]], dtype)
        agree(lambda a: (np.argmax(a), np.argmin(a), np.max(a), np.min(a)), a)
        agree(lambda a: (np.argmax(a, 0), np.argmin(a, 0), np.argmax(a, 1)), a)


def test_place_out_of_bounds_that_lies_first_in_memory_is_named() -> None:
    def write(a: Any, i: Any) -> Any:
        a[i] = 0

    index = np.array([[[1, 0, 17], [9, 2, -8]], [[2, -7, 5], [11, 1, 0]]])
    for each in (index, index.T, np.asfortranarray(index), index.transpose(1, 0, 2)):
        agree(lambda a, i: a[i], np.ones(5), each)
        agree(write, np.ones(5), each)


def test_empty_part_of_several_dimensions_is_added_up() -> None:
    for a in (np.ones((5, 3)), np.ones((3, 5)).T):
        agree(lambda a: (a[2:5, 7:].sum(), a[2:5, 7:].prod(), a[0:0, ::2].sum()), a)
        agree(lambda a: a[::2, 7:].mean(axis=1).size + a[::2, 7:].sum(axis=1), a)
    agree(lambda a: a[:, 7:].sum(axis=(0, 1)), np.ones((2, 3, 5), np.float32))


def test_bool_of_numpy_meets_ints_in_int64() -> None:
    functions = (
        lambda a, x, y: a > x * y,
        lambda a, x, y: x * y == a,
        lambda a, x, y: np.less_equal(a, x * y),
    )
    for flag in (np.True_, np.array([True, False]), np.zeros(0, bool)):
        for function in functions:
            for x, y in ((2**62, 1), (-1, 1)):
                agree(function, flag, x, y)
            for x, y in ((2**62, 2), (2**62, 8), (-(2**62), 8)):
                for each in (function, mt.jit(function)):
                    with pytest.raises(OverflowError):
                        each(flag, x, y)


def searches_by_halves() -> bool:
    """As NumPy did up to 2.4; where it is not sorted, the way that is gone shows."""
    a = np.array([False, True, False, True, False])
    return np.searchsorted(a, a).tolist() == [0, 5, 0, 5, 0]


@pytest.mark.skipif(not searches_by_halves(), reason="this NumPy searches in another way")
def test_searching_from_the_right_starts_where_an_equal_number_went() -> None:
    """Which shows where what is searched is not sorted."""
    for a in ([False, True, False, True, False], [3, 1, 2, 3, 0, 3, 1]):
        for side in ("left", "right"):
            agree(lambda a, side: np.searchsorted(a, a, side), np.array(a), side)
            agree(lambda a, side: np.searchsorted(a, a[::-1], side), np.array(a), side)


def test_mask_that_is_one_of_several_values_is_no_mask() -> None:
    functions = (
        lambda x, c: x * 1 & (x or 3),
        lambda x, c: (x or 3) & x * 1,
        lambda x, c: x * 3 + 1 & (x if c else 7),
        lambda x, c: (x * 3 + 1) % (x if c else 8),
        lambda x, c: (x * 3 + 1 & (7 if c else x)) + 1,
        lambda x, c: (x * x ^ x & 5 | (c and x)) & (x or 2**64 - 1),
    )
    for function in functions:
        for x in (-9, -1, 5, 2**40):
            for c in (False, True):
                agree(function, x, c)


def test_complex_bounds_clip_by_real_parts_and_their_nans_do_not_count() -> None:
    values = [
        0j,
        complex(math.inf, math.nan),
        complex(math.nan, 1),
        complex(-math.inf, 0),
        1 + 2j,
    ]
    for dtype in (np.complex64, np.complex128):
        a = np.array(values, dtype)
        for low in values:
            agree(lambda a, x: np.clip(a, x, a[::-1]), a, low)
            agree(lambda a, x: np.clip(a, 1, x), a, dtype(low))
            agree(lambda a, x: a.clip(x, 2.5), a, low)
        agree(lambda a: np.clip(a, 1, 2j), np.array(1j, dtype))
