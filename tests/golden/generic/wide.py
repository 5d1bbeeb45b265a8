# ruff: noqa
"""Arithmetic of which only some bits are taken may be carried in 128 bits."""


def lcg(x, n):
    for i in range(n):
        x = (x * 6364136223846793005 + 1442695040888963407) & 0xFFFFFFFFFFFFFFFF
    return x


def modular(a, b, m):
    t = a * b
    return t % m, t // m, (a << 3 ^ b) >> 2, a + b < m


def not_wide(a, b):
    t = a * b
    return t % 7, t, 7 % (a + b), (a * b) ** 2 & 1, (a + b) / 2


# ---- generic ----
# func @lcg(%x.0, %n.1) {
#     %2 = py.global {range}
#     %3 = py.call %2 (%n.1)
#     %4 = py.iter_len %3
#     %x.5 = for @0 %4 (%6, %x.7 = %x.0) {
#         %i.8 = py.iter_item %3, %6
#         %9 = const 6364136223846793005
#         %10 = py.binary %x.7, %9 {* wide}
#         %11 = const 1442695040888963407
#         %12 = py.binary %10, %11 {+ wide}
#         %13 = const 18446744073709551615
#         %x.14 = py.binary %12, %13 {&}
#         continue @0 %x.14
#     }
#     return %x.5
# }
#
# func @modular(%a.0, %b.1, %m.2) {
#     %t.3 = py.binary %a.0, %b.1 {* wide}
#     %4 = py.binary %t.3, %m.2 {%}
#     %5 = py.binary %t.3, %m.2 {//}
#     %6 = const 3
#     %7 = py.binary %a.0, %6 {<< wide}
#     %8 = py.binary %7, %b.1 {^ wide}
#     %9 = const 2
#     %10 = py.binary %8, %9 {>>}
#     %11 = py.binary %a.0, %b.1 {+ wide}
#     %12 = py.compare %11, %m.2 {<}
#     %13 = py.tuple %4, %5, %10, %12
#     return %13
# }
#
# func @not_wide(%a.0, %b.1) {
#     %t.2 = py.binary %a.0, %b.1 {*}
#     %3 = const 7
#     %4 = py.binary %t.2, %3 {%}
#     %5 = const 7
#     %6 = py.binary %a.0, %b.1 {+}
#     %7 = py.binary %5, %6 {%}
#     %8 = py.binary %a.0, %b.1 {*}
#     %9 = const 2
#     %10 = py.binary %8, %9 {**}
#     %11 = const 1
#     %12 = py.binary %10, %11 {&}
#     %13 = py.binary %a.0, %b.1 {+}
#     %14 = const 2
#     %15 = py.binary %13, %14 {/}
#     %16 = py.tuple %4, %t.2, %7, %12, %15
#     return %16
# }
