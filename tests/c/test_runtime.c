/* The runtime: buffers, numbers, output, exceptions, strided arrays and matrix products. Expected
 * numbers and texts are CPython 3.11's and NumPy 2.4's. */
#include <limits.h>
#include <math.h>
#include <pthread.h>
#include <stdlib.h>

#include "check.h"
#include "runtime/raise.h"

enum { OUTPUT_SIZE = 256 };

typedef struct World {
    RtCtx ctx;
    char output[OUTPUT_SIZE];
    size_t length;
    int polls;
} World;

static int32_t write_to_world(RtCtx *ctx, const char *bytes, size_t length)
{
    World *world = ctx->owner;
    if (world->length + length >= OUTPUT_SIZE)
        return 1;
    memcpy(world->output + world->length, bytes, length);
    world->output[world->length += length] = '\0';
    return 0;
}

static void world_open(World *world)
{
    *world = (World){.ctx = {.write = write_to_world}};
    world->ctx.owner = world;
    world->ctx.error.site = RT_SITE_NONE;
}

/* ---- buffers ---- */

static void buffers_of_every_size(void)
{
    World world;
    world_open(&world);
    for (int64_t size = 0; size < (INT64_C(16) << 20); size = size * 3 + 1) {
        for (int32_t zeroed = 0; zeroed < 2; zeroed++) {
            RtBuffer *buffer = rt_buffer_new(&world.ctx, size, zeroed);
            CHECK(buffer && buffer->data && (uintptr_t)buffer->data % 16 == 0);
            CHECK_INT(buffer->size, size);
            CHECK_INT(buffer->references, 1);
            unsigned char *bytes = buffer->data, any = 0;
            for (int64_t i = 0; zeroed && i < size; i++)
                any |= bytes[i];
            CHECK_INT(any, 0);
            memset(bytes, 1, (size_t)size);
            rt_release(buffer);
        }
    }
}

static void refused_memory_is_a_memory_error(void)
{
    World world;
    world_open(&world);
    CHECK(rt_buffer_new(&world.ctx, -1, 0) == NULL);
    CHECK_INT(world.ctx.error.site, RT_SITE_MEMORY);
    CHECK_INT(world.ctx.error.exception, RT_EXCEPTION_MEMORY_ERROR);
}

static void counts_and_tags(void)
{
    World world;
    world_open(&world);
    RtBuffer *buffer = rt_buffer_new(&world.ctx, 100, 0);
    rt_retain(buffer);
    CHECK_INT(buffer->references, 2);
    rt_release(buffer);
    CHECK_INT(buffer->references, 1);
    void *borrowed = (char *)buffer + 1;
    rt_retain(borrowed);
    rt_release(borrowed);
    rt_retain(NULL);
    rt_release(NULL);
    CHECK_INT(buffer->references, 1);
    free(buffer->data); /* as when NumPy has taken it over */
    buffer->data = NULL;
    rt_release(buffer);
}

static void *retain_and_release(void *buffer)
{
    for (int i = 0; i < 10000; i++) {
        rt_retain(buffer);
        rt_release(buffer);
    }
    return NULL;
}

static void counts_from_several_threads(void)
{
    World world;
    world_open(&world);
    RtBuffer *buffer = rt_buffer_new(&world.ctx, 100, 0);
    pthread_t threads[4];
    for (int i = 0; i < 4; i++)
        CHECK(pthread_create(&threads[i], NULL, retain_and_release, buffer) == 0);
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    CHECK_INT(buffer->references, 1);
    rt_release(buffer);
}

static int32_t stop_at_second_poll(RtCtx *ctx)
{
    World *world = ctx->owner;
    return ++world->polls == 2;
}

static void poll_asks_rarely(void)
{
    World world;
    world_open(&world);
    world.ctx.poll = stop_at_second_poll;
    for (int i = 0; i < 100; i++)
        CHECK_INT(rt_poll(&world.ctx), 0);
    CHECK_INT(world.polls, 1);
    world.ctx.next_poll = 0;
    CHECK_INT(rt_poll(&world.ctx), 1);
    CHECK_INT(world.ctx.error.site, RT_SITE_INTERRUPT);
}

