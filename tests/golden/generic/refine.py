# ruff: noqa
"""Tests of None and of a name's truth refine the variable in the branches, and after them."""


def best(a):
    found = None
    for x in a:
        if found is None:
            found = x
        else:
            found = max(found, x)
    return found


def default(x):
    if x is None:
        return 0
    return x


def combined(x, y):
    if x is not None and not (y is None or y > x):
        return x + y
    return x or y


def unless_bound_again(x, f):
    if x is not None and (x := f(x)):
        return x
    return 1


# ---- generic ----
# func @best(%a.0) {
#     %found.1 = const None
#     %2 = py.iter_len %a.0
#     %found.3 = for @0 %2 (%4, %found.5 = %found.1) {
#         %x.6 = py.iter_item %a.0, %4
#         %7 = const None
#         %8 = py.compare %found.5, %7 {is}
#         %9 = py.truth %8
#         %found.10 = if %9 { yield %x.6 } else {
#             %found.11 = py.refine %found.5 {not_none}
#             %12 = py.global {max}
#             %found.13 = py.call %12 (%found.11, %x.6)
#             yield %found.13
#         }
#         continue @0 %found.10
#     }
#     return %found.3
# }
#
# func @default(%x.0) {
#     %1 = const None
#     %2 = py.compare %x.0, %1 {is}
#     %3 = py.truth %2
#     if %3 {
#         %4 = const 0
#         return %4
#     } else { yield }
#     %x.5 = py.refine %x.0 {not_none}
#     return %x.5
# }
#
# func @combined(%x.0, %y.1) {
#     %2 = const None
#     %3 = py.compare %x.0, %2 {is not}
#     %4 = py.truth %3
#     %5 = if %4 {
#         %x.6 = py.refine %x.0 {not_none}
#         %7 = const None
#         %8 = py.compare %y.1, %7 {is}
#         %9 = py.truth %8
#         %10 = if %9 {
#             %11 = const True
#             yield %11
#         } else {
#             %y.12 = py.refine %y.1 {not_none}
#             %13 = py.compare %y.12, %x.6 {>}
#             %14 = py.truth %13
#             yield %14
#         }
#         %15 = py.not %10
#         yield %15
#     } else {
#         %16 = const False
#         yield %16
#     }
#     if %5 {
#         %x.17 = py.refine %x.0 {not_none}
#         %y.18 = py.refine %y.1 {not_none}
#         %19 = py.binary %x.17, %y.18 {+}
#         return %19
#     } else { yield }
#     %20 = py.truth %x.0
#     %21 = if %20 {
#         %22 = py.refine %x.0 {true}
#         yield %22
#     } else { yield %y.1 }
#     return %21
# }
#
# func @unless_bound_again(%x.0, %f.1) {
#     %2 = const None
#     %3 = py.compare %x.0, %2 {is not}
#     %4 = py.truth %3
#     %5, %x.6 = if %4 {
#         %x.7 = py.refine %x.0 {not_none}
#         %x.8 = py.call %f.1 (%x.7)
#         %9 = py.truth %x.8
#         yield %9, %x.8
#     } else {
#         %10 = const False
#         yield %10, %x.0
#     }
#     if %5 {
#         %x.11 = py.refine %x.6 {true}
#         return %x.11
#     } else { yield }
#     %12 = const 1
#     return %12
# }
