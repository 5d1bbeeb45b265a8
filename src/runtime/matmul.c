/* Matrix products: a BLAS where RtCtx has one, otherwise blocked loops of our own.
 *
 * BLAS is column-major: C = A·B in rows is Cᵀ = Bᵀ·Aᵀ in columns, so operands swap and C's rows are its
 * columns. An operand that BLAS cannot address (no unit stride, negative strides) is copied first.
 * Vectors are matrices of one row (left) or one column (right). The result is C-contiguous.
 */
#include <assert.h>
#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/raise.h"

enum { BLOCK_K = 64, BLOCK_N = 256 };

typedef struct Matrix {
    char *data;
    int64_t rows, columns;
    int64_t row_stride, column_stride; /* in elements */
    bool is_strided_in_elements;       /* otherwise the strides are no multiples of the size */
    void *copy;                        /* freed by matrix_close */
} Matrix;

/* c[m×n] += a[m×k]·b[k×n], all rows contiguous. */
#define LOOPS(name, T, MULTIPLY_ADD)                                                  \
    static void name(void *c_data, const void *a_data, const void *b_data, int64_t m, \
                     int64_t n, int64_t k)                                            \
    {                                                                                 \
        T *restrict c = c_data;                                                       \
        const T *restrict a = a_data, *restrict b = b_data;                           \
        for (int64_t p0 = 0; p0 < k; p0 += BLOCK_K)                                   \
            for (int64_t j0 = 0; j0 < n; j0 += BLOCK_N) {                             \
                int64_t p1 = p0 + BLOCK_K < k ? p0 + BLOCK_K : k;                     \
                int64_t j1 = j0 + BLOCK_N < n ? j0 + BLOCK_N : n;                     \
                for (int64_t i = 0; i < m; i++)                                       \
                    for (int64_t p = p0; p < p1; p++)                                 \
                        for (int64_t j = j0; j < j1; j++)                             \
                            MULTIPLY_ADD(c[i * n + j], a[i * k + p], b[p * n + j]);   \
            }                                                                         \
    }

#define REAL_MULTIPLY_ADD(c, a, b) ((c) += (a) * (b))
#define COMPLEX_MULTIPLY_ADD(c, a, b) \
    ((c).re += (a).re * (b).re - (a).im * (b).im, (c).im += (a).re * (b).im + (a).im * (b).re)

LOOPS(loops_float, float, REAL_MULTIPLY_ADD)
LOOPS(loops_double, double, REAL_MULTIPLY_ADD)
LOOPS(loops_complex64, RtComplex64, COMPLEX_MULTIPLY_ADD)
LOOPS(loops_complex128, RtComplex128, COMPLEX_MULTIPLY_ADD)

typedef void Loops(void *c, const void *a, const void *b, int64_t m, int64_t n, int64_t k);

/* ---- two vectors --------------------------------------------------------------------------- */

typedef struct Vectors {
    int64_t n, dx, dy; /* elements, and bytes from one to the next */
    const char *x, *y;
} Vectors;

/* Σ x·y in order. */
#define SUM(name, T, R, MULTIPLY_ADD)                         \
    static void name(const Vectors *v, RtComplex128 *result)  \
    {                                                         \
        T sum = {0};                                          \
        for (int64_t i = 0; i < v->n; i++) {                  \
            T each_x, each_y;                                 \
            memcpy(&each_x, v->x + i * v->dx, sizeof each_x); \
            memcpy(&each_y, v->y + i * v->dy, sizeof each_y); \
            MULTIPLY_ADD(sum, each_x, each_y);                \
        }                                                     \
        *result = R(sum);                                     \
    }

#define FROM_REAL(sum) ((RtComplex128){(double)(sum), 0})
#define FROM_COMPLEX(sum) ((RtComplex128){(double)(sum).re, (double)(sum).im})

