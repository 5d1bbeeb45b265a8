# ruff: noqa
"""`for` counts the items of the iterable; its variable keeps the last one."""


def total(a):
    s = 0.0
    for x in a:
        s += x
    return s


def last(n):
    for i in range(n):
        pass
    return i


def pairs(a):
    for i, (x, y) in enumerate(a):
        t = x * y
        if t > 3:
            continue
        if t < 0:
            break
        a[i] = t


def found(a, wanted):
    for i, x in enumerate(a):
        if x == wanted:
            break
    else:
        i = -1
    return i


# ---- generic ----
# func @total(%a.0) {
#     %s.1 = const 0.0
#     %2 = py.iter_len %a.0
#     %s.3 = for @0 %2 (%4, %s.5 = %s.1) {
#         %x.6 = py.iter_item %a.0, %4
#         %s.7 = py.binary %s.5, %x.6 {+=}
#         continue @0 %s.7
#     }
#     return %s.3
# }
#
# func @last(%n.0) {
#     %1 = py.global {range}
#     %2 = py.call %1 (%n.0)
#     %3 = py.iter_len %2
#     %4 = py.unbound
#     %i.5 = for @0 %3 (%6, %i.7 = %4) {
#         %i.8 = py.iter_item %2, %6
#         continue @0 %i.8
#     }
#     %i.9 = py.bound %i.5 {i}
#     return %i.9
# }
#
# func @pairs(%a.0) {
#     %1 = py.global {enumerate}
#     %2 = py.call %1 (%a.0)
#     %3 = py.iter_len %2
#     for @0 %3 (%4) {
#         %5 = py.iter_item %2, %4
#         %i.6, %7 = py.unpack %5 {-1}
#         %x.8, %y.9 = py.unpack %7 {-1}
#         %t.10 = py.binary %x.8, %y.9 {*}
#         %11 = const 3
#         %12 = py.compare %t.10, %11 {>}
#         %13 = py.truth %12
#         if %13 { continue @0 } else { yield }
#         %14 = const 0
#         %15 = py.compare %t.10, %14 {<}
#         %16 = py.truth %15
#         if %16 { break @0 } else { yield }
#         py.set_index %a.0, %i.6, %t.10
#         continue @0
#     }
#     %17 = const None
#     return %17
# }
#
# func @found(%a.0, %wanted.1) {
#     %2 = py.global {enumerate}
#     %3 = py.call %2 (%a.0)
#     %4 = py.iter_len %3
#     %i.5 = block @0 {
#         for @1 %4 (%6) {
#             %7 = py.iter_item %3, %6
#             %i.8, %x.9 = py.unpack %7 {-1}
#             %10 = py.compare %x.9, %wanted.1 {==}
#             %11 = py.truth %10
#             if %11 { break @0 %i.8 } else { yield }
#             continue @1
#         }
#         %i.12 = const -1
#         yield %i.12
#     }
#     return %i.5
# }
