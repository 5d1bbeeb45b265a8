"""Subscripts, views and new arrays."""

import numpy as np


def element(a, i):
    return a[i]


def store(a, i, v):
    a[i] = v


def window(a, n):
    return a[1:n]


def row(a, i):
    return a[i, ::-1]


def fill(a):
    a[1:] = a[:-1]


def made(n):
    return np.empty((n, 3), np.int32), np.zeros(n)


CALLS = [
    ("element", (np.ones(3), 1)),
    ("store", (np.ones(3, np.int32), 1, 2.5)),
    ("window", (np.ones(5), 3)),
    ("row", (np.ones((2, 3)), 0)),
    ("fill", (np.ones(4),)),
    ("made", (2,)),
]


# ---- typed ----
# func @element(%a.0: Array(float64, 1, 'C'), %i.1: int) -> float64 {
#     %2: int = array_dim %a.0 {0}
#     %3: int = const 0
#     %4: bool = lt %i.1, %3
#     %5: int = add %i.1, %2
#     %6: int = select %4, %5, %i.1
#     %7: bool = lt %6, %2
#     %8: bool = ge %6, %3
#     %9: bool = and %8, %7
#     %10: int = const 0
#     check %9, %i.1, %10, %2 {IndexError "index %d is out of bounds for axis %d with size %d"}
#     %11: float64 = load %a.0, %6
#     return %11
# }
#
# func @store(%a.0: Array(int32, 1, 'C'), %i.1: int, %v.2: float) -> None {
#     %3: int = array_dim %a.0 {0}
#     %4: int = const 0
#     %5: bool = lt %i.1, %4
#     %6: int = add %i.1, %3
#     %7: int = select %5, %6, %i.1
#     %8: bool = lt %7, %3
#     %9: bool = ge %7, %4
#     %10: bool = and %9, %8
#     %11: int = const 0
#     check %10, %i.1, %11, %3 {IndexError "index %d is out of bounds for axis %d with size %d"}
#     %12: float = const -2147483649.0
#     %13: float = const 2147483648.0
#     %14: bool = lt %v.2, %13
#     %15: bool = gt %v.2, %12
#     %16: bool = and %15, %14
#     if %16 { yield } else {
#         %17: bool = eq %v.2, %v.2
#         check %17 {ValueError "cannot convert float NaN to integer"}
#         %18: float = const 0.0
#         %19: float = sub %v.2, %v.2
#         %20: bool = eq %19, %18
#         check %20 {OverflowError "cannot convert float infinity to integer"}
#         %21: float = abs %v.2
#         %22: float = const 9.223372036854776e+18
#         %23: bool = lt %21, %22
#         check %23 {OverflowError "Python int too large to convert to C long"}
#         %24: int = convert %v.2
#         raise %24 {OverflowError "Python integer %d out of bounds for int32"}
#     }
#     %25: int32 = convert %v.2
#     store %a.0, %7, %25
#     %26: None = nothing
#     return %26
# }
#
# func @window(%a.0: Array(float64, 1, 'C'), %n.1: int) -> Array(float64, 1, 'C') {
#     %6: int = array_stride %a.0 {0}
#     %7: int = array_dim %a.0 {0}
#     %10: int = const 0
#     %12: int = const 1
#     %17: bool = gt %12, %7
#     %18: int = select %17, %7, %12
#     %19: int = const 0
#     %20: int = add %n.1, %7
#     %21: bool = lt %n.1, %19
#     %22: int = select %21, %20, %n.1
#     %23: bool = lt %22, %10
#     %24: int = select %23, %10, %22
#     %25: bool = gt %24, %7
#     %26: int = select %25, %7, %24
#     %27: int = sub %26, %18
#     %28: int = const 0
#     %29: bool = lt %27, %28
#     %30: int = select %29, %28, %27
#     %31: int = mul %18, %6
#     %32: Array(float64, 1, 'C') = array_view %a.0, %31, %30
#     return %32
# }
#
# func @row(%a.0: Array(float64, 2, 'C'), %i.1: int) -> Array(float64, 1, 'A') {
#     %5: int = array_dim %a.0 {0}
#     %6: int = const 0
#     %7: bool = lt %i.1, %6
#     %8: int = add %i.1, %5
#     %9: int = select %7, %8, %i.1
#     %10: bool = lt %9, %5
#     %11: bool = ge %9, %6
#     %12: bool = and %11, %10
#     %13: int = const 0
#     check %12, %i.1, %13, %5 {IndexError "index %d is out of bounds for axis %d with size %d"}
#     %14: int = array_stride %a.0 {0}
#     %15: int = mul %9, %14
#     %17: int = array_stride %a.0 {1}
#     %18: int = array_dim %a.0 {1}
#     %22: int = const 1
#     %23: int = const -1
#     %28: int = sub %18, %22
#     %31: int = sub %23, %28
#     %32: int = neg %31
#     %33: int = const 0
#     %34: bool = lt %32, %33
#     %35: int = select %34, %33, %32
#     %37: int = const 1
#     %38: int = sub %35, %37
#     %39: int = add %38, %37
#     %40: int = mul %28, %17
#     %41: int = add %15, %40
#     %42: int = neg %17
#     %43: Array(float64, 1, 'A') = array_view %a.0, %41, %39, %42
#     return %43
# }
#
# func @fill(%a.0: Array(float64, 1, 'C')) -> None {
#     %4: int = array_dim %a.0 {0}
#     %7: int = const 0
#     %10: int = const -1
#     %12: int = add %4, %10
#     %14: bool = lt %12, %7
#     %15: int = select %14, %7, %12
#     %16: bool = gt %15, %4
#     %17: int = select %16, %4, %15
#     %18: int = const 0
#     %19: bool = lt %17, %18
#     %20: int = select %19, %18, %17
#     %22: int = const 0
#     %23: Array(float64, 1, 'C') = array_view %a.0, %22, %20
#     %26: int = array_stride %a.0 {0}
#     %27: int = array_dim %a.0 {0}
#     %32: int = const 1
#     %37: bool = gt %32, %27
#     %38: int = select %37, %27, %32
#     %40: int = sub %27, %38
#     %41: int = const 0
#     %42: bool = lt %40, %41
#     %43: int = select %42, %41, %40
#     %44: int = mul %38, %26
#     %45: Array(float64, 1, 'C') = array_view %a.0, %44, %43
#     %46: int = const 1
#     %47: bool = eq %20, %46
#     %48: bool = eq %20, %43
#     %49: bool = or %47, %48
#     check %49, %20, %43 {ValueError "could not broadcast input array from shape (%d,) into shape (%d,)"}
#     %50: bool = array_overlap %45, %23
#     if %50 {
#         %51: Array(float64, 1, 'C') = map %43, %23 {1} (%52: float64) { yield %52 }
#         map_into %43, %45, %51 {1} (%53: float64) { yield %53 }
#         yield
#     } else {
#         map_into %43, %45, %23 {1} (%54: float64) { yield %54 }
#         yield
#     }
#     %55: None = nothing
#     return %55
# }
#
# func @made(%n.0: int) -> Tuple(Array(int32, 2, 'C'), Array(float64, 1, 'C')) {
#     %8: int = const 3
#     %9: int = const 0
#     %11: bool = ge %n.0, %9
#     check %11 {ValueError "negative dimensions are not allowed"}
#     %13: Array(int32, 2, 'C') = array_new %n.0, %8 {0}
#     %15: int = const 0
#     %17: bool = ge %n.0, %15
#     check %17 {ValueError "negative dimensions are not allowed"}
#     %18: Array(float64, 1, 'C') = array_new %n.0 {1}
#     %19: Tuple(Array(int32, 2, 'C'), Array(float64, 1, 'C')) = pack %13, %18
#     return %19
# }
