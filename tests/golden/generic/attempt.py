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
#     %m.6 = try {
#         %n.8 = const 1
#         slot_store %n.2, %n.8
#         %m.9 = py.call %f.0 (%n.8)
#         %n.10 = const 2
#         slot_store %n.2, %n.10
#         yield %m.9
#     } except {
#         %n.12 = slot_load %n.2
#         %14 = py.global {ValueError}
#         %15 = py.global {KeyError}
#         %16 = py.tuple %14, %15
#         %17 = py.exc_match %16
#         if %17 {
#             %error.20 = py.exc_value
#             %21 = py.tuple %n.12, %error.20
#             return %21
#         } else {
#             %22 = py.global {ZeroDivisionError}
#             %23 = py.exc_match %22
#             if %23 { yield } else { reraise }
#             yield
#         }
#         yield %n.12
#     }
#     return %m.6
# }
#
# func @otherwise(%f.0) {
#     %x.1 = block @0 {
#         %x.4 = try {
#             %x.5 = py.call %f.0 ()
#             yield %x.5
#         } except {
#             %7 = py.global {ValueError}
#             %8 = py.exc_match %7
#             if %8 { reraise } else { reraise }
#             unreachable
#         }
#         %9 = const 1
#         %x.10 = py.binary %x.4, %9 {+=}
#         yield %x.10
#     }
#     return %x.1
# }
#
# func @unread(%f.0) {
#     try {
#         %t.4 = py.call %f.0 ()
#         yield
#     } except { yield }
#     %6 = const None
#     return %6
# }
