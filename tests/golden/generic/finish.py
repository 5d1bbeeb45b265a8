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
#     %x.4 = block @0 {
#         try {
#             %x.7 = py.call %f.0 ()
#             break @0 %x.7
#         } except {
#             %11 = py.call %g.1 ()
#             reraise
#         }
#         unreachable
#     }
#     %12 = py.call %g.1 ()
#     return %x.4
# }
#
# func @exits(%a.0, %f.1) {
#     %2 = py.iter_len %a.0
#     %4 = py.unbound
#     %y.6 = for @0 %2 (%7, %y.9 = %4) {
#         %x.10 = py.iter_item %a.0, %7
#         %11, %12, %y.13 = block @1 {
#             try {
#                 %15 = const 1
#                 %16 = py.compare %x.10, %15 {==}
#                 %17 = py.truth %16
#                 if %17 {
#                     %18 = const 1
#                     %19 = py.unbound
#                     break @1 %18, %19, %y.9
#                 } else { yield }
#                 %20 = const 2
#                 %21 = py.compare %x.10, %20 {==}
#                 %22 = py.truth %21
#                 if %22 {
#                     %23 = const 2
#                     %24 = py.unbound
#                     break @1 %23, %24, %y.9
#                 } else { yield }
#                 %25 = const 3
#                 %26 = py.compare %x.10, %25 {==}
#                 %27 = py.truth %26
#                 if %27 {
#                     %28 = const 3
#                     break @1 %28, %x.10, %y.9
#                 } else { yield }
#                 %y.29 = py.call %f.1 (%x.10)
#                 %30 = const 0
#                 %31 = py.unbound
#                 break @1 %30, %31, %y.29
#             } except {
#                 %33 = const 0
#                 %34 = py.call %f.1 (%33)
#                 reraise
#             }
#             unreachable
#         }
#         %35 = const 0
#         %36 = py.call %f.1 (%35)
#         %37 = const 1
#         %38 = py.compare %11, %37 {==}
#         %39 = py.truth %38
#         if %39 { break @0 %y.13 } else { yield }
#         %40 = const 2
#         %41 = py.compare %11, %40 {==}
#         %42 = py.truth %41
#         if %42 { continue @0 %y.13 } else { yield }
#         %43 = const 3
#         %44 = py.compare %11, %43 {==}
#         %45 = py.truth %44
#         if %45 {
#             %46 = py.bound %12 {"return value"}
#             return %46
#         } else { yield }
#         continue @0 %y.13
#     }
#     %y.47 = py.bound %y.6 {y}
#     return %y.47
# }
#
# func @always_returns(%f.0) {
#     %2 = block @0 {
#         try {
#             %3 = py.call %f.0 ()
#             break @0 %3
#         } except {
#             %5 = const 1
#             %6 = py.call %f.0 (%5)
#             reraise
#         }
#         unreachable
#     }
#     %7 = const 1
#     %8 = py.call %f.0 (%7)
#     return %2
# }
