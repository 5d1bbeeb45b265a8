/* An interpreter of typed IR, for tests of what rewrites it.
 *
 * It runs a function on cells, one per machine part, with objects for the memory of arrays, and is
 * stricter than a machine: reading outside an array or memory that was never written, branching on
 * an undefined number, touching freed memory, a reference given back twice or never are all reported
 * in World.trouble. Numbers are those of ir/fold.h. Reference counts are checked when the
 * function has been through passes/own (World.counts). A seed decides what is not known: whether an
 * allocation or a foreign call raises, what foreign calls return.
 *
 * Cells of a value: a number, a str or an enum one; Optional and Maybe a flag, then the element's; an array
 * its owner, its data, dims, strides; a slot or pointer one; compounds those of their elements.
 */
#ifndef MARTLET_TESTS_INTERPRET_H
#define MARTLET_TESTS_INTERPRET_H

#include <inttypes.h>
#include <string.h>

#include "base/vec.h"
#include "ir/fold.h"
#include "ir/ir.h"

typedef struct Cell {
    Constant number;
    bool is_defined;
    int32_t
        object; /* owners, pointers: index in World.objects; slots: in World.slots; -1: none */
    int64_t offset; /* pointers, in bytes */
} Cell;

typedef struct Object {
    int64_t count; /* references; memory is gone at 0 */
    int64_t item;  /* bytes per element */
    int64_t length;
    Cell *elements;
} Object;

typedef struct SlotMemory {
    const Type *type;
    Cell *cells;
    bool is_alive;
} SlotMemory;

typedef struct Frame {
    const Func *func;
    Cell **cells;   /* by Value.id */
    bool *is_owned; /* by Value.id: the frame slot is not null */
} Frame;

typedef enum Outcome {
    OUTCOME_NEXT,
    OUTCOME_YIELD,
    OUTCOME_BREAK,
    OUTCOME_CONTINUE,
    OUTCOME_RETURN,
    OUTCOME_RAISE,
    OUTCOME_STUCK, /* in trouble, or out of fuel */
} Outcome;

typedef struct Raised {
    const Site *site; /* NULL: MemoryError, an interrupt, or from a foreign call */
    Cell **args;
    uint32_t arg_count;
} Raised;

typedef struct World {
    Arena *arena;
    uint64_t seed;
    int64_t fuel;           /* operations still to run */
    uint32_t raise_percent; /* how often allocations, foreign calls and polls raise */
    bool counts;            /* own has run: check references */
    Cell *const *hidden;    /* hidden arguments */
    VEC(Object) objects;
    VEC(SlotMemory) slots;
    const char *trouble;
    /* what terminators pass along */
    Cell **passed;
    const Op *target;
    Raised raised, caught; /* the exception on its way; the one being handled */
} World;

/* ---- cells --------------------------------------------------------------------------------- */

static uint32_t cell_count(const Type *type)
{
    uint32_t inner = 0;
    for (uint32_t i = 0; i < type->count; i++)
        inner += cell_count(type->elements[i]);
    switch ((int)type->kind) {
    case TYPE_SCALAR:
    case TYPE_STR:
    case TYPE_ENUM:
    case TYPE_SLOT:
    case TYPE_POINTER:
        return 1;
    case TYPE_OPTIONAL:
    case TYPE_MAYBE:
        return inner + 1;
    case TYPE_ARRAY:
        return 2 + 2u * type->array.ndim;
    case TYPE_CONST:
        return 0;
    default:
        return inner;
    }
}

static uint32_t cell_start(const Type *type, uint32_t index)
{
    uint32_t start = type->kind == TYPE_OPTIONAL || type->kind == TYPE_MAYBE;
    for (uint32_t i = 0; i < index; i++)
        start += cell_count(type->elements[i]);
    return start;
}

static Cell cell_number(Constant number)
{
    return (Cell){.number = number, .is_defined = true, .object = -1};
}

static Cell cell_int(int64_t value)
{
    return cell_number((Constant){.kind = CONSTANT_INT, .integer = value});
}

static Cell cell_bool(bool value)
{
    return cell_number((Constant){.kind = CONSTANT_BOOL, .truth = value});
}

static Cell *cells_new(World *w, const Type *type)
{
    uint32_t count = cell_count(type);
    Cell *cells = ARENA_ARRAY(w->arena, Cell, count + 1);
    for (uint32_t i = 0; i < count; i++)
        cells[i].object = -1;
    return cells;
}

static Cell *cells_copy(World *w, const Type *type, const Cell *from)
{
    Cell *cells = cells_new(w, type);
    memcpy(cells, from, cell_count(type) * sizeof *cells);
    return cells;
}

/* ---- trouble and chance -------------------------------------------------------------------- */

__attribute__((format(printf, 3, 4))) static Outcome in_trouble(World *w, const Op *op,
                                                                const char *format, ...)
{
    Text text;
    text_open(&text, w->arena);
    if (op)
        ir_print_op(op, &text);
    text_puts(&text, ": ");
    va_list args;
    va_start(args, format);
    text_vprintf(&text, format, args);
    va_end(args);
    if (!w->trouble)
        w->trouble = text.data;
    return OUTCOME_STUCK;
}

static uint32_t chance(World *w, uint32_t below)
{
    w->seed = w->seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(w->seed >> 33) % below;
}

