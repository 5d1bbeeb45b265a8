# ruff: noqa
"""match over values, None, alternatives, names and guards."""


def classify(x, y):
    match x:
        case 1 | 2:
            r = "small"
        case None:
            return y
        case math.pi as r:
            pass
        case other if other > y:
            r = other
        case _:
            r = 0
    return r


# ---- generic ----
# func @classify(%x.0, %y.1) {
#     %r.2 = block @0 {
#         %3 = const 1
#         %4 = py.compare %x.0, %3 {==}
#         %5 = py.truth %4
#         %6 = if %5 {
#             %7 = const True
#             yield %7
#         } else {
#             %8 = const 2
#             %9 = py.compare %x.0, %8 {==}
#             %10 = py.truth %9
#             yield %10
#         }
#         if %6 {
#             %r.11 = const 'small'
#             break @0 %r.11
#         } else { yield }
#         %12 = const None
#         %13 = py.compare %x.0, %12 {is}
#         %14 = py.truth %13
#         if %14 { return %y.1 } else { yield }
#         %r.15 = py.refine %x.0 {not_none}
#         %16 = py.global {math}
#         %17 = py.attr %16 {pi}
#         %18 = py.compare %r.15, %17 {==}
#         %19 = py.truth %18
#         if %19 { break @0 %r.15 } else { yield }
#         %20 = py.compare %r.15, %y.1 {>}
#         %21 = py.truth %20
#         if %21 { break @0 %r.15 } else { yield }
#         %r.22 = const 0
#         break @0 %r.22
#     }
#     return %r.2
# }
