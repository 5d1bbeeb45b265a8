# ruff: noqa
"""Augmented assignment evaluates the object and the index once."""


def names(x, y):
    x += y
    return x


def subscripts(a, i, j):
    a[i, j + 1] *= 2


def attributes(a):
    a.count -= 1


# ---- generic ----
# func @names(%x.0, %y.1) {
#     %x.2 = py.binary %x.0, %y.1 {+=}
#     return %x.2
# }
#
# func @subscripts(%a.0, %i.1, %j.2) {
#     %3 = const 1
#     %4 = py.binary %j.2, %3 {+}
#     %5 = py.tuple %i.1, %4
#     %6 = py.index %a.0, %5
#     %7 = const 2
#     %8 = py.binary %6, %7 {*=}
#     py.set_index %a.0, %5, %8
#     %9 = const None
#     return %9
# }
#
# func @attributes(%a.0) {
#     %1 = py.attr %a.0 {count}
#     %2 = const 1
#     %3 = py.binary %1, %2 {-=}
#     py.set_attr %a.0, %3 {count}
#     %4 = const None
#     return %4
# }