static bool raises_by_chance(World *w)
{
    if (!w->raise_percent || chance(w, 100) >= w->raise_percent)
        return false;
    w->raised = (Raised){0};
    return true;
}

/* ---- references ---------------------------------------------------------------------------- */

typedef void EachOwner(World *w, const Op *op, int32_t object);

static void each_owner(World *w, const Op *op, const Type *type, const Cell *cells,
                       EachOwner *visit)
{
    if (type->kind == TYPE_SLOT)
        return;
    if (type->kind == TYPE_ARRAY && cells[0].object >= 0)
        visit(w, op, cells[0].object);
    for (uint32_t i = 0; i < type->count; i++)
        each_owner(w, op, type->elements[i], cells + cell_start(type, i), visit);
}

static void owner_check(World *w, const Op *op, int32_t object)
{
    if (w->objects.data[object].count <= 0)
        in_trouble(w, op, "object %d is freed", object);
}

static void owner_retain(World *w, const Op *op, int32_t object)
{
    owner_check(w, op, object);
    w->objects.data[object].count++;
}

static void owner_release(World *w, const Op *op, int32_t object)
{
    owner_check(w, op, object);
    w->objects.data[object].count--;
}

/* Everything that an arg refers to must be there. */
static void check_alive(World *w, const Op *op, const Type *type, const Cell *cells)
{
    if (type->kind == TYPE_SLOT && w->counts && !w->slots.data[cells[0].object].is_alive)
        in_trouble(w, op, "the slot is gone");
    if (type->kind == TYPE_POINTER && cells[0].object >= 0)
        owner_check(w, op, cells[0].object);
    each_owner(w, op, type, cells, owner_check);
}

static void give_back(World *w, const Op *op, const Type *type, Cell *cells)
{
    if (type->kind != TYPE_SLOT) {
        each_owner(w, op, type, cells, owner_release);
        return;
    }
    SlotMemory *slot = &w->slots.data[cells[0].object];
    if (!slot->is_alive)
        in_trouble(w, op, "the slot is gone already");
    slot->is_alive = false;
    each_owner(w, op, slot->type, slot->cells, owner_release);
}

/* What frame slots hold when an exception passes. */
static void clean_up(World *w, Frame *frame, const Region *region)
{
    for (uint32_t i = 0; i < region->param_count; i++) {
        const Value *param = region->params[i];
        if (frame->is_owned[param->id])
            give_back(w, region->owner, param->type, frame->cells[param->id]);
        frame->is_owned[param->id] = false;
    }
    for (const Op *op = region->first; op; op = op->next) {
        for (uint32_t i = 0; i < op->result_count; i++) {
            const Value *result = op_result(op, i);
            if (frame->is_owned[result->id])
                give_back(w, op, result->type, frame->cells[result->id]);
            frame->is_owned[result->id] = false;
        }
        for (uint32_t i = 0; i < op->region_count; i++)
            clean_up(w, frame, &op->regions[i]);
    }
}

/* ---- access -------------------------------------------------------------------------------- */

static Cell *cells_of(const Frame *frame, const Value *value)
{
    return frame->cells[value->id];
}

static Cell *cells_of_arg(const Frame *frame, const Op *op, uint32_t i)
{
    return cells_of(frame, op_arg(op, i));
}

static void set_result(const Frame *frame, const Op *op, Cell *cells)
{
    frame->cells[op->results[0].id] = cells;
}

static void set_number(World *w, const Frame *frame, const Op *op, Cell number)
{
    Cell *cells = cells_new(w, op->results[0].type);
    if (cell_count(op->results[0].type))
        cells[0] = number;
    set_result(frame, op, cells);
}

/* A number that something visible depends on. Values of Const types have no cells. */
static bool number_of(World *w, const Frame *frame, const Op *op, uint32_t i, Constant *number)
{
    const Type *type = op_arg(op, i)->type;
    if (type->kind == TYPE_CONST) {
        *number = type->constant;
        return true;
    }
    const Cell *cell = cells_of_arg(frame, op, i);
    if (!cell->is_defined) {
        in_trouble(w, op, "arg %u is undefined", i);
        return false;
    }
    *number = cell->number;
    return true;
}

static int64_t int_of_arg(World *w, const Frame *frame, const Op *op, uint32_t i)
{
    Constant number = {0};
    number_of(w, frame, op, i, &number);
    return (int64_t)number.integer;
}

static bool truth_of_arg(World *w, const Frame *frame, const Op *op, uint32_t i)
{
    Constant number = {0};
    number_of(w, frame, op, i, &number);
    return number.truth;
}

/* ---- arrays -------------------------------------------------------------------------------- */

static int32_t object_new(World *w, int64_t length, int64_t item)
{
    Object object = {.count = 1, .length = length, .item = item};
    object.elements = ARENA_ARRAY(w->arena, Cell, length > 0 ? length : 1);
    vec_push(w->arena, &w->objects, object);
    return (int32_t)w->objects.len - 1;
}

static void set_dense_strides(const Type *type, Cell *cells)
{
    uint32_t ndim = type->array.ndim;
    int64_t stride = (int64_t)scalar_size(type->array.dtype);
    for (uint32_t k = 0; k < ndim; k++) {
        uint32_t axis = type->array.layout == LAYOUT_F ? k : ndim - 1 - k;
        cells[2 + ndim + axis] = cell_int(stride);
        stride *= (int64_t)cells[2 + axis].number.integer;
    }
}

