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
#     for @0 %11 (%22) {
#         %h.28 = py.iter_item %10, %22
#         %29 = py.global {range}
#         %30 = py.call %29 (%width.1)
#         %31 = py.iter_len %30
#         for @1 %31 (%36) {
#             %w.41 = py.iter_item %30, %36
#             %42 = py.global {complex}
#             %43 = py.binary %w.41, %width.1 {/}
#             %44 = const 1.5
#             %45 = py.binary %43, %44 {-}
#             %46 = py.binary %h.28, %height.0 {/}
#             %47 = const 0.5
#             %48 = py.binary %46, %47 {-}
#             %c.49 = py.call %42 (%45, %48)
#             %z.50 = const 0j
#             %51 = py.global {range}
#             %52 = py.call %51 (%iterations.2)
#             %53 = py.iter_len %52
#             block @2 {
#                 %z.56 = for @3 %53 (%58, %z.59 = %z.50) {
#                     %i.61 = py.iter_item %52, %58
#                     %62 = py.binary %z.59, %z.59 {*}
#                     %z.63 = py.binary %62, %c.49 {+}
#                     %64 = py.global {abs}
#                     %65 = py.call %64 (%z.63)
#                     %66 = const 2
#                     %67 = py.compare %65, %66 {>}
#                     %68 = py.truth %67
#                     if %68 {
#                         %69 = py.tuple %h.28, %w.41
#                         py.set_index %out.8, %69, %i.61
#                         break @2
#                     } else { yield }
#                     continue @3 %z.63
#                 }
#                 %70 = py.tuple %h.28, %w.41
#                 py.set_index %out.8, %70, %iterations.2
#                 yield
#             }
#             continue @1
#         }
#         continue @0
#     }
#     return %out.8
# }