/* ---- numbers ---- */

static void decimal_rounding_is_exact(void)
{
    CHECK(rt_round_decimal(2.675, 2) == 2.67); /* the double is below the tie */
    CHECK(rt_round_decimal(0.125, 2) == 0.12);
    CHECK(rt_round_decimal(0.375, 2) == 0.38);
    CHECK(rt_round_decimal(2.5, 0) == 2);
    CHECK(signbit(rt_round_decimal(-0.4, 0)));
    CHECK(rt_round_decimal(1e300, 22) == 1e300);
    CHECK(rt_round_decimal(0x1p-24, 23) == 5.960464477539062e-08); /* a tie */
    CHECK(rt_round_decimal(5e-324, 323) == 0);
    CHECK(rt_round_decimal(8e-323, 322) == 1e-322);
    CHECK(rt_round_decimal(25, -1) == 20);
    CHECK(rt_round_decimal(-35, -1) == -40);
    CHECK(rt_round_decimal(1e22, -22) == 1e22);
    CHECK(rt_round_decimal(5e22, -23) == 0);
    CHECK(rt_round_decimal(1.5e23, -23) == 2e23); /* the double is above the tie */
    CHECK(rt_round_decimal(9.7e307, -307) == 1e308);
    CHECK(isinf(rt_round_decimal(1.7e308, -308)));
}

static void int_truediv_rounds_once(void)
{
    CHECK(rt_int_truediv(1, 3) == 1.0 / 3.0);
    CHECK(rt_int_truediv(-7, 2) == -3.5);
    CHECK(rt_int_truediv(0, INT64_MIN) == 0);
    CHECK(rt_int_truediv(INT64_MIN, INT64_MIN) == 1);
    CHECK(rt_int_truediv(INT64_MIN, -1) == 0x1p63);
    CHECK(rt_int_truediv(INT64_MIN, 1) == -0x1p63);
    CHECK(rt_int_truediv(1, INT64_MIN) == -0x1p-63);
    CHECK(rt_int_truediv(INT64_MAX, 3) == 0x1.5555555555555p+61);
    /* where dividing the rounded operands is off by one */
    CHECK(rt_int_truediv(INT64_C(9007199254740993), INT64_C(9007199254740991)) ==
          0x1.0000000000001p+0);
    CHECK(rt_int_truediv(INT64_C(9223372036854775805), INT64_C(9223372036854775807)) == 1);
    CHECK(rt_int_truediv(INT64_C(6004799503160661), INT64_C(36028797018963969)) ==
          0x1.5555555555555p-3);
}

typedef struct Power {
    double a_re, a_im, b_re, b_im;
    RtException error; /* RT_EXCEPTION_OBJECT: none */
    double re, im;
} Power;

static void complex_powers_as_cpython(void)
{
    static const Power powers[] = {
        {2, 0, 0.5, 0, RT_EXCEPTION_OBJECT, 0x1.6a09e667f3bcdp+0, 0},
        {1, 2, 3, 0, RT_EXCEPTION_OBJECT, -11, -2},
        {1, 2, -2, 0, RT_EXCEPTION_OBJECT, -0.12, -0.16},
        {0, 0, 0, 0, RT_EXCEPTION_OBJECT, 1, 0},
        {0, 0, 2.5, 0, RT_EXCEPTION_OBJECT, 0, 0},
        {0, 0, -1, 0, RT_EXCEPTION_ZERO_DIVISION_ERROR, 0, 0},
        {0, 0, -1.5, 0, RT_EXCEPTION_ZERO_DIVISION_ERROR, 0, 0},
        {0, 0, 1, 1, RT_EXCEPTION_ZERO_DIVISION_ERROR, 0, 0},
        {1e200, 0, 2, 0, RT_EXCEPTION_OVERFLOW_ERROR, 0, 0},
        {1e200, 1, 50.5, 0, RT_EXCEPTION_OVERFLOW_ERROR, 0, 0},
    };
    World world;
    world_open(&world);
    for (size_t i = 0; i < sizeof powers / sizeof powers[0]; i++) {
        const Power *p = &powers[i];
        RtComplex128 got;
        int32_t status =
            rt_complex_pow(&world.ctx, p->a_re, p->a_im, p->b_re, p->b_im, 13, &got);
        CHECK_INT(status, p->error != RT_EXCEPTION_OBJECT);
        if (status)
            CHECK_INT(world.ctx.error.exception, p->error);
        else
            CHECK(got.re == p->re && got.im == p->im);
    }
}

