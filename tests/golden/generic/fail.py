# ruff: noqa
"""raise and assert."""


def raised(x):
    if x < 0:
        raise ValueError(f"{x} is {'negative'!r:>10} {{}}") from None
    elif x == 0:
        raise ZeroDivisionError
    assert x is not None, "None"
    return x


# ---- generic ----
# func @raised(%x.0) {
#     %1 = const 0
#     %2 = py.compare %x.0, %1 {<}
#     %3 = py.truth %2
#     if %3 {
#         %4 = py.global {ValueError}
#         %5 = const 'negative'
#         %6 = py.format %x.0, %5 {"{} is {!r:>10} {{}}"}
#         %7 = py.call %4 (%6)
#         py.raise %7
#     } else {
#         %8 = const 0
#         %9 = py.compare %x.0, %8 {==}
#         %10 = py.truth %9
#         if %10 {
#             %11 = py.global {ZeroDivisionError}
#             py.raise %11
#         } else { yield }
#         yield
#     }
#     %12 = const None
#     %13 = py.compare %x.0, %12 {is not}
#     %14 = py.truth %13
#     if %14 { yield } else {
#         %15 = py.global {AssertionError}
#         %16 = const 'None'
#         %17 = py.call %15 (%16)
#         py.raise %17
#     }
#     %x.18 = py.refine %x.0 {not_none}
#     return %x.18
# }
