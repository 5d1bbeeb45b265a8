# ruff: noqa
"""Targets are assigned from left to right, the value before the objects and indices of targets."""


def chained(a, v):
    x = a[0] = y = v
    return x, y


def unpacked(p):
    (a, b), *c, d = p
    [e, f] = c
    return a, b, d, e, f


def annotated(x):
    y: "not evaluated" = x
    z: int
    return y


# ---- generic ----
# func @chained(%a.0, %v.1) {
#     %2 = const 0
#     py.set_index %a.0, %2, %v.1
#     %3 = py.tuple %v.1, %v.1
#     return %3
# }
#
# func @unpacked(%p.0) {
#     %1, %c.2, %d.3 = py.unpack %p.0 {1}
#     %a.4, %b.5 = py.unpack %1 {-1}
#     %e.6, %f.7 = py.unpack %c.2 {-1}
#     %8 = py.tuple %a.4, %b.5, %d.3, %e.6, %f.7
#     return %8
# }
#
# func @annotated(%x.0) {
#     return %x.0
# }