SUM(sum_float, float, FROM_REAL, REAL_MULTIPLY_ADD)
SUM(sum_double, double, FROM_REAL, REAL_MULTIPLY_ADD)
SUM(sum_complex64, RtComplex64, FROM_COMPLEX, COMPLEX_MULTIPLY_ADD)
SUM(sum_complex128, RtComplex128, FROM_COMPLEX, COMPLEX_MULTIPLY_ADD)

/* ---- kinds ------------------------------------------------------------------------------------ */

/* What differs between the element types: one row each, by NumPy's character. */
typedef struct Kind {
    char dtype;
    uint8_t size;
    Loops *loops;
    void (*sum)(const Vectors *v, RtComplex128 *result);
    size_t gemm, gemv; /* offsets in RtBlas */
} Kind;

static const Kind kinds[] = {
    {'f', 4, loops_float, sum_float, offsetof(RtBlas, sgemm), offsetof(RtBlas, sgemv)},
    {'d', 8, loops_double, sum_double, offsetof(RtBlas, dgemm), offsetof(RtBlas, dgemv)},
    {'F', 8, loops_complex64, sum_complex64, offsetof(RtBlas, cgemm), offsetof(RtBlas, cgemv)},
    {'D', 16, loops_complex128, sum_complex128, offsetof(RtBlas, zgemm),
     offsetof(RtBlas, zgemv)},
};

static const Kind *kind_of(int32_t dtype)
{
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (kinds[i].dtype == dtype)
            return &kinds[i];
    return NULL;
}

static RtGemm *gemm_of(const RtBlas *blas, const Kind *kind)
{
    return blas ? *(RtGemm *const *)((const char *)blas + kind->gemm) : NULL;
}

static RtGemv *gemv_of(const RtBlas *blas, const Kind *kind)
{
    return blas ? *(RtGemv *const *)((const char *)blas + kind->gemv) : NULL;
}

static Matrix matrix_open(const RtArray *array, bool is_left)
{
    const int64_t *strides = array->shape + array->ndim;
    int64_t size = array->itemsize;
    Matrix matrix = {
        .data = array->data, .rows = 1, .columns = 1, .is_strided_in_elements = true};
    if (array->ndim == 2 || !is_left) {
        matrix.rows = array->shape[0];
        matrix.row_stride = strides[0] / size;
    }
    if (array->ndim == 2 || is_left) {
        matrix.columns = array->shape[array->ndim - 1];
        matrix.column_stride = strides[array->ndim - 1] / size;
    }
    for (int32_t i = 0; i < array->ndim; i++)
        if (strides[i] % size != 0)
            matrix.is_strided_in_elements = false;
    if (array->ndim == 1 && is_left)
        matrix.row_stride = matrix.columns;
    if (array->ndim == 1 && !is_left)
        matrix.column_stride = 1;
    return matrix;
}

static void matrix_close(Matrix *matrix)
{
    free(matrix->copy);
}

static bool is_row_major(const Matrix *m)
{
    return m->is_strided_in_elements && (m->column_stride == 1 || m->columns == 1) &&
           m->row_stride >= m->columns && m->row_stride > 0;
}

static bool is_column_major(const Matrix *m)
{
    return m->is_strided_in_elements && (m->row_stride == 1 || m->rows == 1) &&
           m->column_stride >= m->rows && m->column_stride > 0;
}

/* Replaces the matrix by a row-major copy. False: no memory. */
static bool matrix_pack(Matrix *matrix, const RtArray *array)
{
    size_t size = (size_t)array->itemsize;
    matrix->copy = malloc((size_t)matrix->rows * (size_t)matrix->columns * size);
    if (!matrix->copy)
        return false;
    alignas(RtArray) char storage[sizeof(RtArray) + 4 * sizeof(int64_t)];
    RtArray *packed = memcpy(storage, array, sizeof *array);
    packed->data = matrix->copy;
    for (int32_t i = 0; i < array->ndim; i++)
        packed->shape[i] = array->shape[i];
    int64_t stride = array->itemsize;
    for (int32_t i = array->ndim; i-- > 0; stride *= array->shape[i])
        packed->shape[array->ndim + i] = stride;
    rt_array_copy(packed, array);
    matrix->data = matrix->copy;
    matrix->row_stride = matrix->columns;
    matrix->column_stride = 1;
    matrix->is_strided_in_elements = true;
    return true;
}