static Cell *array_new(World *w, const Type *type, const int64_t *dims, bool zeroed)
{
    Cell *cells = cells_new(w, type);
    int64_t length = 1;
    for (uint32_t i = 0; i < type->array.ndim; i++) {
        cells[2 + i] = cell_int(dims[i]);
        length *= dims[i] > 0 ? dims[i] : 0;
    }
    set_dense_strides(type, cells);
    cells[0].object = cells[1].object =
        object_new(w, length, (int64_t)scalar_size(type->array.dtype));
    Constant zero = {.kind = CONSTANT_INT};
    fold_convert(&zero, type->array.dtype, &zero);
    for (int64_t i = 0; zeroed && i < length; i++)
        w->objects.data[cells[0].object].elements[i] = cell_number(zero);
    return cells;
}

/* The element at a byte offset, or NULL with trouble. */
static Cell *element_at(World *w, const Op *op, const Cell *data, int64_t offset)
{
    if (data->object < 0) {
        in_trouble(w, op, "no memory");
        return NULL;
    }
    owner_check(w, op, data->object);
    Object *object = &w->objects.data[data->object];
    offset += data->offset;
    if (offset < 0 || offset % object->item || offset / object->item >= object->length) {
        in_trouble(w, op, "byte %" PRId64 " of %" PRId64 " elements", offset, object->length);
        return NULL;
    }
    return &object->elements[offset / object->item];
}

static Cell *array_element(World *w, const Op *op, const Type *type, const Cell *cells,
                           const int64_t *indices)
{
    int64_t offset = 0;
    uint32_t ndim = type->array.ndim;
    for (uint32_t i = 0; i < ndim; i++) {
        int64_t dim = (int64_t)cells[2 + i].number.integer;
        if (indices[i] < 0 || indices[i] >= dim) {
            in_trouble(w, op, "index %" PRId64 " of dimension %u, %" PRId64, indices[i], i,
                       dim);
            return NULL;
        }
        offset += indices[i] * (int64_t)cells[2 + ndim + i].number.integer;
    }
    return element_at(w, op, &cells[1], offset);
}

enum { INTERPRET_DIMS = 8 };

static Cell *indexed_element(World *w, const Frame *frame, const Op *op)
{
    const Type *type = op_arg(op, 0)->type;
    int64_t indices[INTERPRET_DIMS];
    for (uint32_t i = 0; i < type->array.ndim; i++)
        indices[i] = int_of_arg(w, frame, op, i + 1);
    return array_element(w, op, type, cells_of_arg(frame, op, 0), indices);
}

static Outcome run_array_new(World *w, const Frame *frame, const Op *op)
{
    int64_t dims[INTERPRET_DIMS];
    for (uint32_t i = 0; i < op->arg_count; i++)
        dims[i] = int_of_arg(w, frame, op, i);
    if (raises_by_chance(w))
        return OUTCOME_RAISE;
    set_result(frame, op, array_new(w, op->results[0].type, dims, op->attr.integer));
    return OUTCOME_NEXT;
}

static Outcome run_array_view(World *w, const Frame *frame, const Op *op)
{
    const Type *type = op->results[0].type;
    uint32_t ndim = type->array.ndim;
    const Cell *base = cells_of_arg(frame, op, 0);
    Cell *cells = cells_new(w, type);
    cells[0] = base[0];
    cells[1] = base[1];
    cells[1].offset += int_of_arg(w, frame, op, 1);
    for (uint32_t i = 0; i < ndim; i++)
        cells[2 + i] = cells_of_arg(frame, op, 2 + i)[0];
    if (op->arg_count > 2 + ndim)
        for (uint32_t i = 0; i < ndim; i++)
            cells[2 + ndim + i] = cells_of_arg(frame, op, 2 + ndim + i)[0];
    else
        set_dense_strides(type, cells);
    set_result(frame, op, cells);
    return OUTCOME_NEXT;
}

static Outcome run_load(World *w, const Frame *frame, const Op *op)
{
    const Cell *element = indexed_element(w, frame, op);
    if (!element)
        return OUTCOME_STUCK;
    set_number(w, frame, op, *element);
    return OUTCOME_NEXT;
}

static Outcome run_store(World *w, const Frame *frame, const Op *op)
{
    Cell *element = indexed_element(w, frame, op);
    if (!element)
        return OUTCOME_STUCK;
    *element = cells_of_arg(frame, op, op->arg_count - 1)[0];
    return OUTCOME_NEXT;
}

static Outcome run_array_part(World *w, const Frame *frame, const Op *op)
{
    const Cell *array = cells_of_arg(frame, op, 0);
    uint32_t axis = (uint32_t)op->attr.integer;
    if (op->code == OP_ARRAY_DATA)
        set_number(w, frame, op, array[1]);
    else
        set_number(w, frame, op,
                   array[2 + axis +
                         (op->code == OP_ARRAY_STRIDE ? op_arg(op, 0)->type->array.ndim : 0)]);
    return OUTCOME_NEXT;
}

static Outcome run_pointer(World *w, const Frame *frame, const Op *op)
{
    Cell pointer = cells_of_arg(frame, op, 0)[0];
    int64_t offset = int_of_arg(w, frame, op, 1);
    if (op->code == OP_POINTER_ADD) {
        pointer.offset += offset;
        set_number(w, frame, op, pointer);
        return OUTCOME_NEXT;
    }
    Cell *element = element_at(w, op, &pointer, offset);
    if (!element)
        return OUTCOME_STUCK;
    if (op->code == OP_POINTER_LOAD)
        set_number(w, frame, op, *element);
    else
        *element = cells_of_arg(frame, op, 2)[0];
    return OUTCOME_NEXT;
}

