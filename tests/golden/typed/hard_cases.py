"""The cases where types and control flow meet in ways that are easily got wrong."""

import numpy as np


def int_then_float(n):
    x = 0
    for _ in range(n):
        x += 0.5
    return x


def float_meets_float32(a):
    x = 0.0
    for v in a:
        x = x + v
    return x


def best_or_none(a):
    best = None
    for v in a:
        best = v if best is None else max(best, v)
    return best


def last_index(n):
    for i in range(n):
        pass
    return i


def over_unlike(x):
    total = 0.0
    for each in (1, 2.5, True, x):
        total += each
    return total


def collatz(n):
    steps = 0
    while n != 1:
        n = n // 2 if n % 2 == 0 else 3 * n + 1
        steps += 1
    return steps


def until_the_end(a, out):
    n = 0
    try:
        while True:
            out[n] = a[n]
            n += 1
    except IndexError:
        return n


def reassigned_capture(x):
    k = 1

    def scaled(y):
        return y * k

    k = x
    return scaled(3)


def exact_or_raise(c, x):
    if c:
        y = x
    else:
        y = 0.5
    return y


CALLS = [
    ("int_then_float", (3,)),
    ("float_meets_float32", (np.ones(2, np.float32),)),
    ("best_or_none", (np.ones(2),)),
    ("last_index", (3,)),
    ("over_unlike", (np.float32(1),)),
    ("collatz", (27,)),
    ("until_the_end", (np.ones(3), np.zeros(2))),
    ("reassigned_capture", (5,)),
    ("exact_or_raise", (True, 1)),
]