/* From Python 3.14 on; the interpreter's own answers. */
static void complex_infinities_as_cpython(void)
{
    const double inf = (double)INFINITY, nan = (double)NAN;
    RtComplex128 got;
    rt_complex_mul(inf, nan, 2, -1, &got);
    CHECK(got.re == inf && got.im == -inf);
    rt_complex_mul(nan, 1, -inf, inf, &got);
    CHECK(got.re == -inf && got.im == -inf);
    rt_complex_mul(1e200, nan, 1e200, nan, &got);
    CHECK(got.re == inf && isnan(got.im));
    rt_complex_mul(nan, 1, 1, 1, &got);
    CHECK(isnan(got.re) && isnan(got.im));
    rt_complex_div(inf, inf, 1, 0, &got);
    CHECK(got.re == inf && got.im == inf);
    rt_complex_div(1, 1, -inf, inf, &got);
    CHECK(got.re == 0 && !signbit(got.re) && got.im == 0 && signbit(got.im));
    rt_real_div(1, 0, 2, &got);
    CHECK(got.re == 0 && got.im == -0.5);
    rt_real_div(3, -inf, inf, &got);
    CHECK(got.re == 0 && signbit(got.re) && got.im == 0 && signbit(got.im));
}

static void complex_powers_as_numpy(void)
{
    RtComplex128 got;
    rt_cpow(1, 2, 3, 0, &got);
    CHECK(got.re == -11 && got.im == -2);
    rt_cpow(0, 0, 0, 0, &got);
    CHECK(got.re == 1 && got.im == 0);
    rt_cpow(0, 0, -1, 0, &got);
    CHECK(isnan(got.re) && isnan(got.im));
    rt_cpow(0, 0, 1, 5, &got);
    CHECK(got.re == 0 && got.im == 0);
    RtComplex64 single;
    rt_cpowf(1, 2, -2, 0, &single);
    CHECK(single.re == -0.12F && single.im == -0.16F);
}

/* ---- print ---- */

static void printed_numbers(void)
{
    World world;
    world_open(&world);
    RtCtx *ctx = &world.ctx;
    CHECK_INT(rt_print_int(ctx, INT64_MIN), 0);
    rt_print_text(ctx, " ", 1);
    rt_print_uint(ctx, UINT64_MAX);
    rt_print_text(ctx, " ", 1);
    rt_print_double(ctx, 1e16);
    rt_print_text(ctx, " ", 1);
    rt_print_double(ctx, -0.1);
    CHECK_TEXT(world.output, "-9223372036854775808 18446744073709551615 1e+16 -0.1");
}