/* ---- numbers ------------------------------------------------------------------------------- */

static bool fold_number(const Op *op, const Constant *args, Constant *result)
{
    const Type *type = op_arg(op, 0)->type;
    ScalarKind kind;
    if (!type_scalar_of(type, &kind))
        return false;
    if (op->code == OP_CONVERT)
        return fold_convert(&args[0], op->results[0].type->scalar, result);
    if (op->code == OP_BITCAST)
        return fold_bitcast(kind, &args[0], op->results[0].type->scalar, result);
    if (op->code == OP_FMA)
        return fold_fma(kind, &args[0], &args[1], &args[2], result);
    return op->arg_count == 2 ? fold_binary(op->code, kind, &args[0], &args[1], result)
                              : fold_unary(op->code, kind, &args[0], result);
}

static Outcome run_raise(World *w, const Frame *frame, const Op *op, uint32_t first)
{
    w->raised = (Raised){op->attr.site, ARENA_ARRAY(w->arena, Cell *, op->arg_count + 1),
                         op->arg_count - first};
    for (uint32_t i = first; i < op->arg_count; i++)
        w->raised.args[i - first] = cells_of_arg(frame, op, i);
    return OUTCOME_RAISE;
}

/* Undefined args, and what fold.h refuses, give an undefined number. */
static Outcome run_number(World *w, const Frame *frame, const Op *op)
{
    Constant args[3] = {{0}}, result;
    Cell number = {.object = -1};
    bool is_checked = op_flags(op->code) & OP_RAISES, is_defined = true;
    for (uint32_t i = 0; i < op->arg_count && i < 3; i++) {
        const Type *type = op_arg(op, i)->type;
        const Cell *cell = cells_of_arg(frame, op, i);
        is_defined &= type->kind == TYPE_CONST || cell->is_defined;
        args[i] = type->kind == TYPE_CONST ? type->constant : cell->number;
    }
    if (!is_defined && is_checked)
        return in_trouble(w, op, "an arg is undefined");
    if (is_defined && fold_number(op, args, &result))
        number = cell_number(result);
    else if (is_checked)
        return run_raise(w, frame, op, op->arg_count);
    set_number(w, frame, op, number);
    return OUTCOME_NEXT;
}

static Outcome run_const(World *w, const Frame *frame, const Op *op)
{
    set_number(w, frame, op, cell_number(*op->attr.constant));
    return OUTCOME_NEXT;
}

/* ---- compounds and slots ------------------------------------------------------------------- */

static Outcome run_select(World *w, const Frame *frame, const Op *op)
{
    const Cell *condition = cells_of_arg(frame, op, 0);
    const Type *type = op->results[0].type;
    Cell *cells = cells_new(w, type);
    if (op_arg(op, 0)->type->kind == TYPE_CONST || condition->is_defined)
        cells =
            cells_copy(w, type, cells_of_arg(frame, op, truth_of_arg(w, frame, op, 0) ? 1 : 2));
    set_result(frame, op, cells);
    return OUTCOME_NEXT;
}

static Outcome run_pack(World *w, const Frame *frame, const Op *op)
{
    const Type *type = op->results[0].type;
    Cell *cells = cells_new(w, type);
    if (op->code == OP_SOME)
        cells[0] = cell_bool(true);
    for (uint32_t i = 0; i < op->arg_count; i++)
        memcpy(cells + cell_start(type, i), cells_of_arg(frame, op, i),
               cell_count(op_arg(op, i)->type) * sizeof *cells);
    set_result(frame, op, cells);
    return OUTCOME_NEXT;
}

static Outcome run_extract(World *w, const Frame *frame, const Op *op)
{
    uint32_t index = op->code == OP_EXTRACT ? (uint32_t)op->attr.integer : 0;
    uint32_t start = cell_start(op_arg(op, 0)->type, index);
    set_result(frame, op,
               cells_copy(w, op->results[0].type, cells_of_arg(frame, op, 0) + start));
    return OUTCOME_NEXT;
}

static Outcome run_nothing(World *w, const Frame *frame, const Op *op)
{
    set_number(w, frame, op, cell_bool(false));
    return OUTCOME_NEXT;
}

static Outcome run_hidden(World *w, const Frame *frame, const Op *op)
{
    set_result(frame, op, cells_copy(w, op->results[0].type, w->hidden[op->attr.integer]));
    return OUTCOME_NEXT;
}

static Outcome run_is_some(World *w, const Frame *frame, const Op *op)
{
    set_number(w, frame, op, cells_of_arg(frame, op, 0)[0]);
    return OUTCOME_NEXT;
}

static Outcome run_slot_new(World *w, const Frame *frame, const Op *op)
{
    const Type *type = op_arg(op, 0)->type;
    SlotMemory slot = {type, cells_copy(w, type, cells_of_arg(frame, op, 0)), true};
    vec_push(w->arena, &w->slots, slot);
    Cell *cells = cells_new(w, op->results[0].type);
    cells[0].object = (int32_t)w->slots.len - 1;
    set_result(frame, op, cells);
    return OUTCOME_NEXT;
}

