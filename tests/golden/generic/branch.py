# ruff: noqa
"""Variables bound in branches are results of the `if`; what nobody reads is not carried."""


def both(c):
    if c:
        x, t = 1, 2
    else:
        x, t = 2.5, "unread"
    return x


def one(c):
    x = 0
    if c:
        x = 1
    return x


def maybe_unbound(c):
    if c:
        x = 1
    return x


def leaves(c, x):
    if c:
        return x
    elif x:
        x = 3
    else:
        raise ValueError
    return x


def literal(x):
    if True:
        return x
    return undefined


def expression(c, x):
    return x if c else -1


# ---- generic ----
# func @both(%c.0) {
#     %1 = py.truth %c.0
#     %x.2 = if %1 {
#         %x.3 = const 1
#         yield %x.3
#     } else {
#         %x.4 = const 2.5
#         yield %x.4
#     }
#     return %x.2
# }
#
# func @one(%c.0) {
#     %x.1 = const 0
#     %2 = py.truth %c.0
#     %x.3 = if %2 {
#         %x.4 = const 1
#         yield %x.4
#     } else { yield %x.1 }
#     return %x.3
# }
#
# func @maybe_unbound(%c.0) {
#     %1 = py.truth %c.0
#     %x.2 = if %1 {
#         %x.3 = const 1
#         yield %x.3
#     } else {
#         %4 = py.unbound
#         yield %4
#     }
#     %x.5 = py.bound %x.2 {x}
#     return %x.5
# }
#
# func @leaves(%c.0, %x.1) {
#     %2 = py.truth %c.0
#     %x.3 = if %2 { return %x.1 } else {
#         %4 = py.truth %x.1
#         %x.5 = if %4 {
#             %x.6 = const 3
#             yield %x.6
#         } else {
#             %7 = py.global {ValueError}
#             py.raise %7
#         }
#         yield %x.5
#     }
#     return %x.3
# }
#
# func @literal(%x.0) {
#     return %x.0
# }
#
# func @expression(%c.0, %x.1) {
#     %2 = py.truth %c.0
#     %3 = if %2 { yield %x.1 } else {
#         %4 = const -1
#         yield %4
#     }
#     return %3
# }
