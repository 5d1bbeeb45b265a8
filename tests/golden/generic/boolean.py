# ruff: noqa
"""`and` and `or` give an operand as values; as conditions they are bools."""


def value(x, y):
    return x and y or 1


def condition(x, y, z):
    if x and y or not z:
        return 1
    return 0


def chained(x, y, z):
    return x < y <= z


def bound_inside(x, f):
    if x and (y := f(x)):
        return y
    return x


# ---- generic ----
# func @value(%x.0, %y.1) {
#     %2 = py.truth %x.0
#     %3 = if %2 { yield %y.1 } else { yield %x.0 }
#     %4 = py.truth %3
#     %5 = if %4 {
#         %6 = py.refine %3 {true}
#         yield %6
#     } else {
#         %7 = const 1
#         yield %7
#     }
#     return %5
# }
#
# func @condition(%x.0, %y.1, %z.2) {
#     %3 = py.truth %x.0
#     %4 = if %3 {
#         %5 = py.truth %y.1
#         yield %5
#     } else {
#         %6 = const False
#         yield %6
#     }
#     %7 = if %4 {
#         %8 = const True
#         yield %8
#     } else {
#         %9 = py.not %z.2
#         yield %9
#     }
#     if %7 {
#         %10 = const 1
#         return %10
#     } else { yield }
#     %11 = const 0
#     return %11
# }
#
# func @chained(%x.0, %y.1, %z.2) {
#     %3 = py.compare %x.0, %y.1 {<}
#     %4 = py.truth %3
#     %5 = if %4 {
#         %6 = py.compare %y.1, %z.2 {<=}
#         yield %6
#     } else { yield %3 }
#     return %5
# }
#
# func @bound_inside(%x.0, %f.1) {
#     %2 = py.truth %x.0
#     %3, %y.4 = if %2 {
#         %x.5 = py.refine %x.0 {true}
#         %y.6 = py.call %f.1 (%x.5)
#         %7 = py.truth %y.6
#         yield %7, %y.6
#     } else {
#         %8 = const False
#         %9 = py.unbound
#         yield %8, %9
#     }
#     if %3 {
#         %y.10 = py.bound %y.4 {y}
#         return %y.10
#     } else { yield }
#     return %x.0
# }