static Outcome run_slot(World *w, const Frame *frame, const Op *op)
{
    SlotMemory *slot = &w->slots.data[cells_of_arg(frame, op, 0)[0].object];
    if (op->code == OP_SLOT_LOAD)
        set_result(frame, op, cells_copy(w, slot->type, slot->cells));
    else
        slot->cells = cells_copy(w, slot->type, cells_of_arg(frame, op, 1));
    return OUTCOME_NEXT;
}

/* ---- ownership ----------------------------------------------------------------------------- */

static Outcome run_ownership(World *w, Frame *frame, const Op *op)
{
    const Value *value = op_arg(op, 0);
    Cell *cells = cells_of(frame, value);
    bool *is_owned = &frame->is_owned[value->id];
    if (op->code == OP_RETAIN) {
        each_owner(w, op, value->type, cells, owner_retain);
        return OUTCOME_NEXT;
    }
    if (*is_owned != (op->code != OP_OWN))
        return in_trouble(w, op, *is_owned ? "owned already" : "not owned");
    if (op->code == OP_RELEASE)
        give_back(w, op, value->type, cells);
    *is_owned = op->code == OP_OWN;
    return OUTCOME_NEXT;
}

/* ---- calls --------------------------------------------------------------------------------- */

static Outcome run_function(World *w, const Func *func, Cell *const *args, Cell **result);

/* Something of the type that nobody has seen before. */
static void invent(World *w, const Type *type, Cell *cells)
{
    if (type->kind == TYPE_SCALAR) {
        Constant number = {.kind = CONSTANT_INT, .integer = (int64_t)chance(w, 7) - 2};
        fold_convert(&number, type->scalar, &number);
        cells[0] = cell_number(number);
        return;
    }
    if (type->kind == TYPE_ARRAY) {
        int64_t dims[INTERPRET_DIMS];
        for (uint32_t i = 0; i < type->array.ndim; i++)
            dims[i] = chance(w, 4);
        memcpy(cells, array_new(w, type, dims, true), cell_count(type) * sizeof *cells);
        return;
    }
    if (type->kind == TYPE_OPTIONAL || type->kind == TYPE_MAYBE) {
        cells[0] = cell_bool(chance(w, 2));
        if (!cells[0].number.truth)
            return;
    }
    for (uint32_t i = 0; i < type->count; i++)
        invent(w, type->elements[i], cells + cell_start(type, i));
}

static Outcome run_call(World *w, const Frame *frame, const Op *op)
{
    if (raises_by_chance(w))
        return OUTCOME_RAISE;
    const Func *callee = op->code == OP_CALL ? op->attr.func : NULL;
    if (callee && callee->body.first) {
        Cell **args = ARENA_ARRAY(w->arena, Cell *, op->arg_count + 1), *result;
        for (uint32_t i = 0; i < op->arg_count; i++)
            args[i] = cells_of_arg(frame, op, i);
        Outcome outcome = run_function(w, callee, args, &result);
        if (outcome != OUTCOME_RETURN)
            return outcome;
        set_result(frame, op, result);
        return OUTCOME_NEXT;
    }
    if (op->result_count) {
        Cell *cells = cells_new(w, op->results[0].type);
        invent(w, op->results[0].type, cells);
        set_result(frame, op, cells);
    }
    return OUTCOME_NEXT;
}

/* ---- control ------------------------------------------------------------------------------- */

static Outcome run_region(World *w, Frame *frame, const Region *region);

static Cell **copy_args(World *w, const Frame *frame, const Op *op, uint32_t first)
{
    Cell **cells = ARENA_ARRAY(w->arena, Cell *, op->arg_count + 1);
    for (uint32_t i = first; i < op->arg_count; i++)
        cells[i - first] = cells_copy(w, op_arg(op, i)->type, cells_of_arg(frame, op, i));
    return cells;
}

static Outcome run_terminator(World *w, const Frame *frame, const Op *op)
{
    w->passed = copy_args(w, frame, op, 0);
    w->target = op->code == OP_YIELD ? op->parent->owner : op->attr.target;
    if (op->code == OP_YIELD)
        return OUTCOME_YIELD;
    if (op->code == OP_BREAK)
        return OUTCOME_BREAK;
    if (op->code == OP_CONTINUE)
        return OUTCOME_CONTINUE;
    if (op->code == OP_RETURN)
        return OUTCOME_RETURN;
    if (op->code == OP_UNREACHABLE)
        return in_trouble(w, op, "reached");
    w->raised = w->caught;
    return OUTCOME_RAISE;
}

/* What was passed becomes the results, when the way out led here. */
static Outcome take_results(World *w, Frame *frame, const Op *op, Outcome outcome)
{
    bool is_here = (outcome == OUTCOME_YIELD || outcome == OUTCOME_BREAK) && w->target == op;
    if (!is_here)
        return outcome;
    for (uint32_t i = 0; i < op->result_count; i++)
        frame->cells[op->results[i].id] = w->passed[i];
    return OUTCOME_NEXT;
}

static Outcome run_if(World *w, Frame *frame, const Op *op)
{
    Constant condition = {0};
    if (!number_of(w, frame, op, 0, &condition))
        return OUTCOME_STUCK;
    return take_results(w, frame, op,
                        run_region(w, frame, &op->regions[condition.truth ? 0 : 1]));
}

static Outcome run_block(World *w, Frame *frame, const Op *op)
{
    return take_results(w, frame, op, run_region(w, frame, &op->regions[0]));
}

