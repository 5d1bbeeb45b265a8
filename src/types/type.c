/* Types: hash-consing, constructors, predicates and the two printers.
 *
 * One function makes types, type_intern; the constructors above it bring their arguments into the
 * canonical form, so that equal types have equal parts. What differs from kind to kind is in
 * type.def. Reading types back is type_parse.c's work, joining them promote.c's.
 */
#include "types/type.h"

#include <assert.h>
#include <string.h>

#include "types/promote.h"
#include "types/type_row.h"

enum { FIRST_CAP = 256 };

#define MANY UINT32_MAX
static const TypeRow ROWS[TYPE_KIND_COUNT] = {
#define TYPE_KIND(name, word, payload, least, most, merge, describe) \
    [TYPE_##name] = {word, PAYLOAD_##payload, least, most, MEETING_##merge, describe},
#include "types/type.def"
#undef TYPE_KIND
};

const TypeRow *type_row(TypeKind kind)
{
    return &ROWS[kind];
}

/* ---- hash-consing ---- */

static uint64_t mix(uint64_t hash, uint64_t word)
{
    hash = (hash ^ word) * UINT64_C(0x9e3779b97f4a7c15);
    return hash ^ hash >> 32;
}

static uint64_t hash_array(const ArrayType *array)
{
    return (uint64_t)array->dtype << 32 | (uint64_t)array->ndim << 8 |
           (uint64_t)array->layout << 2 | (uint64_t)array->readonly << 1 | array->unaligned;
}

static uint64_t hash_payload(const Type *type)
{
    switch (ROWS[type->kind].payload) {
    case PAYLOAD_NOTHING:
        return 0;
    case PAYLOAD_SCALAR:
        return type->scalar;
    case PAYLOAD_CONSTANT:
        return constant_hash(&type->constant);
    case PAYLOAD_ARRAY:
        return hash_array(&type->array);
    case PAYLOAD_NAME:
        return type->name->hash;
    case PAYLOAD_CLASS:
        return type->class_info ? mix(type->class_info->name->hash, 0) : 0;
    case PAYLOAD_CODE:
        return (uint64_t)(uintptr_t)type->code;
    }
    return 0;
}

static uint64_t hash_type(const Type *type)
{
    uint64_t hash = mix(type->kind, hash_payload(type));
    for (uint32_t i = 0; i < type->count; i++)
        hash = mix(hash, type->elements[i]->hash);
    return hash;
}

/* The same Python class, whether or not it was described once. */
static bool same_class(const ClassInfo *a, const ClassInfo *b)
{
    return a == b || (a && b && a->name == b->name && a->handle == b->handle);
}

bool type_payload_equal(const Type *a, const Type *b)
{
    assert(a->kind == b->kind);
    switch (ROWS[a->kind].payload) {
    case PAYLOAD_NOTHING:
        return true;
    case PAYLOAD_SCALAR:
        return a->scalar == b->scalar;
    case PAYLOAD_CONSTANT:
        return constant_equal(&a->constant, &b->constant);
    case PAYLOAD_ARRAY:
        return hash_array(&a->array) == hash_array(&b->array); /* injective */
    case PAYLOAD_NAME:
        return a->name == b->name;
    case PAYLOAD_CLASS:
        return same_class(a->class_info, b->class_info);
    case PAYLOAD_CODE:
        return a->code == b->code;
    }
    return false;
}

static bool same_type(const Type *a, const Type *b)
{
    if (a->kind != b->kind || a->count != b->count || !type_payload_equal(a, b))
        return false;
    for (uint32_t i = 0; i < a->count; i++)
        if (a->elements[i] != b->elements[i])
            return false;
    return true;
}

/* The slot that holds the type, or the empty one where it belongs. */
static const Type **find_slot(const TypeTable *table, const Type *type, uint64_t hash)
{
    uint32_t mask = table->cap - 1;
    for (uint32_t at = (uint32_t)hash & mask;; at = (at + 1) & mask) {
        const Type **slot = &table->slots[at];
        if (!*slot || ((*slot)->hash == hash && same_type(*slot, type)))
            return slot;
    }
}

static void grow(TypeTable *table)
{
    const Type **old = table->slots;
    uint32_t old_cap = table->cap;
    const Type **slots = ARENA_ARRAY(table->arena, const Type *, (size_t)old_cap * 2);
    table->slots = slots;
    table->cap = old_cap * 2;
    for (uint32_t i = 0; i < old_cap; i++)
        if (old[i])
            *find_slot(table, old[i], old[i]->hash) = old[i];
}

static void measure(Type *type)
{
    uint64_t leaves = type->count == 0;
    type->depth = 1;
    type->holds_owner = type->kind == TYPE_ARRAY;
    for (uint32_t i = 0; i < type->count; i++) {
        const Type *element = type->elements[i];
        leaves += element->leaves;
        if (type->depth <= element->depth)
            type->depth = element->depth + 1;
        type->holds_owner |= element->holds_owner;
    }
    type->leaves = leaves < UINT32_MAX ? (uint32_t)leaves : UINT32_MAX;
}

const Type *type_intern(TypeTable *table, const Type *proto)
{
    uint64_t hash = hash_type(proto);
    const Type *found = *find_slot(table, proto, hash);
    if (found)
        return found;
    if (table->len >= table->cap / 4 * 3)
        grow(table);
    Type *type = ARENA_NEW(table->arena, Type);
    const Type **elements = ARENA_ARRAY(table->arena, const Type *, proto->count);
    *type = *proto;
    if (proto->count)
        memcpy(elements, proto->elements, sizeof *elements * proto->count);
    type->elements = elements;
    type->hash = hash;
    type->id = table->len;
    measure(type);
    *find_slot(table, type, hash) = type;
    table->len++;
    return type;
}

TypeScratch type_scratch_open(TypeTable *table, uint32_t count)
{
    TypeScratch scratch = {.mark = arena_mark(table->arena), .len = table->len};
    scratch.elements = ARENA_ARRAY(table->arena, const Type *, count);
    return scratch;
}

void type_scratch_close(TypeTable *table, const TypeScratch *scratch)
{
    if (table->len == scratch->len)
        arena_release(table->arena, scratch->mark);
}

static const Type *make_leaf(TypeTable *table, TypeKind kind)
{
    return type_intern(table, &(Type){.kind = kind});
}

void type_open(TypeTable *table, Arena *arena, Interner *names)
{
    *table = (TypeTable){.arena = arena, .names = names, .cap = FIRST_CAP};
    table->slots = ARENA_ARRAY(arena, const Type *, FIRST_CAP);
    table->list.name = intern_cstr(names, "list");
    table->never = make_leaf(table, TYPE_NEVER);
    table->unbound = make_leaf(table, TYPE_UNBOUND);
    table->none = make_leaf(table, TYPE_NONE);
    table->str = make_leaf(table, TYPE_STR);
    table->ellipsis = make_leaf(table, TYPE_ELLIPSIS);
    table->pointer = make_leaf(table, TYPE_POINTER);
    for (unsigned kind = 0; kind < SCALAR_COUNT; kind++)
        table->scalars[kind] =
            type_intern(table, &(Type){.kind = TYPE_SCALAR, .scalar = (ScalarKind)kind});
}

/* ---- constructors ---- */

const Type *type_scalar(TypeTable *table, ScalarKind kind)
{
    return table->scalars[kind];
}

static const Type *int_carrier(TypeTable *table, const Constant *constant)
{
    ScalarKind kind = constant_fits(constant, SCALAR_INT)       ? SCALAR_INT
                      : constant_fits(constant, SCALAR_INT_U64) ? SCALAR_INT_U64
                                                                : SCALAR_INT_I128;
    return table->scalars[kind];
}

static const Type *make_const(TypeTable *table, const Constant *constant, const Type *base)
{
    Type proto = {.kind = TYPE_CONST, .elements = &base, .count = 1, .constant = *constant};
    return type_intern(table, &proto);
}

const Type *type_const(TypeTable *table, const Constant *constant)
{
    switch (constant->kind) {
    case CONSTANT_NONE:
        return table->none;
    case CONSTANT_ELLIPSIS:
        return table->ellipsis;
    case CONSTANT_FLOAT:
        return table->scalars[SCALAR_FLOAT];
    case CONSTANT_COMPLEX:
        return table->scalars[SCALAR_COMPLEX];
    case CONSTANT_BOOL:
        return make_const(table, constant, table->scalars[SCALAR_BOOL]);
    case CONSTANT_INT:
        return make_const(table, constant, int_carrier(table, constant));
    case CONSTANT_STR:
        return make_const(table, constant, table->str);
    }
    return NULL;
}

const Type *type_const_int(TypeTable *table, __int128 value)
{
    return type_const(table, &(Constant){.kind = CONSTANT_INT, .integer = value});
}

const Type *type_const_bool(TypeTable *table, bool value)
{
    return type_const(table, &(Constant){.kind = CONSTANT_BOOL, .truth = value});
}

const Type *type_const_str(TypeTable *table, const Symbol *text)
{
    return type_const(table, &(Constant){.kind = CONSTANT_STR, .text = text});
}

const Type *type_compound(TypeTable *table, TypeKind kind, const Symbol *name,
                          const Type *const *elements, uint32_t count)
{
    const TypeRow *row = &ROWS[kind];
    assert(row->payload == PAYLOAD_NOTHING || row->payload == PAYLOAD_NAME);
    assert((row->payload == PAYLOAD_NAME) == (name != NULL));
    assert(count >= row->least && count <= row->most);
    (void)row;
    Type proto = {.kind = kind, .elements = (const Type **)elements, .count = count};
    if (name)
        proto.name = name;
    return type_intern(table, &proto);
}

const Type *type_maybe(TypeTable *table, const Type *element)
{
    if (element->kind == TYPE_MAYBE || element->kind == TYPE_UNBOUND)
        return element;
    if (element->kind == TYPE_NEVER)
        return table->unbound;
    return type_compound(table, TYPE_MAYBE, NULL, &element, 1);
}

const Type *type_optional(TypeTable *table, const Type *element)
{
    if (element->kind == TYPE_OPTIONAL || element->kind == TYPE_NONE)
        return element;
    if (element->kind == TYPE_NEVER)
        return table->none;
    if (element->kind == TYPE_UNBOUND)
        return type_maybe(table, table->none);
    if (element->kind == TYPE_MAYBE)
        return type_maybe(table, type_optional(table, element->elements[0]));
    return type_compound(table, TYPE_OPTIONAL, NULL, &element, 1);
}

const Type *type_array(TypeTable *table, ArrayType array)
{
    assert(!scalar_is_weak(array.dtype) && array.ndim <= TYPE_NDIM_MAX);
    if (array.ndim < 2 && array.layout == LAYOUT_F)
        array.layout = LAYOUT_C;
    return type_intern(table, &(Type){.kind = TYPE_ARRAY, .array = array});
}

const Type *type_tuple(TypeTable *table, const Type *const *elements, uint32_t count,
                       const ClassInfo *class_info)
{
    Type proto = {.kind = TYPE_TUPLE,
                  .elements = (const Type **)elements,
                  .count = count,
                  .class_info = class_info};
    return type_intern(table, &proto);
}

const Type *type_dtype(TypeTable *table, ScalarKind kind)
{
    return type_intern(table, &(Type){.kind = TYPE_DTYPE, .scalar = kind});
}

const Type *type_class(TypeTable *table, const ClassInfo *info)
{
    return type_intern(table, &(Type){.kind = TYPE_CLASS, .class_info = info});
}

/* The type of an enum's `.value`: what its members' values have in common, NULL for nothing. */
static const Type *join_values(TypeTable *table, const ClassInfo *info)
{
    const Type *joined = table->never;
    for (uint32_t i = 0; i < info->count; i++)
        if (!info->values[i].type ||
            promote_merge(table, joined, info->values[i].type, &joined) != MERGE_OK)
            return NULL;
    return joined == table->never ? NULL : joined;
}

const Type *type_enum(TypeTable *table, const ClassInfo *info)
{
    const Type *value = join_values(table, info);
    Type proto = {
        .kind = TYPE_ENUM, .elements = &value, .count = value != NULL, .class_info = info};
    return type_intern(table, &proto);
}

const Type *type_function(TypeTable *table, void *code, const Type *const *captures,
                          uint32_t count)
{
    Type proto = {.kind = TYPE_FUNCTION,
                  .elements = (const Type **)captures,
                  .count = count,
                  .code = code};
    return type_intern(table, &proto);
}

const Type *type_widen(TypeTable *table, const Type *type)
{
    if (type->kind == TYPE_CONST)
        return type->elements[0];
    if (ROWS[type->kind].merge != MEETING_PARTS)
        return type;
    TypeScratch scratch = type_scratch_open(table, type->count);
    for (uint32_t i = 0; i < type->count; i++)
        scratch.elements[i] = type_widen(table, type->elements[i]);
    Type proto = *type;
    proto.elements = scratch.elements;
    const Type *wide = type_intern(table, &proto);
    type_scratch_close(table, &scratch);
    return wide;
}

/* ---- predicates ---- */

bool type_scalar_of(const Type *type, ScalarKind *kind)
{
    if (type->kind == TYPE_CONST)
        type = type->elements[0];
    if (type->kind != TYPE_SCALAR)
        return false;
    *kind = type->scalar;
    return true;
}

bool type_is_python_int(const Type *type)
{
    ScalarKind kind;
    return type_scalar_of(type, &kind) && scalar_is_python_int(kind);
}

bool type_is_integer(const Type *type)
{
    ScalarKind kind;
    return type_scalar_of(type, &kind) && scalar_is_integer(kind);
}

static bool is_const(const Type *type, ConstantKind kind)
{
    return type->kind == TYPE_CONST && type->constant.kind == kind;
}

bool type_is_const_int(const Type *type, __int128 *value)
{
    if (!is_const(type, CONSTANT_INT))
        return false;
    *value = type->constant.integer;
    return true;
}

bool type_is_const_bool(const Type *type, bool *value)
{
    if (!is_const(type, CONSTANT_BOOL))
        return false;
    *value = type->constant.truth;
    return true;
}

bool type_is_const_str(const Type *type, const Symbol **text)
{
    if (!is_const(type, CONSTANT_STR))
        return false;
    *text = type->constant.text;
    return true;
}

bool type_is_too_large(const Type *type)
{
    return type->depth > TYPE_DEPTH_MAX || type->leaves > TYPE_LEAVES_MAX;
}

bool type_holds_owner(const Type *type)
{
    return type->holds_owner;
}

const ClassInfo *type_find_class(const TypeTable *table, const Symbol *name)
{
    const Type *newest = NULL;
    for (uint32_t i = 0; i < table->cap; i++) {
        const Type *type = table->slots[i];
        bool names_it = type && ROWS[type->kind].payload == PAYLOAD_CLASS && type->class_info &&
                        type->class_info->name == name;
        if (names_it && (!newest || type->id > newest->id))
            newest = type;
    }
    return newest ? newest->class_info : NULL;
}

/* ---- printing ---- */

static bool is_bare(const Symbol *name)
{
    for (uint32_t i = 0; i < name->length; i++) {
        unsigned char c = (unsigned char)name->text[i];
        bool is_word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                       (c >= '0' && c <= '9') || c == '_' || c == '.' || c >= 0x80;
        if (!is_word)
            return false;
    }
    return name->length > 0;
}

/* A name, quoted where it has signs that a type has, too ("f.<locals>.Point"). */
static void print_name(const Symbol *name, Text *out)
{
    if (is_bare(name))
        text_put(out, name->text, name->length);
    else
        constant_print(&(Constant){.kind = CONSTANT_STR, .text = name}, out);
}

static void print_array(const ArrayType *array, Text *out)
{
    text_printf(out, "%s, %u, '%c'", scalar_name(array->dtype), (unsigned)array->ndim,
                "CFA"[array->layout]);
    if (array->readonly)
        text_puts(out, ", readonly");
    if (array->unaligned)
        text_puts(out, ", unaligned");
}

/* False when there is nothing to print. */
static bool print_payload(const Type *type, Text *out)
{
    switch (ROWS[type->kind].payload) {
    case PAYLOAD_NOTHING:
        return false;
    case PAYLOAD_SCALAR:
        text_puts(out, scalar_name(type->scalar));
        return true;
    case PAYLOAD_CONSTANT:
        constant_print(&type->constant, out);
        return true;
    case PAYLOAD_ARRAY:
        print_array(&type->array, out);
        return true;
    case PAYLOAD_NAME:
        print_name(type->name, out);
        return true;
    case PAYLOAD_CLASS:
        if (type->class_info)
            print_name(type->class_info->name, out);
        return type->class_info != NULL;
    case PAYLOAD_CODE:
        text_printf(out, "#%u", (unsigned)type->id);
        return true;
    }
    return false;
}

void type_print(const Type *type, Text *out)
{
    const TypeRow *row = &ROWS[type->kind];
    bool is_named_tuple = type->kind == TYPE_TUPLE && type->class_info;
    text_puts(out, is_named_tuple ? TYPE_NAMED_TUPLE_WORD : row->word);
    if (type->kind == TYPE_SCALAR)
        print_payload(type, out);
    if (type->kind == TYPE_SCALAR || (row->payload == PAYLOAD_NOTHING && row->most == 0))
        return;
    text_putc(out, '(');
    bool needs_comma = print_payload(type, out);
    for (uint32_t i = 0; row->most > 0 && i < type->count; i++) {
        if (needs_comma)
            text_puts(out, ", ");
        type_print(type->elements[i], out);
        needs_comma = true;
    }
    text_putc(out, ')');
}

const char *type_text(const Type *type, Arena *arena)
{
    Text out;
    text_open(&out, arena);
    type_print(type, &out);
    return out.data;
}

/* A qualified name without the module that a reader takes for granted. */
static void describe_name(const Symbol *name, Text *out)
{
    static const char *const IMPLIED[] = {"builtins.", "__main__."};
    const char *text = name->text;
    for (size_t i = 0; i < sizeof IMPLIED / sizeof *IMPLIED; i++)
        if (strncmp(text, IMPLIED[i], strlen(IMPLIED[i])) == 0)
            text += strlen(IMPLIED[i]);
    text_puts(out, text);
}

/* The three carriers of a Python int are one type to people. */
static const char *describe_scalar(ScalarKind kind)
{
    return scalar_name(scalar_is_python_int(kind) ? SCALAR_INT : kind);
}

static void describe_payload(const Type *type, Text *out)
{
    switch (ROWS[type->kind].payload) {
    case PAYLOAD_SCALAR:
        text_puts(out, describe_scalar(type->scalar));
        return;
    case PAYLOAD_ARRAY:
        text_printf(out, "%s%s array (%u-D)", type->array.readonly ? "read-only " : "",
                    scalar_name(type->array.dtype), (unsigned)type->array.ndim);
        return;
    case PAYLOAD_NAME:
        describe_name(type->name, out);
        return;
    case PAYLOAD_CLASS:
        assert(type->class_info); /* a tuple without one is described by its elements */
        describe_name(type->class_info->name, out);
        return;
    case PAYLOAD_NOTHING:
    case PAYLOAD_CONSTANT:
    case PAYLOAD_CODE:
        return;
    }
}

void type_describe(const Type *type, Text *out)
{
    bool is_named_tuple = type->kind == TYPE_TUPLE && type->class_info;
    for (const char *at = is_named_tuple ? "@" : ROWS[type->kind].describe; *at; at++) {
        if (*at == '@')
            describe_payload(type, out);
        else if (*at == '$')
            type_describe(type->elements[0], out);
        else if (*at == '#')
            text_printf(out, "%u", (unsigned)type->count);
        else
            text_putc(out, *at);
    }
}
