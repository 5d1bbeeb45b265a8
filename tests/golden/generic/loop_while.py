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
#     %steps.3 = loop @0 (%n.4 = %n.0, %steps.5 = %steps.1) {
#         %6 = const 1
#         %7 = py.compare %n.4, %6 {!=}
#         %8 = py.truth %7
#         if %8 { yield } else { break @0 %steps.5 }
#         %9 = const 2
#         %10 = py.binary %n.4, %9 {%}
#         %11 = const 0
#         %12 = py.compare %10, %11 {==}
#         %13 = py.truth %12
#         %n.14 = if %13 {
#             %15 = const 2
#             %16 = py.binary %n.4, %15 {//}
#             yield %16
#         } else {
#             %17 = const 3
#             %18 = py.binary %17, %n.4 {*}
#             %19 = const 1
#             %20 = py.binary %18, %19 {+}
#             yield %20
#         }
#         %21 = const 1
#         %steps.22 = py.binary %steps.5, %21 {+=}
#         continue @0 %n.14, %steps.22
#     }
#     return %steps.3
# }
#
# func @forever(%x.0) {
#     loop @0 (%x.2 = %x.0) {
#         %3 = py.global {f}
#         %x.4 = py.call %3 (%x.2)
#         %5 = const 3
#         %6 = py.compare %x.4, %5 {>}
#         %7 = py.truth %6
#         if %7 { return %x.4 } else { yield }
#         continue @0 %x.4
#     }
#     unreachable
# }
#
# func @otherwise(%x.0) {
#     %x.1 = block @0 {
#         loop @1 (%x.3 = %x.0) {
#             %4 = const 0
#             %5 = py.compare %x.3, %4 {>}
#             %6 = py.truth %5
#             if %6 { yield } else { break @1 }
#             %7 = const 2
#             %x.8 = py.binary %x.3, %7 {-=}
#             %9 = const 5
#             %10 = py.compare %x.8, %9 {==}
#             %11 = py.truth %10
#             if %11 { break @0 %x.8 } else { yield }
#             continue @1 %x.8
#         }
#         %x.12 = const 100
#         yield %x.12
#     }
#     return %x.1
# }
