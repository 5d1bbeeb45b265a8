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
#     %s.4 = for @0 %2 (%6, %s.7 = %s.1) {
#         %x.9 = py.iter_item %a.0, %6
#         %s.10 = py.binary %s.7, %x.9 {+=}
#         continue @0 %s.10
#     }
#     return %s.4
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
#     for @0 %3 (%12) {
#         %17 = py.iter_item %2, %12
#         %i.18, %19 = py.unpack %17 {-1}
#         %x.20, %y.21 = py.unpack %19 {-1}
#         %t.22 = py.binary %x.20, %y.21 {*}
#         %23 = const 3
#         %24 = py.compare %t.22, %23 {>}
#         %25 = py.truth %24
#         if %25 { continue @0 } else { yield }
#         %26 = const 0
#         %27 = py.compare %t.22, %26 {<}
#         %28 = py.truth %27
#         if %28 { break @0 } else { yield }
#         py.set_index %a.0, %i.18, %t.22
#         continue @0
#     }
#     %29 = const None
#     return %29
# }
#
# func @found(%a.0, %wanted.1) {
#     %2 = py.global {enumerate}
#     %3 = py.call %2 (%a.0)
#     %4 = py.iter_len %3
#     %i.5 = block @0 {
#         for @1 %4 (%11) {
#             %14 = py.iter_item %3, %11
#             %i.15, %x.16 = py.unpack %14 {-1}
#             %17 = py.compare %x.16, %wanted.1 {==}
#             %18 = py.truth %17
#             if %18 { break @0 %i.15 } else { yield }
#             continue @1
#         }
#         %i.19 = const -1
#         yield %i.19
#     }
#     return %i.5
# }