static Outcome run_try(World *w, Frame *frame, const Op *op)
{
    Outcome outcome = run_region(w, frame, &op->regions[0]);
    if (outcome == OUTCOME_RAISE) {
        clean_up(w, frame, &op->regions[0]);
        Raised around = w->caught;
        w->caught = w->raised;
        outcome = run_region(w, frame, &op->regions[1]);
        w->caught = around;
    }
    return take_results(w, frame, op, outcome);
}

static Outcome run_loop(World *w, Frame *frame, const Op *op)
{
    const Region *region = &op->regions[0];
    bool is_for = op->code == OP_FOR;
    int64_t trips = is_for ? int_of_arg(w, frame, op, 0) : INT64_MAX;
    w->passed = copy_args(w, frame, op, is_for);
    for (int64_t trip = 0; trip < trips; trip++) {
        for (uint32_t i = 0; i + is_for < region->param_count; i++)
            frame->cells[region->params[i + is_for]->id] = w->passed[i];
        if (is_for) {
            Cell *counter = cells_new(w, region->params[0]->type);
            counter[0] = cell_int(trip);
            frame->cells[region->params[0]->id] = counter;
        }
        Outcome outcome = run_region(w, frame, region);
        if (outcome != OUTCOME_CONTINUE || w->target != op)
            return take_results(w, frame, op, outcome);
    }
    w->target = op;
    return take_results(w, frame, op, OUTCOME_BREAK);
}

/* ---- maps ---------------------------------------------------------------------------------- */

static bool set_map_param(World *w, Frame *frame, const Op *op, uint32_t input,
                          const int64_t *indices)
{
    uint32_t ndim = (uint32_t)op->attr.integer, arg = ndim + (op->code == OP_MAP_INTO) + input;
    const Type *type = op_arg(op, arg)->type;
    const Cell *cells = cells_of_arg(frame, op, arg);
    int64_t own[INTERPRET_DIMS];
    uint32_t skipped = ndim - type->array.ndim;
    for (uint32_t i = 0; i < type->array.ndim; i++)
        own[i] = cells[2 + i].number.integer == 1 ? 0 : indices[i + skipped];
    const Cell *element = array_element(w, op, type, cells, own);
    if (!element)
        return false;
    Cell *param = cells_new(w, op->regions[0].params[input]->type);
    param[0] = *element;
    frame->cells[op->regions[0].params[input]->id] = param;
    return true;
}

static bool next_index(uint32_t ndim, const int64_t *dims, int64_t *indices)
{
    for (uint32_t i = ndim; i-- > 0; indices[i] = 0)
        if (++indices[i] < dims[i])
            return true;
    return false;
}

static Outcome run_map(World *w, Frame *frame, const Op *op)
{
    uint32_t ndim = (uint32_t)op->attr.integer;
    bool is_new = op->code == OP_MAP;
    int64_t dims[INTERPRET_DIMS], indices[INTERPRET_DIMS] = {0}, total = 1;
    for (uint32_t i = 0; i < ndim; i++) {
        dims[i] = int_of_arg(w, frame, op, i);
        total *= dims[i] > 0 ? dims[i] : 0;
    }
    if (is_new && raises_by_chance(w))
        return OUTCOME_RAISE;
    const Type *type = is_new ? op->results[0].type : op_arg(op, ndim)->type;
    Cell *array = is_new ? array_new(w, type, dims, false) : cells_of_arg(frame, op, ndim);
    Outcome outcome = OUTCOME_NEXT;
    for (bool more = total > 0; more; more = next_index(ndim, dims, indices)) {
        for (uint32_t i = 0; i < op->regions[0].param_count; i++)
            if (!set_map_param(w, frame, op, i, indices))
                return OUTCOME_STUCK;
        outcome = run_region(w, frame, &op->regions[0]);
        if (outcome != OUTCOME_YIELD)
            break;
        Cell *element = array_element(w, op, type, array, indices);
        if (!element)
            return OUTCOME_STUCK;
        *element = w->passed[0][0];
        outcome = OUTCOME_NEXT;
    }
    if (is_new && outcome != OUTCOME_NEXT)
        owner_release(w, op, array[0].object); /* codegen's own cleanup */
    if (is_new)
        set_result(frame, op, array);
    return outcome;
}

static Outcome run_check(World *w, const Frame *frame, const Op *op)
{
    Constant condition = {0};
    if (!number_of(w, frame, op, 0, &condition))
        return OUTCOME_STUCK;
    return condition.truth ? OUTCOME_NEXT : run_raise(w, frame, op, 1);
}

static Outcome run_error_match(World *w, const Frame *frame, const Op *op)
{
    bool matches = w->caught.site && w->caught.site->exception == op->attr.site->exception;
    set_number(w, frame, op, cell_bool(matches));
    return OUTCOME_NEXT;
}

/* ---- dispatch ------------------------------------------------------------------------------ */

