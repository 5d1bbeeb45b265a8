/* The fractal by hand: the limit for one thread and one pixel at a time.
 *
 * `c` holds n complex numbers; out[i] is the first iteration at which |z| > r, or `most`. The
 * square root of |z| is never taken. Built with -ffp-contract=off, so that every product is
 * rounded and the result is that of complex arithmetic in Python and NumPy.
 */
#include <stdint.h>

#define ESCAPES(NAME, REAL, RE, IM) \
    void NAME(int64_t n, const REAL *c, int64_t most, double r, int32_t *out) \
    { \
        REAL limit = (REAL)(r * r); \
        for (int64_t i = 0; i < n; i++) { \
            REAL c_re = c[2 * i], c_im = c[2 * i + 1]; \
            REAL re = c_re, im = c_im; \
            int32_t step = 0; \
            for (; step < (int32_t)most; step++) { \
                REAL next = (RE) + c_re; \
                im = (IM) + c_im; \
                re = next; \
                if (re * re + im * im > limit) \
                    break; \
            } \
            out[i] = step; \
        } \
    }

ESCAPES(fractal_r, double, re *re - im * im, re *im + im * re)
ESCAPES(fractal_complex64, float, re *re - im * im, re *im + im * re)
ESCAPES(fractal_cube, double, (re * re - im * im) * re - (re * im + im * re) * im,
        (re * re - im * im) * im + (re * im + im * re) * re)

void fractal(int64_t n, const double *c, int64_t most, int32_t *out)
{
    for (int64_t i = 0; i < n; i++) {
        double c_re = c[2 * i], c_im = c[2 * i + 1];
        double re = c_re, im = c_im;
        int32_t step = 0;
        for (; step < (int32_t)most; step++) {
            double next = re * re - im * im + c_re;
            im = re * im + im * re + c_im;
            re = next;
            if (re * re + im * im > 4)
                break;
        }
        out[i] = step;
    }
}
