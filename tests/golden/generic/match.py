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
#         %4 = const 1
#         %5 = py.compare %x.0, %4 {==}
#         %6 = py.truth %5
#         %7 = if %6 {
#             %8 = const True
#             yield %8
#         } else {
#             %9 = const 2
#             %10 = py.compare %x.0, %9 {==}
#             %11 = py.truth %10
#             yield %11
#         }
#         if %7 {
#             %r.13 = const 'small'
#             break @0 %r.13
#         } else { yield }
#         %16 = const None
#         %17 = py.compare %x.0, %16 {is}
#         %18 = py.truth %17
#         if %18 { return %y.1 } else { yield }
#         %r.19 = py.refine %x.0 {not_none}
#         %20 = py.global {math}
#         %21 = py.attr %20 {pi}
#         %22 = py.compare %r.19, %21 {==}
#         %23 = py.truth %22
#         if %23 { break @0 %r.19 } else { yield }
#         %26 = py.compare %r.19, %y.1 {>}
#         %27 = py.truth %26
#         if %27 { break @0 %r.19 } else { yield }
#         %r.30 = const 0
#         break @0 %r.30
#     }
#     return %r.2
# }
