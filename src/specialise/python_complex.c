/* Operators on Python's complex numbers, as the Python that is compiled for has them (complexobject.c).
 *
 * From 3.14 on a real operand stays real, which shows in the signs of zeros and beside infinities; and
 * products and quotients that come out as nan are done again by the runtime, which finds the infinities and
 * zeros that C11's annex G wants.
 */
#include "specialise/power.h"
#include "specialise/spec.h"

static bool is_annex_g(const Spec *s)
{
    return s->c->options.python_minor >= 14;
}

static Value *part(Spec *s, OpCode which, Value *z)
{
    return build_op(&s->b, which, spec_scalar(s, SCALAR_FLOAT), &z, 1, (Attr){0});
}

static Value *pair(Spec *s, Value *re, Value *im)
{
    Value *parts[2] = {re, im};
    return build_op(&s->b, OP_COMPLEX, spec_scalar(s, SCALAR_COMPLEX), parts, 2, (Attr){0});
}

static Value *recovered(Spec *s, Value *z, const char *name, Value *a, Value *b)
{
    if (!is_annex_g(s))
        return z;
    Value *re = part(s, OP_REAL, z), *im = part(s, OP_IMAG, z);
    Value *fine = build_binary(&s->b, OP_OR, build_compare(&s->b, OP_EQ, re, re),
                               build_compare(&s->b, OP_EQ, im, im));
    SpecIf branch = spec_if(s, fine, &z->type, 1);
    spec_else(s, &branch, &z, 1);
    Value *args[2] = {a, b};
    Attr attr = {.name = intern_cstr(s->c->names, name)};
    Value *again = build_op(&s->b, OP_CALL_RUNTIME, z->type, args, 2, attr);
    spec_end(s, &branch, &again, 1);
    return op_result(branch.op, 0);
}

static void check_divisor(Spec *s, Value *nonzero)
{
    if (!s->c->options.unchecked_division)
        spec_check(s, nonzero, "ZeroDivisionError", spec_words(s, WORDS_TRUEDIV_COMPLEX), NULL,
                   0);
}

static Value *is_nonzero(Spec *s, Value *x)
{
    return build_compare(&s->b, OP_NE, x, build_float(&s->b, SCALAR_FLOAT, 0.0));
}

static void check_complex_divisor(Spec *s, Value *z)
{
    check_divisor(s, build_binary(&s->b, OP_OR, is_nonzero(s, part(s, OP_REAL, z)),
                                  is_nonzero(s, part(s, OP_IMAG, z))));
}

/* ---- a real operand (3.14) --------------------------------------------------------------------------- */

static Value *complex_by_real(Spec *s, BinaryOperator operator, Value *z, Value *x)
{
    Value *re = part(s, OP_REAL, z), *im = part(s, OP_IMAG, z);
    if (operator == BINARY_ADD)
        return pair(s, build_binary(&s->b, OP_ADD, re, x), im);
    if (operator == BINARY_SUB)
        return pair(s, build_binary(&s->b, OP_SUB, re, x), im);
    if (operator == BINARY_TRUEDIV)
        check_divisor(s, is_nonzero(s, x));
    OpCode op = operator == BINARY_TRUEDIV ? OP_DIV : OP_MUL;
    return pair(s, build_binary(&s->b, op, re, x), build_binary(&s->b, op, im, x));
}

/* Smith's formula without the terms of a's imaginary part: (a, -a*ratio) / denominator where the divisor's
 * real part is the greater, (a*ratio, -a) / denominator otherwise. */
static Value *real_quotient(Spec *s, Value *a, Value *z)
{
    check_complex_divisor(s, z);
    Value *re = part(s, OP_REAL, z), *im = part(s, OP_IMAG, z);
    Value *by_re = build_compare(&s->b, OP_GE, build_unary(&s->b, OP_ABS, re),
                                 build_unary(&s->b, OP_ABS, im));
    Value *great = build_select(&s->b, by_re, re, im),
          *small = build_select(&s->b, by_re, im, re);
    Value *ratio = build_binary(&s->b, OP_DIV, small, great);
    Value *denominator =
        build_binary(&s->b, OP_ADD, great, build_binary(&s->b, OP_MUL, small, ratio));
    Value *scaled = build_binary(&s->b, OP_MUL, a, ratio);
    Value *x = build_select(&s->b, by_re, a, scaled),
          *y = build_unary(&s->b, OP_NEG, build_select(&s->b, by_re, scaled, a));
    Value *result = pair(s, build_binary(&s->b, OP_DIV, x, denominator),
                         build_binary(&s->b, OP_DIV, y, denominator));
    return recovered(s, result, "rt_real_div", a, z);
}

static Value *real_by_complex(Spec *s, BinaryOperator operator, Value *x, Value *z)
{
    if (operator == BINARY_TRUEDIV)
        return real_quotient(s, x, z);
    if (operator != BINARY_SUB)
        return complex_by_real(s, operator, z, x);
    return pair(s, build_binary(&s->b, OP_SUB, x, part(s, OP_REAL, z)),
                build_unary(&s->b, OP_NEG, part(s, OP_IMAG, z)));
}

static bool is_complex(const Value *x)
{
    return scalar_class(x->type->scalar) == CLASS_COMPLEX;
}

/* ---- both ---------------------------------------------------------------------------------------------- */

Value *spec_python_complex(Spec *s, BinaryOperator operator, Value *x, Value *y)
{
    if (is_annex_g(s) && operator != BINARY_POW && !is_complex(y))
        return complex_by_real(s, operator, spec_number(s, x, SCALAR_COMPLEX),
                               spec_number(s, y, SCALAR_FLOAT));
    if (is_annex_g(s) && operator != BINARY_POW && !is_complex(x))
        return real_by_complex(s, operator, spec_number(s, x, SCALAR_FLOAT),
                               spec_number(s, y, SCALAR_COMPLEX));
    Value *a = spec_number(s, x, SCALAR_COMPLEX), *b = spec_number(s, y, SCALAR_COMPLEX);
    if (operator == BINARY_POW)
        return power_complex(s, a, b, y);
    if (operator == BINARY_ADD || operator == BINARY_SUB)
        return build_binary(&s->b, operator == BINARY_ADD ? OP_ADD : OP_SUB, a, b);
    if (operator == BINARY_MUL)
        return recovered(s, build_binary(&s->b, OP_MUL, a, b), "rt_complex_mul", a, b);
    check_complex_divisor(s, b);
    return recovered(s, build_binary(&s->b, OP_DIV, a, b), "rt_complex_div", a, b);
}