/* One, zero: of any of the four types. */
static const RtComplex128 one_double = {1, 0}, zero_double = {0, 0};
static const RtComplex64 one_float = {1, 0};

static const void *one_of(const Kind *kind)
{
    bool is_single = kind->dtype == 'f' || kind->dtype == 'F';
    return is_single ? (const void *)&one_float : &one_double;
}

static Matrix transposed(const Matrix *m)
{
    Matrix turned = *m;
    turned.rows = m->columns;
    turned.columns = m->rows;
    turned.row_stride = m->column_stride;
    turned.column_stride = m->row_stride;
    return turned;
}

/* y = a·x for a vector whose elements are `incx` apart. */
static void multiply_vector(RtGemv *gemv, const Kind *kind, char *y, const Matrix *a,
                            const char *x, int64_t incx)
{
    bool is_rows = is_row_major(a);
    int64_t one = 1, lda = is_rows ? a->row_stride : a->column_stride;
    const int64_t *m = is_rows ? &a->columns : &a->rows, *n = is_rows ? &a->rows : &a->columns;
    gemv(is_rows ? "T" : "N", m, n, one_of(kind), a->data, &lda, x, &incx, &zero_double, y,
         &one);
}

/* Elements are `dx` and `dy` bytes apart. False: BLAS cannot do it. */
static bool dot_blas(const RtBlas *blas, const Kind *kind, const Vectors *v,
                     RtComplex128 *result)
{
    int64_t size = kind->size, dx = v->dx / size, dy = v->dy / size;
    bool fits = v->dx > 0 && v->dy > 0 && v->dx % size == 0 && v->dy % size == 0;
    if (!blas || !fits ||
        (!blas->is_ilp64 && (v->n > INT32_MAX || dx > INT32_MAX || dy > INT32_MAX)))
        return false;
    if (kind->dtype == 'f' && blas->sdot) {
        *result = FROM_REAL(blas->sdot(v->n, v->x, dx, v->y, dy));
    } else if (kind->dtype == 'd' && blas->ddot) {
        *result = FROM_REAL(blas->ddot(v->n, v->x, dx, v->y, dy));
    } else if (kind->dtype == 'F' && blas->cdotu_sub) {
        RtComplex64 dot;
        blas->cdotu_sub(v->n, v->x, dx, v->y, dy, &dot);
        *result = FROM_COMPLEX(dot);
    } else if (kind->dtype == 'D' && blas->zdotu_sub) {
        blas->zdotu_sub(v->n, v->x, dx, v->y, dy, result);
    } else {
        return false;
    }
    return true;
}

static void dot(const RtBlas *blas, const Kind *kind, const Vectors *v, RtComplex128 *result)
{
    if (!dot_blas(blas, kind, v, result))
        kind->sum(v, result);
}

static void multiply_vectors(const RtBlas *blas, const Kind *kind, char *c, const Matrix *a,
                             const Matrix *b)
{
    RtComplex128 sum;
    int64_t dx = a->columns == 1 ? 1 : a->column_stride, dy = b->rows == 1 ? 1 : b->row_stride;
    Vectors v = {a->columns, dx * kind->size, dy * kind->size, a->data, b->data};
    dot(blas, kind, &v, &sum);
    if (kind->dtype == 'f')
        *(float *)c = (float)sum.re;
    else if (kind->dtype == 'd')
        *(double *)c = sum.re;
    else if (kind->dtype == 'F')
        *(RtComplex64 *)c = (RtComplex64){(float)sum.re, (float)sum.im};
    else
        *(RtComplex128 *)c = sum;
}

