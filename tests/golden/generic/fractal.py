# ruff: noqa
"""The fractal of the benchmarks."""

import numpy as np


def fractal(height, width, iterations):
    out = np.zeros((height, width), np.int32)
    for h in range(height):
        for w in range(width):
            c = complex(w / width - 1.5, h / height - 0.5)
            z = 0j
            for i in range(iterations):
                z = z * z + c
                if abs(z) > 2:
                    out[h, w] = i
                    break
            else:
                out[h, w] = iterations
    return out


# ---- generic ----
# func @fractal(%height.0, %width.1, %iterations.2) {
#     %3 = py.global {np}
#     %4 = py.attr %3 {zeros}
#     %5 = py.tuple %height.0, %width.1
#     %6 = py.global {np}
#     %7 = py.attr %6 {int32}
#     %out.8 = py.call %4 (%5, %7)
#     %9 = py.global {range}
#     %10 = py.call %9 (%height.0)
#     %11 = py.iter_len %10
#     for @0 %11 (%12) {
#         %h.13 = py.iter_item %10, %12
#         %14 = py.global {range}
#         %15 = py.call %14 (%width.1)
#         %16 = py.iter_len %15
#         for @1 %16 (%17) {
#             %w.18 = py.iter_item %15, %17
#             %19 = py.global {complex}
#             %20 = py.binary %w.18, %width.1 {/}
#             %21 = const 1.5
#             %22 = py.binary %20, %21 {-}
#             %23 = py.binary %h.13, %height.0 {/}
#             %24 = const 0.5
#             %25 = py.binary %23, %24 {-}
#             %c.26 = py.call %19 (%22, %25)
#             %z.27 = const 0j
#             %28 = py.global {range}
#             %29 = py.call %28 (%iterations.2)
#             %30 = py.iter_len %29
#             block @2 {
#                 %z.31 = for @3 %30 (%32, %z.33 = %z.27) {
#                     %i.34 = py.iter_item %29, %32
#                     %35 = py.binary %z.33, %z.33 {*}
#                     %z.36 = py.binary %35, %c.26 {+}
#                     %37 = py.global {abs}
#                     %38 = py.call %37 (%z.36)
#                     %39 = const 2
#                     %40 = py.compare %38, %39 {>}
#                     %41 = py.truth %40
#                     if %41 {
#                         %42 = py.tuple %h.13, %w.18
#                         py.set_index %out.8, %42, %i.34
#                         break @2
#                     } else { yield }
#                     continue @3 %z.36
#                 }
#                 %43 = py.tuple %h.13, %w.18
#                 py.set_index %out.8, %43, %iterations.2
#                 yield
#             }
#             continue @1
#         }
#         continue @0
#     }
#     return %out.8
# }
