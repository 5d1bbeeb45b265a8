/* The kernels of kernels.py in C: the limit of what scalar source can reach.
 *
 * Each runs `times` times into arrays that exist, so that neither a call from Python nor fresh
 * memory is in its time. `forget` keeps the compiler from doing the work once only.
 */
#include <math.h>
#include <stdint.h>

static inline void forget(void)
{
    __asm__ volatile("" ::: "memory");
}

#define AGAIN(times) for (int64_t time = 0; time < (times); time++, forget())

#define MAG(NAME, TYPE) \
    void NAME(int64_t times, int64_t n, const TYPE *x, const TYPE *y, double *out) \
    { \
        AGAIN(times) \
        for (int64_t i = 0; i < n; i++) \
            out[i] = sqrt((double)(x[i] * x[i] + y[i] * y[i])); \
    }

MAG(mag_int32, int32_t)
MAG(mag_int64, int64_t)
MAG(mag_float64, double)

void total(int64_t times, int64_t n, const double *a, double *out)
{
    AGAIN(times)
    {
        double sum = 0;
        for (int64_t i = 0; i < n; i++)
            sum += a[i];
        *out = sum;
    }
}

void expression(int64_t times, int64_t n, const double *a, const double *b, const double *c,
                double *out)
{
    AGAIN(times)
    for (int64_t i = 0; i < n; i++)
        out[i] = (a[i] * b[i] + c[i]) * a[i] - b[i] / c[i];
}

void stencil(int64_t times, int64_t n, const double *a, double *out)
{
    AGAIN(times)
    {
        out[0] = out[n - 1] = 0;
        for (int64_t i = 1; i < n - 1; i++)
            out[i] = 0.25 * a[i - 1] + 0.5 * a[i] + 0.25 * a[i + 1];
    }
}

void matmul(int64_t times, int64_t n, const double *a, const double *b, double *out)
{
    AGAIN(times)
    for (int64_t i = 0; i < n; i++)
        for (int64_t j = 0; j < n; j++) {
            double sum = 0;
            for (int64_t k = 0; k < n; k++)
                sum += a[i * n + k] * b[k * n + j];
            out[i * n + j] = sum;
        }
}

void nbody(int64_t times, int64_t n, const double *x, const double *y, const double *z,
           const double *mass, double *out)
{
    AGAIN(times)
    for (int64_t i = 0; i < n; i++) {
        double ax = 0, ay = 0, az = 0;
        for (int64_t j = 0; j < n; j++) {
            double dx = x[j] - x[i], dy = y[j] - y[i], dz = z[j] - z[i];
            double square = dx * dx + dy * dy + dz * dz + 1e-4;
            double pull = mass[j] / (square * sqrt(square));
            ax += dx * pull;
            ay += dy * pull;
            az += dz * pull;
        }
        out[3 * i] = ax;
        out[3 * i + 1] = ay;
        out[3 * i + 2] = az;
    }
}
