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
#     %3: int32 = convert %v.2
#     %4: int = array_dim %a.0 {0}
#     %5: int = const 0
#     %6: bool = lt %i.1, %5
#     %7: int = add %i.1, %4
#     %8: int = select %6, %7, %i.1
#     %9: bool = lt %8, %4
#     %10: bool = ge %8, %5
#     %11: bool = and %10, %9
#     %12: int = const 0
#     check %11, %i.1, %12, %4 {IndexError "index %d is out of bounds for axis %d with size %d"}
#     store %a.0, %8, %3
#     %13: None = nothing
#     return %13
# }
#
# func @window(%a.0: Array(float64, 1, 'C'), %n.1: int) -> Array(float64, 1, 'C') {
#     %6: int = array_stride %a.0 {0}
#     %7: int = array_dim %a.0 {0}
#     %10: int = const 0
#     %13: int = const 1
#     %18: bool = gt %13, %7
#     %19: int = select %18, %7, %13
#     %20: int = const 0
#     %21: int = add %n.1, %7
#     %22: bool = lt %n.1, %20
#     %23: int = select %22, %21, %n.1
#     %24: bool = lt %23, %10
#     %25: int = select %24, %10, %23
#     %26: bool = gt %25, %7
#     %27: int = select %26, %7, %25
#     %28: int = sub %27, %19
#     %29: int = const 0
#     %30: bool = lt %28, %29
#     %31: int = select %30, %29, %28
#     %32: int = mul %19, %6
#     %33: Array(float64, 1, 'C') = array_view %a.0, %32, %31
#     return %33
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
#     %26: int = sub %18, %22
#     %29: int = sub %23, %26
#     %30: int = neg %29
#     %31: int = const 0
#     %32: bool = lt %30, %31
#     %33: int = select %32, %31, %30
#     %36: int = mul %26, %17
#     %37: int = add %15, %36
#     %38: int = neg %17
#     %39: Array(float64, 1, 'A') = array_view %a.0, %37, %33, %38
#     return %39
# }
#
# func @fill(%a.0: Array(float64, 1, 'C')) -> None {
#     %4: int = array_dim %a.0 {0}
#     %7: int = const 0
#     %11: int = const -1
#     %13: int = add %4, %11
#     %15: bool = lt %13, %7
#     %16: int = select %15, %7, %13
#     %17: bool = gt %16, %4
#     %18: int = select %17, %4, %16
#     %19: int = const 0
#     %20: bool = lt %18, %19
#     %21: int = select %20, %19, %18
#     %23: int = const 0
#     %24: Array(float64, 1, 'C') = array_view %a.0, %23, %21
#     %27: int = array_stride %a.0 {0}
#     %28: int = array_dim %a.0 {0}
#     %34: int = const 1
#     %39: bool = gt %34, %28
#     %40: int = select %39, %28, %34
#     %42: int = sub %28, %40
#     %43: int = const 0
#     %44: bool = lt %42, %43
#     %45: int = select %44, %43, %42
#     %46: int = mul %40, %27
#     %47: Array(float64, 1, 'C') = array_view %a.0, %46, %45
#     %48: int = const 1
#     %49: bool = eq %21, %48
#     %50: bool = eq %21, %45
#     %51: bool = or %49, %50
#     check %51, %21, %45 {ValueError "could not broadcast input array from shape (%d,) into shape (%d,)"}
#     %52: bool = array_overlap %47, %24
#     if %52 {
#         %53: Array(float64, 1, 'C') = map %45, %24 {1} (%54: float64) { yield %54 }
#         map_into %45, %47, %53 {1} (%55: float64) { yield %55 }
#         yield
#     } else {
#         map_into %45, %47, %24 {1} (%56: float64) { yield %56 }
#         yield
#     }
#     %57: None = nothing
#     return %57
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
