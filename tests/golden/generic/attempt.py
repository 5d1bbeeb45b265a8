# ruff: noqa
"""What a try body binds is stored, as handlers may run after any of its operations."""


def slots(f):
    n = 0
    try:
        n = 1
        m = f(n)
        n = 2
    except (ValueError, KeyError) as error:
        return n, error
    except ZeroDivisionError:
        m = n
    return m


def otherwise(f):
    try:
        x = f()
    except ValueError:
        raise
    else:
        x += 1
    return x


def unread(f):
    try:
        t = f()
    except:
        pass


# ---- generic ----
# func @slots(%f.0) {
#     %n.1 = const 0
#     %n.2 = slot_new %n.1
#     %m.3 = try {
#         %n.4 = const 1
#         slot_store %n.2, %n.4
#         %m.5 = py.call %f.0 (%n.4)
#         %n.6 = const 2
#         slot_store %n.2, %n.6
#         yield %m.5
#     } except {
#         %n.7 = slot_load %n.2
#         %8 = py.global {ValueError}
#         %9 = py.global {KeyError}
#         %10 = py.tuple %8, %9
#         %11 = py.exc_match %10
#         if %11 {
#             %error.12 = py.exc_value
#             %13 = py.tuple %n.7, %error.12
#             return %13
#         } else {
#             %14 = py.global {ZeroDivisionError}
#             %15 = py.exc_match %14
#             if %15 { yield } else { reraise }
#             yield
#         }
#         yield %n.7
#     }
#     return %m.3
# }
#
# func @otherwise(%f.0) {
#     %x.1 = block @0 {
#         %x.2 = try {
#             %x.3 = py.call %f.0 ()
#             yield %x.3
#         } except {
#             %4 = py.global {ValueError}
#             %5 = py.exc_match %4
#             if %5 { reraise } else { reraise }
#             unreachable
#         }
#         %6 = const 1
#         %x.7 = py.binary %x.2, %6 {+=}
#         yield %x.7
#     }
#     return %x.1
# }
#
# func @unread(%f.0) {
#     try {
#         %t.1 = py.call %f.0 ()
#         yield
#     } except { yield }
#     %2 = const None
#     return %2
# }
