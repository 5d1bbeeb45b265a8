# ruff: noqa
"""Reads that may come before the first assignment are checked once on each path."""


def deleted(c, x):
    if c:
        del x
    x = x + x
    return x


def loop(n):
    for i in range(n):
        if i > 0:
            y = y + i
        else:
            y = 0
    return y


def never():
    return x
    x = 1


# ---- generic ----
# func @deleted(%c.0, %x.1) {
#     %2 = py.truth %c.0
#     %x.3 = if %2 {
#         %4 = py.unbound
#         yield %4
#     } else { yield %x.1 }
#     %x.5 = py.bound %x.3 {x}
#     %x.6 = py.binary %x.5, %x.5 {+}
#     return %x.6
# }
#
# func @loop(%n.0) {
#     %1 = py.global {range}
#     %2 = py.call %1 (%n.0)
#     %3 = py.iter_len %2
#     %4 = py.unbound
#     %y.5 = for @0 %3 (%6, %y.7 = %4) {
#         %i.8 = py.iter_item %2, %6
#         %9 = const 0
#         %10 = py.compare %i.8, %9 {>}
#         %11 = py.truth %10
#         %y.12 = if %11 {
#             %y.13 = py.bound %y.7 {y}
#             %y.14 = py.binary %y.13, %i.8 {+}
#             yield %y.14
#         } else {
#             %y.15 = const 0
#             yield %y.15
#         }
#         continue @0 %y.12
#     }
#     %y.16 = py.bound %y.5 {y}
#     return %y.16
# }
#
# func @never() {
#     %0 = py.unbound
#     %x.1 = py.bound %0 {x}
#     return %x.1
# }
