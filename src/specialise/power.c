/* Powers. Integers by squaring: a known exponent is unrolled, others loop. Complex numbers follow CPython's
 * complex_pow (c_powi for small integers) and NumPy's npy_cpow, whose results differ in last bits. */
#include "specialise/power.h"

enum { UNROLLED_EXPONENT = 1024 };

static Value *product(Spec *s, Value *x, Value *y, const Site *overflow)
{
    return overflow ? build_checked(&s->b, OP_MUL_X, x, y, overflow)
                    : build_binary(&s->b, OP_MUL, x, y);
}

static Value *unrolled(Spec *s, Value *base, __int128 exponent, const Site *overflow)
{
    if (exponent == 0)
        return build_scalar_int(&s->b, base->type->scalar, 1);
    Value *square = base;
    for (; !(exponent & 1); exponent >>= 1)
        square = product(s, square, square, overflow);
    Value *result = square;
    while (exponent >>= 1) {
        square = product(s, square, square, overflow);
        if (exponent & 1)
            result = product(s, result, square, overflow);
    }
    return result;
}

/* loop (r = 1, b = base, e = exponent) { r' = e & 1 ? r*b : r; e >>= 1; if e == 0: break r'; b = b*b }
 * The exponent is not negative; as an unsigned number it may be above 2⁶³. */
static Value *looped(Spec *s, Value *base, Value *exponent, const Site *overflow)
{
    const Type *type = base->type, *integer = spec_scalar(s, SCALAR_UINT64);
    Value *zero = build_scalar_int(&s->b, SCALAR_UINT64, 0),
          *one = build_scalar_int(&s->b, SCALAR_UINT64, 1);
    exponent = build_convert(&s->b, exponent, integer);
    Value *inits[3] = {build_scalar_int(&s->b, type->scalar, 1), base, exponent};
    Op *loop = build_control(&s->b, OP_LOOP, inits, 3, &type, 1);
    Region *body = &loop->regions[0];
    Value *r = ir_param_add(body, type, NULL), *b = ir_param_add(body, type, NULL);
    Value *e = ir_param_add(body, integer, NULL);
    Build outer = s->b;
    s->b.region = body;
    s->b.before = NULL;
    Value *odd = build_compare(&s->b, OP_NE, build_binary(&s->b, OP_AND, e, one), zero);
    SpecIf branch = spec_if(s, odd, &type, 1);
    Value *multiplied = product(s, r, b, overflow);
    spec_else(s, &branch, &multiplied, 1);
    spec_end(s, &branch, &r, 1);
    Value *next = op_result(branch.op, 0);
    Value *rest = build_binary(&s->b, OP_SHR, e, one);
    Value *done = build_compare(&s->b, OP_EQ, rest, zero);
    SpecIf stop = spec_if(s, done, NULL, 0);
    build_terminator(&s->b, OP_BREAK, loop, &next, 1);
    spec_else(s, &stop, NULL, 0);
    spec_end(s, &stop, NULL, 0);
    Value *again[3] = {next, product(s, b, b, overflow), rest};
    build_terminator(&s->b, OP_CONTINUE, loop, again, 3);
    s->b = outer;
    return op_result(loop, 0);
}

Value *power_integer(Spec *s, Value *base, Value *exponent, const Site *overflow)
{
    Constant storage;
    const Constant *known = build_known(exponent, &storage);
    if (known && known->kind == CONSTANT_INT && known->integer >= 0 &&
        known->integer <= UNROLLED_EXPONENT)
        return unrolled(s, base, known->integer, overflow);
    return looped(s, base, exponent, overflow);
}

/* ---- complex -------------------------------------------------------------------------------------------- */

static Value *complex_one(Spec *s, const Type *type)
{
    ScalarKind real = scalar_real(type->scalar);
    Value *parts[2] = {build_float(&s->b, real, 1.0), build_float(&s->b, real, 0.0)};
    return build_op(&s->b, OP_COMPLEX, type, parts, 2, (Attr){0});
}

/* c_powu: starts from 1 and multiplies it, so that signed zeros come out as in CPython; but x**2 is x*x. */
static Value *complex_unrolled(Spec *s, Value *x, __int128 n, bool python)
{
    if (n == 1 && !python)
        return x;
    if (n == 2)
        return build_binary(&s->b, OP_MUL, x, x);
    if (n == 3 && !python)
        return build_binary(&s->b, OP_MUL, x, build_binary(&s->b, OP_MUL, x, x));
    Value *result = complex_one(s, x->type), *square = x;
    for (__int128 mask = 1; mask <= n; mask <<= 1) {
        if (n & mask)
            result = build_binary(&s->b, OP_MUL, result, square);
        if (mask << 1 <= n)
            square = build_binary(&s->b, OP_MUL, square, square);
    }
    return result;
}

/* The runtime's power: CPython's, which may raise, for Python numbers; NumPy's for the others. */
static Value *complex_runtime(Spec *s, Value *x, Value *y)
{
    ScalarKind kind = x->type->scalar;
    const char *name = scalar_is_weak(kind)       ? "rt_complex_pow"
                       : kind == SCALAR_COMPLEX64 ? "rt_cpowf"
                                                  : "rt_cpow";
    Value *args[3] = {x, y};
    if (scalar_is_weak(kind))
        args[2] = build_int(&s->b, s->c->options.python_minor);
    Attr attr = {.name = intern_cstr(s->c->names, name)};
    return build_op(&s->b, OP_CALL_RUNTIME, x->type, args, args[2] ? 3 : 2, attr);
}

static Value *is_finite_part(Spec *s, Value *z, OpCode part)
{
    const Type *type = spec_scalar(s, scalar_real(z->type->scalar));
    Value *x = build_op(&s->b, part, type, &z, 1, (Attr){0});
    return build_compare(&s->b, OP_EQ, build_binary(&s->b, OP_SUB, x, x),
                         build_float(&s->b, type->scalar, 0.0));
}

/* Python's power by a small constant: where it leaves the finite numbers, the runtime says how it ends. */
static Value *complex_checked(Spec *s, Value *x, Value *y, __int128 n)
{
    Value *power = complex_unrolled(s, x, n, true);
    Value *fine = build_binary(&s->b, OP_AND, is_finite_part(s, power, OP_REAL),
                               is_finite_part(s, power, OP_IMAG));
    SpecIf branch = spec_if(s, fine, &x->type, 1);
    spec_else(s, &branch, &power, 1);
    Value *slow = complex_runtime(s, x, y);
    spec_end(s, &branch, &slow, 1);
    return op_result(branch.op, 0);
}

Value *power_complex(Spec *s, Value *x, Value *y, Value *exponent)
{
    bool python = scalar_is_weak(x->type->scalar);
    Constant storage;
    const Constant *known = build_known(exponent, &storage);
    __int128 n = -1;
    if (known && known->kind == CONSTANT_INT)
        n = known->integer;
    else if (known && known->kind == CONSTANT_FLOAT && known->real >= 0 && known->real <= 100 &&
             known->real == (double)(int)known->real)
        n = (int)known->real;
    if (n > 0 && n <= 100)
        return python ? complex_checked(s, x, y, n) : complex_unrolled(s, x, n, false);
    return complex_runtime(s, x, y);
}