/* As NumPy does: a vector on either side is gemv's, two are dot's, whose sums round otherwise than gemm's. */
static void multiply_blas(const RtBlas *blas, const Kind *kind, char *c, const Matrix *a,
                          const Matrix *b)
{
    RtGemm *gemm = gemm_of(blas, kind);
    RtGemv *gemv = gemv_of(blas, kind);
    if (a->rows == 1 && b->columns == 1) {
        multiply_vectors(blas, kind, c, a, b);
        return;
    }
    if (gemv && b->columns == 1) {
        multiply_vector(gemv, kind, c, a, b->data, b->rows == 1 ? 1 : b->row_stride);
        return;
    }
    if (gemv && a->rows == 1) {
        Matrix turned = transposed(b);
        multiply_vector(gemv, kind, c, &turned, a->data,
                        a->columns == 1 ? 1 : a->column_stride);
        return;
    }
    const void *alpha = one_of(kind);
    const char *trans_b = is_row_major(b) ? "N" : "T", *trans_a = is_row_major(a) ? "N" : "T";
    int64_t ldb = *trans_b == 'N' ? b->row_stride : b->column_stride;
    int64_t lda = *trans_a == 'N' ? a->row_stride : a->column_stride;
    gemm(trans_b, trans_a, &b->columns, &a->rows, &a->columns, alpha, b->data, &ldb, a->data,
         &lda, &zero_double, c, &b->columns);
}

static bool fits_lp64(const Matrix *m)
{
    return m->rows <= INT32_MAX && m->columns <= INT32_MAX && m->row_stride <= INT32_MAX &&
           m->column_stride <= INT32_MAX;
}

static bool is_packed(const Matrix *m)
{
    return is_row_major(m) && (m->row_stride == m->columns || m->rows == 1);
}

/* Shapes fit and `to` overlaps neither: the compiled code has seen to it. */
int32_t rt_matmul(RtCtx *ctx, const RtArray *to, const RtArray *a, const RtArray *b)
{
    const Kind *kind = kind_of(to->dtype);
    assert(kind && a->dtype == to->dtype && b->dtype == to->dtype);
    Matrix left = matrix_open(a, true), right = matrix_open(b, false);
    assert(left.columns == right.rows);
    size_t bytes = (size_t)left.rows * (size_t)right.columns * (size_t)to->itemsize;
    if (bytes == 0 || left.columns == 0) {
        memset(to->data, 0, bytes);
        return 0;
    }
    RtGemm *gemm = gemm_of(ctx->blas, kind);
    if (gemm && !ctx->blas->is_ilp64 && !(fits_lp64(&left) && fits_lp64(&right)))
        gemm = NULL;
    bool must_pack_a =
        gemm ? !is_row_major(&left) && !is_column_major(&left) : !is_packed(&left);
    bool must_pack_b =
        gemm ? !is_row_major(&right) && !is_column_major(&right) : !is_packed(&right);
    int32_t status = 0;
    if ((must_pack_a && !matrix_pack(&left, a)) || (must_pack_b && !matrix_pack(&right, b))) {
        status = rt_raise_memory(ctx);
    } else if (gemm) {
        multiply_blas(ctx->blas, kind, to->data, &left, &right);
    } else {
        memset(to->data, 0, bytes);
        kind->loops(to->data, left.data, right.data, left.rows, right.columns, left.columns);
    }
    matrix_close(&left);
    matrix_close(&right);
    return status;
}

/* Of vectors of one length and dtype. */
void rt_dot(RtCtx *ctx, const RtArray *x, const RtArray *y, RtComplex128 *result)
{
    Vectors v = {x->shape[0], x->shape[1], y->shape[1], x->data, y->data};
    assert(kind_of(x->dtype) && x->dtype == y->dtype && v.n == y->shape[0]);
    dot(ctx->blas, kind_of(x->dtype), &v, result);
}