static void printed_float32(void)
{
    static const struct {
        float value;
        const char *text;
    } cases[] = {
        {0.1F, "0.1"},
        {1e-4F, "1e-04"},
        {1.5e-4F, "0.00015"},
        {999999, "999999.0"},
        {1e6F, "1e+06"},
        {0, "0.0"},
        {-0.0F, "-0.0"},
        {(float)INFINITY, "inf"},
        {16777216, "1.6777216e+07"},
        {1e-45F, "1e-45"},
        {3, "3.0"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        World world;
        world_open(&world);
        rt_print_float32(&world.ctx, cases[i].value);
        CHECK_TEXT(world.output, cases[i].text);
    }
}

static void printed_float16(void)
{
    static const struct {
        float value;
        const char *text;
    } cases[] = {
        {0.0999755859375F, "0.1"},
        {65504, "6.55e+04"},
        {2048, "2.048e+03"},
        {5.960464477539063e-8F, "6e-08"},
        {0.00010001659393310547F, "0.0001"},
        {1.5020370483398438e-5F, "1.5e-05"},
        {999, "999.0"},
        {1000, "1e+03"},
        {-0.5F, "-0.5"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        World world;
        world_open(&world);
        rt_print_float16(&world.ctx, cases[i].value);
        CHECK_TEXT(world.output, cases[i].text);
    }
}

static void printed_complex(void)
{
    World world;
    world_open(&world);
    RtCtx *ctx = &world.ctx;
    rt_print_complex(ctx, 1, 2.5);
    rt_print_complex(ctx, 0, -2);
    rt_print_complex(ctx, -0.0, -0.0);
    rt_print_complex(ctx, (double)NAN, (double)INFINITY);
    rt_print_complex64(ctx, 1e16F, 0.1F);
    CHECK_TEXT(world.output, "(1+2.5j)-2j(-0-0j)(nan+infj)(1e+16+0.1j)");
}

/* ---- exceptions ---- */

static bool match_user_class(RtCtx *ctx, int32_t site)
{
    (void)ctx;
    return site == 7;
}

static void exceptions_match_their_parents(void)
{
    World world;
    world_open(&world);
    RtCtx *ctx = &world.ctx;
    rt_raise(ctx, RT_EXCEPTION_INDEX_ERROR, "index");
    CHECK_TEXT(ctx->error_class, "IndexError");
    CHECK_INT(ctx->error.site, RT_SITE_RUNTIME);
    CHECK(rt_error_is(ctx, RT_EXCEPTION_INDEX_ERROR, 0));
    CHECK(rt_error_is(ctx, RT_EXCEPTION_LOOKUP_ERROR, 0));
    CHECK(rt_error_is(ctx, RT_EXCEPTION_BASE_EXCEPTION, 0));
    CHECK(!rt_error_is(ctx, RT_EXCEPTION_KEY_ERROR, 0));
    CHECK(!rt_error_is(ctx, RT_EXCEPTION_OBJECT, 7));
    ctx->match = match_user_class;
    CHECK(rt_error_is(ctx, RT_EXCEPTION_OBJECT, 7));
    ctx->error.exception = RT_EXCEPTION_OBJECT;
    CHECK(rt_error_is(ctx, RT_EXCEPTION_VALUE_ERROR, 7));
    CHECK(!rt_error_is(ctx, RT_EXCEPTION_VALUE_ERROR, 8));
}

static void exceptions_by_name(void)
{
    CHECK_INT(rt_exception_from_name("ValueError"), RT_EXCEPTION_VALUE_ERROR);
    CHECK_INT(rt_exception_from_name("IOError"), RT_EXCEPTION_OS_ERROR);
    CHECK_INT(rt_exception_from_name("MyError"), RT_EXCEPTION_OBJECT);
    for (int i = 0; i < RT_EXCEPTION_COUNT; i++) {
        CHECK_INT(rt_exception_from_name(rt_exception_name((RtException)i)), i);
        CHECK(rt_exception_is((RtException)i, RT_EXCEPTION_BASE_EXCEPTION));
    }
}

/* ---- arrays ---- */

enum { DIMS_MAX = 4 };

typedef union AnyArray {
    RtArray array;
    char storage[sizeof(RtArray) + 2 * DIMS_MAX * sizeof(int64_t)];
} AnyArray;

/* Strides in elements. */
static const RtArray *array_init(AnyArray *any, void *data, char dtype, int64_t size,
                                 int32_t ndim, const int64_t *dims, const int64_t *strides)
{
    any->array = (RtArray){.data = data, .ndim = ndim, .dtype = dtype, .itemsize = size};
    for (int32_t i = 0; i < ndim; i++) {
        any->array.shape[i] = dims[i];
        any->array.shape[ndim + i] = strides[i] * size;
    }
    return &any->array;
}

static void copies_of_any_strides(void)
{
    static const int64_t dims[3] = {5, 37, 41};
    static const int64_t orders[][3] = {
        {1517, 41, 1}, {1, 5, 185}, {41, 205, 1}, {1517, 1, 37}};
    enum { COUNT = 5 * 37 * 41 };
    static int64_t from[COUNT], to[COUNT];
    for (int64_t i = 0; i < COUNT; i++)
        from[i] = i;
    for (int x = 0; x < 4; x++)
        for (int y = 0; y < 4; y++) {
            AnyArray a, b;
            memset(to, 0, sizeof to);
            rt_array_copy(array_init(&a, to, 'l', 8, 3, dims, orders[x]),
                          array_init(&b, from, 'l', 8, 3, dims, orders[y]));
            int wrong = 0;
            for (int64_t i = 0; i < COUNT; i++) {
                int64_t j = i / 1517, k = i / 41 % 37, l = i % 41;
                wrong += to[j * orders[x][0] + k * orders[x][1] + l * orders[x][2]] !=
                         from[j * orders[y][0] + k * orders[y][1] + l * orders[y][2]];
            }
            CHECK_INT(wrong, 0);
        }
}

static void copies_of_every_item_size(void)
{
    static const int64_t sizes[] = {1, 2, 3, 4, 8, 12, 16};
    for (int i = 0; i < 7; i++) {
        char from[16 * 6], to[16 * 3];
        for (int j = 0; j < (int)sizeof from; j++)
            from[j] = (char)j;
        AnyArray a, b;
        rt_array_copy(array_init(&a, to, 'V', sizes[i], 1, (int64_t[]){3}, (int64_t[]){1}),
                      array_init(&b, from + 5 * sizes[i], 'V', sizes[i], 1, (int64_t[]){3},
                                 (int64_t[]){-2}));
        for (int64_t j = 0; j < 3; j++)
            CHECK(memcmp(to + j * sizes[i], from + (5 - 2 * j) * sizes[i], (size_t)sizes[i]) ==
                  0);
    }
}

static bool overlaps(double *a, int64_t dim_a, int64_t step_a, double *b, int64_t dim_b,
                     int64_t step_b)
{
    AnyArray x, y;
    return rt_array_overlap(array_init(&x, a, 'd', 8, 1, &dim_a, &step_a),
                            array_init(&y, b, 'd', 8, 1, &dim_b, &step_b));
}

static void overlap_of_vectors(void)
{
    double data[32];
    CHECK(!overlaps(data, 10, 1, data, 10, 1)); /* element by element */
    CHECK(overlaps(data, 10, 1, data + 1, 10, 1));
    CHECK(!overlaps(data, 10, 1, data + 10, 10, 1));
    CHECK(overlaps(data + 9, 10, -1, data, 10, 1)); /* reversed */
    CHECK(!overlaps(data, 10, 2, data + 1, 10, 2)); /* interleaved */
    CHECK(overlaps(data, 10, 2, data + 2, 10, 2));
    CHECK(!overlaps(data, 0, 1, data, 10, 1));
}

/* NOLINTNEXTLINE(readability-function-size): BLAS has it so */
static void fake_dgemm(const char *trans_a, const char *trans_b, const int64_t *m,
                       const int64_t *n, const int64_t *k, const void *alpha, const void *a,
                       const int64_t *lda, const void *b, const int64_t *ldb, const void *beta,
                       void *c, const int64_t *ldc)
{
    const double *x = a, *y = b;
    double *z = c;
    CHECK(*(const double *)alpha == 1 && *(const double *)beta == 0);
    for (int64_t i = 0; i < *m; i++)
        for (int64_t j = 0; j < *n; j++) {
            double sum = 0;
            for (int64_t p = 0; p < *k; p++)
                sum += (*trans_a == 'N' ? x[i + p * *lda] : x[p + i * *lda]) *
                       (*trans_b == 'N' ? y[p + j * *ldb] : y[j + p * *ldb]);
            z[i + j * *ldc] = sum;
        }
}

/* Small integers, so that every order of summation is exact. */
static void check_matmul(const RtBlas *blas, int64_t m, int64_t n, int64_t k, bool a_turned,
                         bool b_turned, int64_t step)
{
    World world;
    world_open(&world);
    world.ctx.blas = blas;
    static double a[10000], b[10000], c[10000];
    for (int64_t i = 0; i < 10000; i++) {
        a[i] = (double)(i * 7 % 11 - 5);
        b[i] = (double)(i * 5 % 13 - 6);
    }
    int64_t a_strides[2] = {a_turned ? step : k * step, a_turned ? m * step : step};
    int64_t b_strides[2] = {b_turned ? step : n * step, b_turned ? k * step : step};
    AnyArray x, y, z;
    int32_t status = rt_matmul(
        &world.ctx, array_init(&z, c, 'd', 8, 2, (int64_t[]){m, n}, (int64_t[]){n, 1}),
        array_init(&x, a, 'd', 8, 2, (int64_t[]){m, k}, a_strides),
        array_init(&y, b, 'd', 8, 2, (int64_t[]){k, n}, b_strides));
    CHECK_INT(status, 0);
    int wrong = 0;
    for (int64_t i = 0; i < m; i++)
        for (int64_t j = 0; j < n; j++) {
            double sum = 0;
            for (int64_t p = 0; p < k; p++)
                sum += a[i * a_strides[0] + p * a_strides[1]] *
                       b[p * b_strides[0] + j * b_strides[1]];
            wrong += c[i * n + j] != sum;
        }
    CHECK_INT(wrong, 0);
}

static void matrix_products(void)
{
    static const RtBlas blas = {.is_ilp64 = true, .dgemm = fake_dgemm};
    static const int64_t shapes[][3] = {{1, 1, 1},   {3, 4, 5}, {1, 7, 3}, {7, 1, 3},
                                        {70, 5, 65}, {4, 4, 0}, {0, 3, 3}};
    for (int with = 0; with < 2; with++)
        for (int i = 0; i < 7; i++)
            for (int turned = 0; turned < 4; turned++)
                for (int64_t step = 1; step < 3; step++)
                    check_matmul(with ? &blas : NULL, shapes[i][0], shapes[i][1], shapes[i][2],
                                 turned & 1, turned & 2, step);
}

static void products_of_vectors_and_complex(void)
{
    World world;
    world_open(&world);
    RtComplex64 a[4] = {{1, 2}, {3, 4}, {5, 6}, {7, 8}}, v[2] = {{1, -1}, {2, 0}},
                c[2] = {{0, 0}};
    const int64_t two = 2, unit = 1;
    AnyArray x, y, z;
    rt_matmul(&world.ctx, array_init(&z, c, 'F', 8, 1, &two, &unit),
              array_init(&x, a, 'F', 8, 2, (int64_t[]){2, 2}, (int64_t[]){2, 1}),
              array_init(&y, v, 'F', 8, 1, &two, &unit));
    CHECK(c[0].re == 9 && c[0].im == 9 && c[1].re == 25 && c[1].im == 17);
    rt_matmul(&world.ctx, array_init(&z, c, 'F', 8, 0, NULL, NULL),
              array_init(&x, a, 'F', 8, 1, &two, &unit),
              array_init(&y, v, 'F', 8, 1, &two, &unit));
    CHECK(c[0].re == 9 && c[0].im == 9);
}

CHECK_MAIN(CHECK_TEST(buffers_of_every_size), CHECK_TEST(refused_memory_is_a_memory_error),
           CHECK_TEST(counts_and_tags), CHECK_TEST(counts_from_several_threads),
           CHECK_TEST(poll_asks_rarely), CHECK_TEST(int_truediv_rounds_once),
           CHECK_TEST(decimal_rounding_is_exact), CHECK_TEST(complex_powers_as_cpython),
           CHECK_TEST(complex_infinities_as_cpython), CHECK_TEST(complex_powers_as_numpy),
           CHECK_TEST(printed_numbers), CHECK_TEST(printed_float32),
           CHECK_TEST(printed_float16), CHECK_TEST(printed_complex),
           CHECK_TEST(exceptions_match_their_parents), CHECK_TEST(exceptions_by_name),
           CHECK_TEST(copies_of_any_strides), CHECK_TEST(copies_of_every_item_size),
           CHECK_TEST(overlap_of_vectors), CHECK_TEST(matrix_products),
           CHECK_TEST(products_of_vectors_and_complex))
