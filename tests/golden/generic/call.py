# ruff: noqa
"""Calls with keywords and *args; attributes; subscripts."""


def calls(f, a, b):
    return f(1, *a, b, key=2, other=a.b.c(*b))


def subscripts(a, i):
    return a[i], a[1:], a[::-1, None, ..., i : i + 2], a[(1, 2)], a[*i]


def displays(a):
    return (), (1, *a, 2, 3), [1, a], (*a,)


# ---- generic ----
# func @calls(%f.0, %a.1, %b.2) {
#     %3 = const 1
#     %4 = const 2
#     %5 = py.attr %a.1 {b}
#     %6 = py.attr %5 {c}
#     %7 = py.call %6 (*%b.2)
#     %8 = py.call %f.0 (%3, *%a.1, %b.2, key=%4, other=%7)
#     return %8
# }
#
# func @subscripts(%a.0, %i.1) {
#     %2 = py.index %a.0, %i.1
#     %3 = const 1
#     %4 = const None
#     %5 = const None
#     %6 = py.slice %3, %4, %5
#     %7 = py.index %a.0, %6
#     %8 = const None
#     %9 = const None
#     %10 = const -1
#     %11 = py.slice %8, %9, %10
#     %12 = const None
#     %13 = const Ellipsis
#     %14 = const 2
#     %15 = py.binary %i.1, %14 {+}
#     %16 = const None
#     %17 = py.slice %i.1, %15, %16
#     %18 = py.tuple %11, %12, %13, %17
#     %19 = py.index %a.0, %18
#     %20 = const 1
#     %21 = const 2
#     %22 = py.tuple %20, %21
#     %23 = py.index %a.0, %22
#     %24 = py.concat %i.1
#     %25 = py.index %a.0, %24
#     %26 = py.tuple %2, %7, %19, %23, %25
#     return %26
# }
#
# func @displays(%a.0) {
#     %1 = py.tuple
#     %2 = const 1
#     %3 = py.tuple %2
#     %4 = const 2
#     %5 = const 3
#     %6 = py.tuple %4, %5
#     %7 = py.concat %3, %a.0, %6
#     %8 = const 1
#     %9 = py.list %8, %a.0
#     %10 = py.concat %a.0
#     %11 = py.tuple %1, %7, %9, %10
#     return %11
# }