# ---- typed ----
# func @int_then_float(%n.0: int) -> float {
#     %9: int = const 0
#     %12: int = const 0
#     %15: bool = lt %12, %n.0
#     %16: int = select %15, %n.0, %9
#     %19: float = const 0.0
#     %x.26: float = for @0 %16 (%27: int, %x.28: float = %19) {
#         %33: float = const 0.5
#         %x.34: float = add %x.28, %33
#         continue @0 %x.34
#     }
#     return %x.26
# }
#
# func @float_meets_float32(%a.0: Array(float32, 1, 'C')) -> float32 {
#     %2: int = array_dim %a.0 {0}
#     %3: float32 = const 0.0
#     %x.8: float32 = for @0 %2 (%9: int, %x.10: float32 = %3) {
#         %v.11: float32 = load %a.0, %9
#         %x.12: float32 = add %x.10, %v.11
#         continue @0 %x.12
#     }
#     return %x.8
# }
#
# func @best_or_none(%a.0: Array(float64, 1, 'C')) -> Optional(float64) {
#     %1: int = array_dim %a.0 {0}
#     %3: Optional(float64) = nothing
#     %best.4: Optional(float64) = for @0 %1 (%5: int, %best.6: Optional(float64) = %3) {
#         %v.7: float64 = load %a.0, %5
#         %9: bool = is_some %best.6
#         %10: bool = not %9
#         %best.11: float64 = if %10 { yield %v.7 } else {
#             %best.12: float64 = unwrap %best.6
#             %15: bool = gt %v.7, %best.12
#             %16: float64 = select %15, %v.7, %best.12
#             yield %16
#         }
#         %17: Optional(float64) = some %best.11
#         continue @0 %17
#     }
#     return %best.4
# }
#
# func @last_index(%n.0: int) -> int {
#     %9: int = const 0
#     %12: int = const 0
#     %15: bool = lt %12, %n.0
#     %16: int = select %15, %n.0, %9
#     %18: Maybe(int) = nothing
#     %i.19: Maybe(int) = for @0 %16 (%20: int, %i.21: Maybe(int) = %18) {
#         %26: Maybe(int) = some %20
#         continue @0 %26
#     }
#     %27: bool = is_some %i.19
#     check %27 {UnboundLocalError "cannot access local variable 'i' where it is not associated with a value"}
#     %i.28: int = unwrap %i.19
#     return %i.28
# }
#
# func @over_unlike(%x.0: float32) -> float32 {
#     %each.2: float = const 2.5
#     %total.6: float32 = block @0 {
#         %total.7: float = block @1 {
#             %total.11: float = const 1.0
#             break @1 %total.11
#         }
#         %total.12: float = block @2 {
#             %total.15: float = add %total.7, %each.2
#             break @2 %total.15
#         }
#         %total.16: float = block @3 {
#             %19: float = const 1.0
#             %total.20: float = add %total.12, %19
#             break @3 %total.20
#         }
#         %total.21: float32 = block @4 {
#             %24: float32 = convert %total.16
#             %total.25: float32 = add %24, %x.0
#             break @4 %total.25
#         }
#         yield %total.21
#     }
#     return %total.6
# }
#
# func @collatz(%n.0: int) -> int {
#     %2: int = const 0
#     %steps.3: int = loop @0 (%n.4: int = %n.0, %steps.5: int = %2) {
#         %7: int = const 1
#         %8: bool = ne %n.4, %7
#         if %8 { yield } else { break @0 %steps.5 }
#         %10: int = const 2
#         %13: int = mod %n.4, %10
#         %15: int = const 0
#         %16: bool = eq %13, %15
#         %n.17: int = if %16 {
#             %19: int = const 2
#             %27: int = floordiv %n.4, %19
#             yield %27
#         } else {
#             %29: int = const 3
#             %30: int = mul_x %29, %n.4 {OverflowError "the result of int * does not fit 64 bits, which Python ints are carried in here; np.int64 and np.uint64 wrap"}
#             %32: int = const 1
#             %33: int = add_x %30, %32 {OverflowError "the result of int + does not fit 64 bits, which Python ints are carried in here; np.int64 and np.uint64 wrap"}
#             yield %33
#         }
#         %35: int = const 1
#         %steps.36: int = add_x %steps.5, %35 {OverflowError "the result of int + does not fit 64 bits, which Python ints are carried in here; np.int64 and np.uint64 wrap"}
#         continue @0 %n.17, %steps.36
#     }
#     return %steps.3
# }
#
# func @until_the_end(%a.0: Array(float64, 1, 'C'), %out.1: Array(float64, 1, 'C')) -> int {
#     %3: int = const 0
#     %n.4: Slot(int) = slot_new %3
#     try {
#         %6: int = const 0
#         loop @1 (%n.7: int = %6) {
#             %8: int = array_dim %a.0 {0}
#             %9: int = const 0
#             %10: bool = lt %n.7, %9
#             %11: int = add %n.7, %8
#             %12: int = select %10, %11, %n.7
#             %13: bool = lt %12, %8
#             %14: bool = ge %12, %9
#             %15: bool = and %14, %13
#             %16: int = const 0
#             check %15, %n.7, %16, %8 {IndexError "index %d is out of bounds for axis %d with size %d"}
#             %17: float64 = load %a.0, %12
#             %18: int = array_dim %out.1 {0}
#             %19: int = const 0
#             %20: bool = lt %n.7, %19
#             %21: int = add %n.7, %18
#             %22: int = select %20, %21, %n.7
#             %23: bool = lt %22, %18
#             %24: bool = ge %22, %19
#             %25: bool = and %24, %23
#             %26: int = const 0
#             check %25, %n.7, %26, %18 {IndexError "index %d is out of bounds for axis %d with size %d"}
#             store %out.1, %22, %17
#             %28: int = const 1
#             %n.29: int = add_x %n.7, %28 {OverflowError "the result of int + does not fit 64 bits, which Python ints are carried in here; np.int64 and np.uint64 wrap"}
#             slot_store %n.4, %n.29
#             continue @1 %n.29
#         }
#         unreachable
#     } except {
#         %n.30: int = slot_load %n.4
#         %32: bool = error_match {IndexError}
#         if %32 { return %n.30 } else { reraise }
#         unreachable
#     }
#     unreachable
# }
#
# func @reassigned_capture(%x.0: int) -> int {
#     %2: int = const 1
#     %k.3: Slot(int) = slot_new %2
#     slot_store %k.3, %x.0
#     %7: int = const 3
#     %8: int = call %7, %k.3 {@scaled.1}
#     return %8
# }
#
# func @scaled.1(%y.0: int, %k.1: Slot(int)) -> int {
#     %k.2: int = slot_load %k.1
#     %3: int = mul_x %y.0, %k.2 {OverflowError "the result of int * does not fit 64 bits, which Python ints are carried in here; np.int64 and np.uint64 wrap"}
#     return %3
# }
#
# func @exact_or_raise(%c.0: bool, %x.1: int) -> float {
#     %y.2: float = if %c.0 {
#         %3: float = convert %x.1
#         %4: int = abs %x.1
#         %5: int = const 9007199254740992
#         %6: bool = le %4, %5
#         %7: int = convert %3
#         %8: bool = eq %7, %x.1
#         %9: bool = or %6, %8
#         check %9, %x.1 {OverflowError "int %d is not exactly a float, which this variable is on another path"}
#         yield %3
#     } else {
#         %y.10: float = const 0.5
#         yield %y.10
#     }
#     return %y.2
# }
