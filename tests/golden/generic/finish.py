# ruff: noqa
"""The finally part runs on the way of an exception, and on all other ways out."""


def plain(f, g):
    try:
        x = f()
    finally:
        g()
    return x


def exits(a, f):
    for x in a:
        try:
            if x == 1:
                break
            if x == 2:
                continue
            if x == 3:
                return x
            y = f(x)
        finally:
            f(0)
    return y


def always_returns(f):
    try:
        return f()
    finally:
        f(1)


# ---- generic ----
# func @plain(%f.0, %g.1) {
#     %x.2 = block @0 {
#         try {
#             %x.3 = py.call %f.0 ()
#             break @0 %x.3
#         } except {
#             %4 = py.call %g.1 ()
#             reraise
#         }
#         unreachable
#     }
#     %5 = py.call %g.1 ()
#     return %x.2
# }
#
# func @exits(%a.0, %f.1) {
#     %2 = py.iter_len %a.0
#     %3 = py.unbound
#     %y.4 = for @0 %2 (%5, %y.6 = %3) {
#         %x.7 = py.iter_item %a.0, %5
#         %8, %9, %y.10 = block @1 {
#             try {
#                 %11 = const 1
#                 %12 = py.compare %x.7, %11 {==}
#                 %13 = py.truth %12
#                 if %13 {
#                     %14 = const 1
#                     %15 = py.unbound
#                     break @1 %14, %15, %y.6
#                 } else { yield }
#                 %16 = const 2
#                 %17 = py.compare %x.7, %16 {==}
#                 %18 = py.truth %17
#                 if %18 {
#                     %19 = const 2
#                     %20 = py.unbound
#                     break @1 %19, %20, %y.6
#                 } else { yield }
#                 %21 = const 3
#                 %22 = py.compare %x.7, %21 {==}
#                 %23 = py.truth %22
#                 if %23 {
#                     %24 = const 3
#                     break @1 %24, %x.7, %y.6
#                 } else { yield }
#                 %y.25 = py.call %f.1 (%x.7)
#                 %26 = const 0
#                 %27 = py.unbound
#                 break @1 %26, %27, %y.25
#             } except {
#                 %28 = const 0
#                 %29 = py.call %f.1 (%28)
#                 reraise
#             }
#             unreachable
#         }
#         %30 = const 0
#         %31 = py.call %f.1 (%30)
#         %32 = const 1
#         %33 = py.compare %8, %32 {==}
#         %34 = py.truth %33
#         if %34 { break @0 %y.10 } else { yield }
#         %35 = const 2
#         %36 = py.compare %8, %35 {==}
#         %37 = py.truth %36
#         if %37 { continue @0 %y.10 } else { yield }
#         %38 = const 3
#         %39 = py.compare %8, %38 {==}
#         %40 = py.truth %39
#         if %40 {
#             %41 = py.bound %9 {"return value"}
#             return %41
#         } else { yield }
#         continue @0 %y.10
#     }
#     %y.42 = py.bound %y.4 {y}
#     return %y.42
# }
#
# func @always_returns(%f.0) {
#     %1 = block @0 {
#         try {
#             %2 = py.call %f.0 ()
#             break @0 %2
#         } except {
#             %3 = const 1
#             %4 = py.call %f.0 (%3)
#             reraise
#         }
#         unreachable
#     }
#     %5 = const 1
#     %6 = py.call %f.0 (%5)
#     return %1
# }
