# ruff: noqa
"""`while` is a loop that its test breaks."""


def collatz(n):
    steps = 0
    while n != 1:
        n = n // 2 if n % 2 == 0 else 3 * n + 1
        steps += 1
    return steps


def forever(x):
    while True:
        x = f(x)
        if x > 3:
            return x


def otherwise(x):
    while x > 0:
        x -= 2
        if x == 5:
            break
    else:
        x = 100
    return x


# ---- generic ----
# func @collatz(%n.0) {
#     %steps.1 = const 0
#     %steps.2 = loop @0 (%n.3 = %n.0, %steps.4 = %steps.1) {
#         %5 = const 1
#         %6 = py.compare %n.3, %5 {!=}
#         %7 = py.truth %6
#         if %7 { yield } else { break @0 %steps.4 }
#         %8 = const 2
#         %9 = py.binary %n.3, %8 {%}
#         %10 = const 0
#         %11 = py.compare %9, %10 {==}
#         %12 = py.truth %11
#         %n.13 = if %12 {
#             %14 = const 2
#             %15 = py.binary %n.3, %14 {//}
#             yield %15
#         } else {
#             %16 = const 3
#             %17 = py.binary %16, %n.3 {*}
#             %18 = const 1
#             %19 = py.binary %17, %18 {+}
#             yield %19
#         }
#         %20 = const 1
#         %steps.21 = py.binary %steps.4, %20 {+=}
#         continue @0 %n.13, %steps.21
#     }
#     return %steps.2
# }
#
# func @forever(%x.0) {
#     loop @0 (%x.1 = %x.0) {
#         %2 = py.global {f}
#         %x.3 = py.call %2 (%x.1)
#         %4 = const 3
#         %5 = py.compare %x.3, %4 {>}
#         %6 = py.truth %5
#         if %6 { return %x.3 } else { yield }
#         continue @0 %x.3
#     }
#     unreachable
# }
#
# func @otherwise(%x.0) {
#     %x.1 = block @0 {
#         loop @1 (%x.2 = %x.0) {
#             %3 = const 0
#             %4 = py.compare %x.2, %3 {>}
#             %5 = py.truth %4
#             if %5 { yield } else { break @1 }
#             %6 = const 2
#             %x.7 = py.binary %x.2, %6 {-=}
#             %8 = const 5
#             %9 = py.compare %x.7, %8 {==}
#             %10 = py.truth %9
#             if %10 { break @0 %x.7 } else { yield }
#             continue @1 %x.7
#         }
#         %x.11 = const 100
#         yield %x.11
#     }
#     return %x.1
# }
