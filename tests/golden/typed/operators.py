"""What operators mean for Python numbers, NumPy numbers and arrays."""

import numpy as np


def divide(x, y):
    return x / y, x // y, x % y


def masked_hash(h, x):
    return ((h ^ x) * 0x100000001B3) & 0xFFFFFFFFFFFFFFFF


def modular_product(a, b, m):
    return a * b % m


def weak(x):
    return x + 1, x * 2.5


def magnitude(z, r):
    return abs(z) > r


def mixed(a, b):
    return a * 2 + b


CALLS = [
    ("divide", (7, 2)),
    ("divide", (7.0, 2.0)),
    ("divide", (np.int32(7), np.int32(2))),
    ("masked_hash", (1, 2)),
    ("modular_product", (3, 4, 5)),
    ("weak", (np.int8(1),)),
    ("magnitude", (np.complex128(1j), 2)),
    ("mixed", (np.ones(3, np.float32), np.ones((2, 1), np.int16))),
]


# ---- typed ----
# func @divide(%x.0: int, %y.1: int) -> Tuple(float, int, int) {
#     %2: int = const 0
#     %3: bool = ne %y.1, %2
#     check %3 {ZeroDivisionError "division by zero"}
#     %4: float = int_truediv %x.0, %y.1
#     %5: int = const 0
#     %6: bool = ne %y.1, %5
#     check %6 {ZeroDivisionError "division by zero"}
#     %7: int = const -9223372036854775808
#     %8: bool = ne %x.0, %7
#     %9: int = const -1
#     %10: bool = ne %y.1, %9
#     %11: bool = or %8, %10
#     check %11 {OverflowError "the result of int // does not fit 64 bits, which Python ints are carried in here; np.int64 and np.uint64 wrap"}
#     %12: int = floordiv %x.0, %y.1
#     %13: int = const 0
#     %14: bool = ne %y.1, %13
#     check %14 {ZeroDivisionError "division by zero"}
#     %15: int = mod %x.0, %y.1
#     %16: Tuple(float, int, int) = pack %4, %12, %15
#     return %16
# }
#
# func @divide(%x.0: float, %y.1: float) -> Tuple(float, float, float) {
#     %3: float = const 0.0
#     %4: bool = ne %y.1, %3
#     check %4 {ZeroDivisionError "division by zero"}
#     %5: float = div %x.0, %y.1
#     %7: float = const 0.0
#     %8: bool = ne %y.1, %7
#     check %8 {ZeroDivisionError "division by zero"}
#     %9: float = floordiv %x.0, %y.1
#     %11: float = const 0.0
#     %12: bool = ne %y.1, %11
#     check %12 {ZeroDivisionError "division by zero"}
#     %13: float = mod %x.0, %y.1
#     %14: Tuple(float, float, float) = pack %5, %9, %13
#     return %14
# }
#
# func @divide(%x.0: int32, %y.1: int32) -> Tuple(float64, int32, int32) {
#     %2: float64 = convert %x.0
#     %3: float64 = convert %y.1
#     %4: float64 = div %2, %3
#     %6: int32 = const 0
#     %7: bool = eq %y.1, %6
#     %9: int32 = const 1
#     %10: int32 = select %7, %9, %y.1
#     %11: int32 = floordiv %x.0, %10
#     %12: int32 = select %7, %6, %11
#     %14: int32 = const 0
#     %15: bool = eq %y.1, %14
#     %17: int32 = const 1
#     %18: int32 = select %15, %17, %y.1
#     %19: int32 = mod %x.0, %18
#     %20: int32 = select %15, %14, %19
#     %21: Tuple(float64, int32, int32) = pack %4, %12, %20
#     return %21
# }
#
# func @masked_hash(%h.0: int, %x.1: int) -> int.u64 {
#     %2: int = xor %h.0, %x.1
#     %5: int.u64 = convert %2
#     %6: int.u64 = const 1099511628211
#     %7: int.u64 = mul %5, %6
#     return %7
# }
#
# func @modular_product(%a.0: int, %b.1: int, %m.2: int) -> int {
#     %3: int.i128 = convert %a.0
#     %4: int.i128 = convert %b.1
#     %5: int.i128 = mul_x %3, %4 {OverflowError "the result of int * does not fit 64 bits, which Python ints are carried in here; np.int64 and np.uint64 wrap"}
#     %6: int.i128 = convert %m.2
#     %8: int.i128 = const 0
#     %9: bool = ne %6, %8
#     check %9 {ZeroDivisionError "division by zero"}
#     %10: int.i128 = mod %5, %6
#     %11: int = convert %10
#     return %11
# }
#
# func @weak(%x.0: int8) -> Tuple(int8, float64) {
#     %10: int8 = const 1
#     %11: int8 = add %x.0, %10
#     %13: float64 = convert %x.0
#     %14: float64 = const 2.5
#     %15: float64 = mul %13, %14
#     %16: Tuple(int8, float64) = pack %11, %15
#     return %16
# }
#
# func @magnitude(%z.0: complex128, %r.1: int) -> bool_ {
#     %6: float64 = convert %r.1
#     %7: bool = abs_compare %z.0, %6 {>}
#     %8: bool_ = convert %7
#     return %8
# }
#
# func @mixed(%a.0: Array(float32, 1, 'C'), %b.1: Array(int16, 2, 'C')) -> Array(float32, 2, 'C') {
#     %4: float32 = const 2.0
#     %6: int = array_dim %a.0 {0}
#     %7: Array(float32, 1, 'C') = map %6, %a.0 {1} (%8: float32) {
#         %9: float32 = mul %8, %4
#         yield %9
#     }
#     %10: int = const 1
#     %11: int = array_dim %b.1 {0}
#     %12: int = array_dim %b.1 {1}
#     %13: bool = eq %6, %12
#     %14: bool = eq %6, %10
#     %15: bool = eq %12, %10
#     %16: int = array_dim %b.1 {0}
#     %17: int = array_dim %b.1 {1}
#     %18: bool = or %14, %15
#     %19: bool = or %13, %18
#     check %19, %6, %16, %17 {ValueError "operands could not be broadcast together with shapes (%d,) (%d,%d) "}
#     %20: int = select %14, %12, %6
#     %21: Array(float32, 2, 'C') = map %11, %20, %7, %b.1 {2} (%22: float32, %23: int16) {
#         %24: float32 = convert %23
#         %25: float32 = add %22, %24
#         yield %25
#     }
#     return %21
# }
