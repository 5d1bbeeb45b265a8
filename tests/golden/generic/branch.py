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
#         %x.5 = const 1
#         yield %x.5
#     } else {
#         %x.7 = const 2.5
#         yield %x.7
#     }
#     return %x.2
# }
#
# func @one(%c.0) {
#     %x.1 = const 0
#     %2 = py.truth %c.0
#     %x.3 = if %2 {
#         %x.5 = const 1
#         yield %x.5
#     } else { yield %x.1 }
#     return %x.3
# }
#
# func @maybe_unbound(%c.0) {
#     %1 = py.truth %c.0
#     %x.2 = if %1 {
#         %x.4 = const 1
#         yield %x.4
#     } else {
#         %5 = py.unbound
#         yield %5
#     }
#     %x.6 = py.bound %x.2 {x}
#     return %x.6
# }
#
# func @leaves(%c.0, %x.1) {
#     %2 = py.truth %c.0
#     %x.3 = if %2 { return %x.1 } else {
#         %5 = py.truth %x.1
#         %x.6 = if %5 {
#             %x.8 = const 3
#             yield %x.8
#         } else {
#             %9 = py.global {ValueError}
#             py.raise %9
#         }
#         yield %x.6
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
#         %5 = const -1
#         yield %5
#     }
#     return %3
# }
