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
#         %5 = py.unbound
#         yield %5
#     } else { yield %x.1 }
#     %x.6 = py.bound %x.3 {x}
#     %x.7 = py.binary %x.6, %x.6 {+}
#     return %x.7
# }
#
# func @loop(%n.0) {
#     %1 = py.global {range}
#     %2 = py.call %1 (%n.0)
#     %3 = py.iter_len %2
#     %5 = py.unbound
#     %y.7 = for @0 %3 (%8, %y.10 = %5) {
#         %i.11 = py.iter_item %2, %8
#         %12 = const 0
#         %13 = py.compare %i.11, %12 {>}
#         %14 = py.truth %13
#         %y.15 = if %14 {
#             %y.16 = py.bound %y.10 {y}
#             %y.17 = py.binary %y.16, %i.11 {+}
#             yield %y.17
#         } else {
#             %y.18 = const 0
#             yield %y.18
#         }
#         continue @0 %y.15
#     }
#     %y.19 = py.bound %y.7 {y}
#     return %y.19
# }
#
# func @never() {
#     %0 = py.unbound
#     %x.1 = py.bound %0 {x}
#     return %x.1
# }
