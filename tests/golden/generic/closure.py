# ruff: noqa
"""Inner functions capture values; variables that change later live in slots."""


def by_value(a, b):
    c = a + b
    f = lambda x, y=b: x * c + y
    return f(1)


def by_slot(a):
    def add(x):
        nonlocal total
        total += x

    total = 0
    add(a)
    total = total * 2
    return total


def recursive(n):
    def factorial(k, one=1):
        return one if k < 2 else k * factorial(k - 1)

    return factorial(n)


def passed_on(a):
    def middle():
        def inner():
            return a, undefined

        return inner()

    return middle()


# ---- generic ----
# func @by_value(%a.0, %b.1) {
#     %c.2 = py.binary %a.0, %b.1 {+}
#     %f.3 = py.function %c.2, %b.1 {"by_value.<locals>.<lambda>"}
#     %4 = const 1
#     %5 = py.call %f.3 (%4)
#     return %5
# }
# func @"by_value.<locals>.<lambda>"(%x.0, %y.1, %c.2) {
#     %3 = py.binary %x.0, %c.2 {*}
#     %4 = py.binary %3, %y.1 {+}
#     return %4
# }
#
# func @by_slot(%a.0) {
#     %1 = py.unbound
#     %total.2 = slot_new %1
#     %add.3 = py.function %total.2 {"by_slot.<locals>.add"}
#     %4 = const 0
#     slot_store %total.2, %4
#     %5 = py.call %add.3 (%a.0)
#     %total.6 = slot_load %total.2
#     %total.7 = py.bound %total.6 {total}
#     %8 = const 2
#     %9 = py.binary %total.7, %8 {*}
#     slot_store %total.2, %9
#     %total.10 = slot_load %total.2
#     %total.11 = py.bound %total.10 {total}
#     return %total.11
# }
# func @"by_slot.<locals>.add"(%x.0, %total.1) {
#     %total.2 = slot_load %total.1
#     %total.3 = py.bound %total.2 {total}
#     %4 = py.binary %total.3, %x.0 {+=}
#     slot_store %total.1, %4
#     %5 = const None
#     return %5
# }
#
# func @recursive(%n.0) {
#     %1 = const 1
#     %factorial.2 = py.function %1, %1 {"recursive.<locals>.factorial"}
#     %3 = py.call %factorial.2 (%n.0)
#     return %3
# }
# func @"recursive.<locals>.factorial"(%k.0, %one.1, %"one.default".2) {
#     %3 = const 2
#     %4 = py.compare %k.0, %3 {<}
#     %5 = py.truth %4
#     %6 = if %5 { yield %one.1 } else {
#         %7 = py.function %"one.default".2, %"one.default".2 {"recursive.<locals>.factorial"}
#         %8 = const 1
#         %9 = py.binary %k.0, %8 {-}
#         %10 = py.call %7 (%9)
#         %11 = py.binary %k.0, %10 {*}
#         yield %11
#     }
#     return %6
# }
#
# func @passed_on(%a.0) {
#     %middle.1 = py.function %a.0 {"passed_on.<locals>.middle"}
#     %2 = py.call %middle.1 ()
#     return %2
# }
# func @"passed_on.<locals>.middle"(%a.0) {
#     %inner.1 = py.function %a.0 {"passed_on.<locals>.middle.<locals>.inner"}
#     %2 = py.call %inner.1 ()
#     return %2
# }
# func @"passed_on.<locals>.middle.<locals>.inner"(%a.0) {
#     %1 = py.global {undefined}
#     %2 = py.tuple %a.0, %1
#     return %2
# }
