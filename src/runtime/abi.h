/* What compiled code and the world around it agree on.
 *
 * An entry point is `int32_t entry(RtCtx *ctx, void *results, const void *args)`: 0, or 1 with ctx->error
 * filled. Arguments and results are 8-byte slots (types/layout.h). Functions inside an image take and
 * return parts directly.
 * The functions of abi.def are the imports an image may have besides libm and libcall.def. They keep no
 * state of their own: whatever they need is reached from RtCtx.
 */
#ifndef MARTLET_RUNTIME_ABI_H
#define MARTLET_RUNTIME_ABI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { RT_ERROR_SLOTS = 32, RT_TRACE_DEPTH = 64, RT_MAX_DIMS = 64 };

/* What went wrong. `site` indexes the image's table of sites. */
typedef struct RtError {
    int32_t site;         /* -1: none; below: RT_SITE_* */
    uint32_t trace_count; /* call sites passed on the way out, innermost first */
    uint32_t trace[RT_TRACE_DEPTH];
    uint64_t args[RT_ERROR_SLOTS]; /* the site's args, in slots */
    /* RtException, stored with `site` by whoever raises; RT_EXCEPTION_OBJECT: a class of the user's,
     * which python/ knows from the site. */
    int32_t exception;
} RtError;

enum {
    RT_SITE_NONE = -1,
    RT_SITE_MEMORY = -2,    /* MemoryError */
    RT_SITE_INTERRUPT = -3, /* a signal handler raised: the Python exception is already set */
    RT_SITE_RECURSION = -4, /* RecursionError */
    RT_SITE_RUNTIME = -5,   /* a runtime function failed: error_class and error_text say how */
};

/* Python's own exception classes. */
typedef enum RtException {
    RT_EXCEPTION_OBJECT = -1,
#define EXCEPTION(name, text, parent) RT_EXCEPTION_##name,
#include "runtime/exception.def"
#undef EXCEPTION
    RT_EXCEPTION_COUNT
} RtException;

typedef struct RtComplex64 {
    float re, im;
} RtComplex64;

typedef struct RtComplex128 {
    double re, im;
} RtComplex128;

/* An array as runtime functions see it. Strides are there for every layout. */
typedef struct RtArray {
    void *owner;
    char *data; /* element 0 */
    int32_t ndim;
    int32_t dtype; /* NumPy's type character */
    int64_t itemsize;
    int64_t shape[]; /* dims, then strides in bytes */
} RtArray;

/* Products of a BLAS that somebody else loaded; NULL where there is none. Matrices by its Fortran interface,
 * vectors by that of C, since Fortran's complex results differ between compilers. An LP64 library
 * reads the low halves of our 64-bit integers. */
typedef void RtGemm(const char *trans_a, const char *trans_b, const int64_t *m,
                    const int64_t *n, const int64_t *k, const void *alpha, const void *a,
                    const int64_t *lda, const void *b, const int64_t *ldb, const void *beta,
                    void *c, const int64_t *ldc);

typedef void RtGemv(const char *trans, const int64_t *m, const int64_t *n, const void *alpha,
                    const void *a, const int64_t *lda, const void *x, const int64_t *incx,
                    const void *beta, void *y, const int64_t *incy);
typedef float RtSdot(int64_t n, const void *x, int64_t incx, const void *y, int64_t incy);
typedef double RtDdot(int64_t n, const void *x, int64_t incx, const void *y, int64_t incy);
typedef void RtDotuSub(int64_t n, const void *x, int64_t incx, const void *y, int64_t incy,
                       void *dot);

typedef struct RtBlas {
    bool is_ilp64; /* integers are 64-bit; otherwise sizes from 2^31 go the slow way */
    RtGemm *sgemm, *dgemm, *cgemm, *zgemm;
    RtGemv *sgemv, *dgemv, *cgemv, *zgemv;
    RtSdot *sdot;
    RtDdot *ddot;
    RtDotuSub *cdotu_sub, *zdotu_sub;
} RtBlas;

/* What print formats as format(value, spec) does. */
typedef struct RtFormatted {
    int64_t kind; /* 'b' bool, 'i' int, 'u' unsigned, 'f' float (re), 'c' complex, 's' text, 'r'
                   * its repr */
    int64_t integer;
    double re, im;
    const char *text; /* in UTF-8, as `spec` */
    size_t length;
    const char *spec;
    size_t spec_length;
} RtFormatted;

typedef struct RtCtx RtCtx;
struct RtCtx {
    const char *stack_limit;  /* compiled functions that recurse raise below this address */
    const void *hidden;       /* hidden arguments, in slots */
    int32_t (*poll)(RtCtx *); /* calls back into python/ to see about signals; 1: stop */
    uint64_t next_poll;       /* time in ns before which rt_poll does nothing */
    void *owner;              /* python/'s */
    const char *error_class, *error_text; /* RT_SITE_RUNTIME: the class's name, a static text */
    RtError error;
    /* Where print goes; 0, or 1 with `error` filled. NULL: the C library's stdout. python/ writes to
     * sys.stdout, so that the order with Python's own output holds. */
    int32_t (*write)(RtCtx *, const char *bytes, size_t length);
    int32_t (*format)(RtCtx *, const RtFormatted *value, bool writes); /* NULL: not to be had */
    /* Is the pending exception an instance of the class of `site`, where either is a class of the
     * user's? NULL: never. */
    bool (*match)(RtCtx *, int32_t site);
    const RtBlas *blas; /* NULL: our own loops */
};

/* The memory of an array that compiled code made. Owners in array values point here, or are tagged (bit 0):
 * a Python object borrowed for the length of the call, whose references compiled code does not count. */
typedef struct RtBuffer {
    void *data; /* from malloc: NumPy may take it over and free it, and leaves NULL here */
    size_t size;
    _Atomic(int64_t) references; /* where malloc's lists of what is free leave the last count */
} RtBuffer;

#define RT_IS_BORROWED(owner) (((uintptr_t)(owner) & 1) != 0)

#define ABI(result, name, ...) result name(__VA_ARGS__);
#include "runtime/abi.def"
#undef ABI

#endif