static Outcome run_op(World *w, Frame *frame, const Op *op)
{
    switch ((int)op->code) {
    case OP_CONST:
        return run_const(w, frame, op);
    case OP_IF:
        return run_if(w, frame, op);
    case OP_BLOCK:
        return run_block(w, frame, op);
    case OP_LOOP:
    case OP_FOR:
        return run_loop(w, frame, op);
    case OP_TRY:
        return run_try(w, frame, op);
    case OP_RAISE:
        return run_raise(w, frame, op, 0);
    case OP_SELECT:
        return run_select(w, frame, op);
    case OP_PACK:
    case OP_SOME:
        return run_pack(w, frame, op);
    case OP_EXTRACT:
    case OP_UNWRAP:
        return run_extract(w, frame, op);
    case OP_NOTHING:
        return run_nothing(w, frame, op);
    case OP_IS_SOME:
        return run_is_some(w, frame, op);
    case OP_HIDDEN:
        return run_hidden(w, frame, op);
    case OP_SLOT_NEW:
        return run_slot_new(w, frame, op);
    case OP_SLOT_LOAD:
    case OP_SLOT_STORE:
        return run_slot(w, frame, op);
    case OP_ARRAY_NEW:
        return run_array_new(w, frame, op);
    case OP_ARRAY_VIEW:
        return run_array_view(w, frame, op);
    case OP_ARRAY_DIM:
    case OP_ARRAY_STRIDE:
    case OP_ARRAY_DATA:
        return run_array_part(w, frame, op);
    case OP_LOAD:
        return run_load(w, frame, op);
    case OP_STORE:
        return run_store(w, frame, op);
    case OP_POINTER_LOAD:
    case OP_POINTER_STORE:
    case OP_POINTER_ADD:
        return run_pointer(w, frame, op);
    case OP_MAP:
    case OP_MAP_INTO:
        return run_map(w, frame, op);
    case OP_CALL:
    case OP_CALL_RUNTIME:
        return run_call(w, frame, op);
    case OP_CHECK:
        return run_check(w, frame, op);
    case OP_ERROR_MATCH:
        return run_error_match(w, frame, op);
    case OP_RETAIN:
    case OP_OWN:
    case OP_RELEASE:
    case OP_DISOWN:
        return run_ownership(w, frame, op);
    default:
        return op_is_terminator(op->code) ? run_terminator(w, frame, op)
                                          : run_number(w, frame, op);
    }
}

/* Polls come behind the owns at the top of a loop's body. */
static bool polls_here(const Op *op)
{
    const Op *owner = op->parent->owner;
    bool is_loop = owner && (owner->code == OP_LOOP || owner->code == OP_FOR);
    return is_loop && op->code != OP_OWN && (!op->prev || op->prev->code == OP_OWN);
}

static Outcome run_region(World *w, Frame *frame, const Region *region)
{
    bool may_poll = true;
    for (const Op *op = region->first; op; op = op->next) {
        if (w->trouble || w->fuel-- <= 0)
            return OUTCOME_STUCK;
        if (may_poll && polls_here(op)) {
            may_poll = false;
            if (raises_by_chance(w))
                return OUTCOME_RAISE;
        }
        for (uint32_t i = 0; i < op->arg_count; i++)
            check_alive(w, op, op_arg(op, i)->type, cells_of_arg(frame, op, i));
        Outcome outcome = run_op(w, frame, op);
        if (w->trouble)
            return OUTCOME_STUCK;
        if (outcome != OUTCOME_NEXT)
            return outcome;
    }
    return in_trouble(w, NULL, "a region without terminator");
}

static Outcome run_function(World *w, const Func *func, Cell *const *args, Cell **result)
{
    Frame frame = {.func = func};
    frame.cells = ARENA_ARRAY(w->arena, Cell *, func->value_count + 1);
    frame.is_owned = ARENA_ARRAY(w->arena, bool, func->value_count + 1);
    for (uint32_t i = 0; i < func->body.param_count; i++)
        frame.cells[func->body.params[i]->id] = args[i];
    Outcome outcome = run_region(w, &frame, &func->body);
    if (outcome == OUTCOME_RAISE)
        clean_up(w, &frame, &func->body);
    if (outcome == OUTCOME_RETURN) {
        *result = w->passed[0];
        for (uint32_t i = 0; i < func->value_count; i++)
            if (frame.is_owned[i])
                return in_trouble(w, func->body.last, "value %u is owned still", i);
    }
    return outcome;
}

/* Each object that is alive is held by an arg (once) or by the result. */
static void interpret_check_leaks(World *w, uint32_t outside, const Type *type, Cell *result)
{
    if (result)
        each_owner(w, NULL, type, result, owner_release);
    for (uint32_t i = 0; i < w->objects.len; i++)
        if (w->objects.data[i].count != (i < outside))
            in_trouble(w, NULL, "object %u has %" PRId64 " references left", i,
                       w->objects.data[i].count);
}

/* Runs the function; with World.counts also checks that no reference is left or missing. Objects that
 * exist before are held by the caller. */
__attribute__((unused)) static Outcome interpret(World *w, const Func *func, Cell *const *args,
                                                 Cell **result)
{
    uint32_t outside = w->objects.len;
    *result = NULL;
    Outcome outcome = run_function(w, func, args, result);
    if (w->counts && outcome != OUTCOME_STUCK)
        interpret_check_leaks(w, outside, func->result, *result);
    return outcome;
}

/* ---- comparing ----------------------------------------------------------------------------- */

static bool number_is_same(const Cell *a, const Cell *b)
{
    if (!a->is_defined || !b->is_defined)
        return a->is_defined == b->is_defined;
    return constant_equal(&a->number, &b->number);
}

