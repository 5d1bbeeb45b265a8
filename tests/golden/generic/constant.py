# ruff: noqa
"""Literals."""


def literals():
    """Dropped."""
    ...
    "dropped, too"
    return (
        -1,
        -2.5,
        3j,
        None,
        ...,
        True,
        'text\n"π"',
        2**64,
        170141183460469231731687303715884105727,
        -0.0,
        +1,
    )


# ---- generic ----
# func @literals() {
#     %0 = const -1
#     %1 = const -2.5
#     %2 = const 3j
#     %3 = const None
#     %4 = const Ellipsis
#     %5 = const True
#     %6 = const 'text\n"π"'
#     %7 = const 18446744073709551616
#     %8 = const 170141183460469231731687303715884105727
#     %9 = const -0.0
#     %10 = const 1
#     %11 = py.pos %10
#     %12 = py.tuple %0, %1, %2, %3, %4, %5, %6, %7, %8, %9, %11
#     return %12
# }