/* The same shape and the same elements; memory and strides may differ. */
static bool array_is_same(World *v, World *w, const Type *type, const Cell *a, const Cell *b)
{
    uint32_t ndim = type->array.ndim;
    int64_t dims[INTERPRET_DIMS], indices[INTERPRET_DIMS] = {0};
    for (uint32_t i = 0; i < ndim; i++) {
        dims[i] = (int64_t)a[2 + i].number.integer;
        if (dims[i] != (int64_t)b[2 + i].number.integer)
            return false;
        if (dims[i] <= 0)
            return true;
    }
    do {
        const Cell *x = array_element(v, NULL, type, a, indices);
        const Cell *y = array_element(w, NULL, type, b, indices);
        if (!x || !y || !number_is_same(x, y))
            return false;
    } while (next_index(ndim, dims, indices));
    return true;
}

__attribute__((unused)) static bool cells_are_same(World *v, World *w, const Type *type,
                                                   const Cell *a, const Cell *b)
{
    if (type->kind == TYPE_ARRAY)
        return array_is_same(v, w, type, a, b);
    uint32_t first = cell_start(type, 0);
    if (first || type->count == 0)
        for (uint32_t i = 0; i < (first ? first : cell_count(type)); i++)
            if (!number_is_same(&a[i], &b[i]))
                return false;
    if (first && !a[0].number.truth)
        return true;
    for (uint32_t i = 0; i < type->count && type->kind != TYPE_CONST; i++)
        if (!cells_are_same(v, w, type->elements[i], a + cell_start(type, i),
                            b + cell_start(type, i)))
            return false;
    return true;
}

__attribute__((unused)) static bool raised_is_same(World *v, World *w)
{
    const Raised *a = &v->raised, *b = &w->raised;
    if (a->site != b->site || a->arg_count != b->arg_count)
        return false;
    for (uint32_t i = 0; i < a->arg_count; i++)
        if (!number_is_same(a->args[i], b->args[i]))
            return false;
    return true;
}

/* ---- runs on random arguments --------------------------------------------------------------- */

enum { INTERPRET_FUEL = 3000, INTERPRET_ARGS = 16 };

static int64_t any_int(World *w)
{
    static const int64_t extremes[] = {INT64_MAX, INT64_MIN, INT64_MAX - 1, -1, 100};
    return chance(w, 4) ? (int64_t)chance(w, 12) - 3 : extremes[chance(w, 5)];
}

static void any_arg(World *w, const Type *type, Cell *cells)
{
    if (type->kind != TYPE_ARRAY)
        invent(w, type, cells);
    if (type->kind == TYPE_SCALAR && scalar_is_python_int(type->scalar)) {
        Constant number = {.kind = CONSTANT_INT, .integer = any_int(w)};
        fold_convert(&number, type->scalar, &number);
        cells[0] = cell_number(number);
    }
    if (type->kind != TYPE_ARRAY)
        return;
    int64_t dims[INTERPRET_DIMS];
    for (uint32_t i = 0; i < type->array.ndim; i++)
        dims[i] = chance(w, 8) ? 3 + chance(w, 5) : chance(w, 3);
    memcpy(cells, array_new(w, type, dims, true), cell_count(type) * sizeof *cells);
    Object *object = &w->objects.data[cells[0].object];
    for (int64_t i = 0; i < object->length; i++) {
        Constant number = {.kind = CONSTANT_INT, .integer = (int64_t)chance(w, 14) - 6};
        fold_convert(&number, type->array.dtype, &number);
        object->elements[i] = cell_number(number);
    }
}

typedef struct Run {
    World world;
    Cell *args[INTERPRET_ARGS], *result;
    Outcome outcome;
} Run;

/* The same seed gives the same arguments. */
__attribute__((unused)) static void run_on_random_args(Arena *arena, Run *run, const Func *func,
                                                       uint64_t seed, bool counts)
{
    *run = (Run){
        .world = {.arena = arena, .seed = seed, .fuel = INTERPRET_FUEL, .counts = counts}};
    for (uint32_t i = 0; i < func->body.param_count && i < INTERPRET_ARGS; i++) {
        const Type *type = func->body.params[i]->type;
        run->args[i] = cells_new(&run->world, type);
        any_arg(&run->world, type, run->args[i]);
    }
    run->outcome = interpret(&run->world, func, run->args, &run->result);
}

/* What tells two runs of a function, before and after a rewrite, apart; NULL: nothing. */
__attribute__((unused)) static const char *run_difference(Run *a, Run *b, const Func *func)
{
    if (a->world.trouble || b->world.trouble)
        return a->world.trouble ? a->world.trouble : b->world.trouble;
    if (a->outcome == OUTCOME_STUCK || b->outcome == OUTCOME_STUCK)
        return NULL; /* out of fuel */
    if (a->outcome != b->outcome)
        return a->outcome == OUTCOME_RAISE ? "raised before only" : "raises now";
    if (a->outcome == OUTCOME_RAISE && !raised_is_same(&a->world, &b->world))
        return "raises otherwise";
    World *v = &a->world, *w = &b->world;
    for (uint32_t i = 0; i < func->body.param_count; i++)
        if (!cells_are_same(v, w, func->body.params[i]->type, a->args[i], b->args[i]))
            return "an argument is written otherwise";
    if (v->counts || w->counts || a->outcome == OUTCOME_RAISE)
        return NULL; /* the result's memory is given back */
    return cells_are_same(v, w, func->result, a->result, b->result) ? NULL : "another result";
}

#endif
