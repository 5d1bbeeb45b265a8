/* Boxing and unboxing by type. See convert.h.
 *
 * Boxing walks a result once. When something fails the walk goes on without making objects, so that
 * every array in the result still gives its reference back.
 */
#include "python/convert.h"

#include "python/known.h"
#include "python/ndarray.h"
#include "python/pyclass.h"
#include "python/pycode.h"

_Static_assert(
    offsetof(PyFloatScalarObject, obval) == offsetof(PyBoolScalarObject, obval) &&
        offsetof(PyFloatScalarObject, obval) == offsetof(PyLongScalarObject, obval) &&
        offsetof(PyFloatScalarObject, obval) == offsetof(PyDoubleScalarObject, obval) &&
        offsetof(PyFloatScalarObject, obval) == offsetof(PyCDoubleScalarObject, obval),
    "all NumPy scalars hold their value at the same place");

enum { BOXED_ARRAYS = 16 }; /* of one result that are compared with each other */

/* An array of a result of several parts. Where the result holds all references to a buffer, the array
 * that starts it (the root) owns the memory, and the others are views with it as their base. */
typedef struct BoxedArray {
    const Type *type;
    const uint64_t *slots;
    int root;         /* which array is; -1: none */
    PyObject *object; /* once boxed; borrowed, unless boxed before its turn */
    bool is_early;
} BoxedArray;

typedef struct Boxing {
    State *state;
    const uint64_t *next;
    bool failed;
    uint32_t array_count, turn;
    BoxedArray arrays[BOXED_ARRAYS];
} Boxing;

static PyObject *box(Boxing *b, const Type *type);

/* ---- numbers ---- */

/* Small integers are extended to the slot, so that slots compare as values. */
void convert_unbox_scalar(ScalarKind kind, const void *value, Slots *slots)
{
    uint64_t first = 0, second = 0;
    unsigned size = scalar_size(kind), half = size / 2;
    switch (scalar_class(kind)) {
    case CLASS_COMPLEX:
        memcpy(&first, value, half);
        memcpy(&second, (const char *)value + half, half);
        *slots->next++ = first;
        *slots->next++ = second;
        return;
    case CLASS_INT:
        memcpy(&first, value, size);
        *slots->next++ = (uint64_t)((int64_t)(first << (64 - 8 * size)) >> (64 - 8 * size));
        return;
    case CLASS_BOOL:
    case CLASS_UINT:
    case CLASS_FLOAT:
        memcpy(&first, value, size);
        *slots->next++ = first;
        return;
    }
}

PyObject *convert_int128(__int128 value)
{
    if (value == (int64_t)value)
        return PyLong_FromLongLong((int64_t)value);
    if (value > 0 && value == (__int128)(uint64_t)value)
        return PyLong_FromUnsignedLongLong((uint64_t)value);
    PyObject *high = PyLong_FromLongLong((int64_t)(value >> 64));
    PyObject *low = PyLong_FromUnsignedLongLong((uint64_t)value);
    PyObject *width = PyLong_FromLong(64), *shifted = NULL, *result = NULL;
    if (high && low && width && (shifted = PyNumber_Lshift(high, width)))
        result = PyNumber_Or(shifted, low);
    Py_XDECREF(high);
    Py_XDECREF(low);
    Py_XDECREF(width);
    Py_XDECREF(shifted);
    return result;
}

bool convert_int128_from(PyObject *integer, __int128 *value)
{
    int overflow;
    long long narrow = PyLong_AsLongLongAndOverflow(integer, &overflow);
    if (overflow == 0) {
        *value = narrow;
        return true;
    }
    PyObject *width = PyLong_FromLong(64),
             *high = width ? PyNumber_Rshift(integer, width) : NULL;
    bool fits = false;
    if (high) {
        long long upper = PyLong_AsLongLongAndOverflow(high, &overflow);
        unsigned long long lower = PyLong_AsUnsignedLongLongMask(integer);
        fits = overflow == 0;
        *value = (__int128)(((unsigned __int128)(uint64_t)upper << 64) | lower);
    }
    Py_XDECREF(width);
    Py_XDECREF(high);
    PyErr_Clear();
    return fits;
}

static PyObject *box_numpy_scalar(State *state, ScalarKind kind, const uint64_t *slots)
{
    if (kind == SCALAR_NP_BOOL)
        return Py_NewRef((slots[0] & 1) ? PyArrayScalar_True : PyArrayScalar_False);
    PyTypeObject *type = state->scalar_types[kind];
    PyObject *object = type->tp_alloc(type, 0);
    if (!object)
        return NULL;
    char *value = (char *)object + offsetof(PyFloatScalarObject, obval);
    unsigned size = scalar_size(kind);
    if (scalar_class(kind) == CLASS_COMPLEX) {
        memcpy(value, &slots[0], size / 2);
        memcpy(value + size / 2, &slots[1], size / 2);
    } else {
        memcpy(value, &slots[0], size);
    }
    return object;
}

PyObject *convert_box_scalar(State *state, ScalarKind kind, const uint64_t *slots)
{
    if (!scalar_is_weak(kind))
        return box_numpy_scalar(state, kind, slots);
    switch (scalar_class(kind)) {
    case CLASS_BOOL:
        return PyBool_FromLong(slots[0] & 1);
    case CLASS_UINT:
        return PyLong_FromUnsignedLongLong(slots[0]);
    case CLASS_FLOAT:
        return PyFloat_FromDouble(slot_double(slots));
    case CLASS_COMPLEX:
        return PyComplex_FromDoubles(slot_double(slots), slot_double(slots + 1));
    case CLASS_INT:
        break;
    }
    if (kind == SCALAR_INT)
        return PyLong_FromLongLong((int64_t)slots[0]);
    return convert_int128((__int128)(((unsigned __int128)slots[1] << 64) | slots[0]));
}

PyObject *convert_box_constant(const Constant *constant)
{
    switch (constant->kind) {
    case CONSTANT_NONE:
        return Py_NewRef(Py_None);
    case CONSTANT_BOOL:
        return PyBool_FromLong(constant->truth);
    case CONSTANT_INT:
        return convert_int128(constant->integer);
    case CONSTANT_FLOAT:
        return PyFloat_FromDouble(constant->real);
    case CONSTANT_COMPLEX:
        return PyComplex_FromDoubles(constant->real, constant->imag);
    case CONSTANT_STR:
        return PyUnicode_DecodeUTF8(constant->text->text, (Py_ssize_t)constant->text->length,
                                    "surrogatepass");
    case CONSTANT_ELLIPSIS:
        return Py_NewRef(Py_Ellipsis);
    }
    return NULL;
}

/* ---- boxing ---- */

static PyObject *find_boxed(const Boxing *b, uint32_t turn, const NdarrayParts *parts)
{
    for (uint32_t i = 0; i < b->array_count && i < turn; i++) {
        NdarrayParts other;
        ndarray_read_parts(b->arrays[i].type, b->arrays[i].slots, &other);
        if (b->arrays[i].object && ndarray_parts_equal(parts, &other))
            return b->arrays[i].object;
    }
    return NULL;
}

/* Writes down the arrays of a value; the slots after it. */
static const uint64_t *collect(Boxing *b, const Type *type, const uint64_t *slots)
{
    if (type->kind == TYPE_ARRAY && b->array_count < BOXED_ARRAYS)
        b->arrays[b->array_count++] = (BoxedArray){.type = type, .slots = slots, .root = -1};
    if (type->kind == TYPE_OPTIONAL && !(*slots++ & 1))
        return slots + layout_slot_count(type->elements[0]);
    if (type->kind != TYPE_TUPLE && type->kind != TYPE_OPTIONAL && type->kind != TYPE_FUNCTION)
        return slots + layout_slot_count(type);
    for (uint32_t i = 0; i < type->count; i++)
        slots = collect(b, type->elements[i], slots);
    return slots;
}

static RtBuffer *buffer_of(const BoxedArray *array)
{
    void *owner = (void *)(uintptr_t)array->slots[0];
    return owner && !RT_IS_BORROWED(owner) ? owner : NULL;
}

static void find_roots(Boxing *b)
{
    for (uint32_t i = 0; i < b->array_count; i++) {
        RtBuffer *buffer = buffer_of(&b->arrays[i]);
        int64_t held = 0;
        int root = -1;
        for (uint32_t k = 0; buffer && k < b->array_count; k++) {
            if (buffer_of(&b->arrays[k]) != buffer)
                continue;
            held++;
            NdarrayParts parts;
            ndarray_read_parts(b->arrays[k].type, b->arrays[k].slots, &parts);
            if (ndarray_fits_all(&parts, buffer) &&
                (root < 0 || b->arrays[k].type->array.layout <
                                 b->arrays[root].type->array.layout)) /* a rather than a.T */
                root = (int)k;
        }
        if (buffer && ndarray_holds_all(buffer, held))
            b->arrays[i].root = root;
    }
}

static PyObject *box_view_of_root(Boxing *b, BoxedArray *root, const NdarrayParts *parts)
{
    if (!root->object) {
        NdarrayParts whole;
        ndarray_read_parts(root->type, root->slots, &whole);
        root->object = ndarray_box_taken(b->state, &whole);
        root->is_early = root->object != NULL;
    }
    PyObject *view = root->object ? ndarray_box_view(b->state, parts, root->object) : NULL;
    rt_release(parts->owner);
    return view;
}

static PyObject *box_new_array(Boxing *b, BoxedArray *self, const NdarrayParts *parts)
{
    if (!self || self->root < 0)
        return ndarray_box(b->state, parts);
    BoxedArray *root = &b->arrays[self->root];
    return root == self ? ndarray_box_taken(b->state, parts) : box_view_of_root(b, root, parts);
}

static PyObject *box_array(Boxing *b, const Type *type)
{
    NdarrayParts parts;
    b->next += ndarray_read_parts(type, b->next, &parts);
    uint32_t turn = b->turn++;
    BoxedArray *self = turn < b->array_count ? &b->arrays[turn] : NULL;
    if (self && self->is_early) {
        self->is_early = false;
        if (b->failed)
            Py_CLEAR(self->object);
        return self->object;
    }
    PyObject *object = b->failed ? NULL : find_boxed(b, turn, &parts);
    if (object || b->failed) {
        rt_release(parts.owner);
        return Py_XNewRef(object);
    }
    object = box_new_array(b, self, &parts);
    if (self)
        self->object = object;
    return object;
}

static void put_item(PyObject *tuple, uint32_t i, PyObject *item)
{
    if (PyList_Check(tuple))
        PyList_SET_ITEM(tuple, (Py_ssize_t)i, item);
    else
        PyTuple_SET_ITEM(tuple, (Py_ssize_t)i, item);
}

/* Only PyTuple_New() knows the one empty tuple; Python takes any other for a longer one. */
static PyObject *new_items(PyTypeObject *class, Py_ssize_t count)
{
    if (class == &PyTuple_Type)
        return PyTuple_New(count);
    return class == &PyList_Type ? PyList_New(count) : class->tp_alloc(class, count);
}

/* A tuple, a namedtuple, or the list that a list display is. */
static PyObject *box_tuple(Boxing *b, const Type *type)
{
    PyTypeObject *class = type->class_info ? type->class_info->handle : &PyTuple_Type;
    PyObject *tuple = NULL;
    if (!b->failed)
        tuple = new_items(class, (Py_ssize_t)type->count);
    for (uint32_t i = 0; i < type->count; i++) {
        b->failed |= tuple == NULL;
        PyObject *item = box(b, type->elements[i]);
        if (!item)
            Py_CLEAR(tuple);
        else if (tuple)
            put_item(tuple, i, item);
        else
            Py_DECREF(item);
    }
    return tuple;
}

/* A function over its captures and defaults. */
static PyObject *box_function(Boxing *b, const Type *type)
{
    PyObject *values = b->failed ? NULL : PyTuple_New((Py_ssize_t)type->count),
             *function = NULL;
    for (uint32_t i = 0; i < type->count; i++) {
        b->failed |= values == NULL;
        PyObject *item = box(b, type->elements[i]);
        if (!item)
            Py_CLEAR(values);
        else if (values)
            PyTuple_SET_ITEM(values, (Py_ssize_t)i, item);
        else
            Py_DECREF(item);
    }
    if (values)
        function = pycode_function(type, values);
    Py_XDECREF(values);
    return function;
}

/* range and slice: three elements given to the constructor. */
static PyObject *box_triple(Boxing *b, const Type *type, PyTypeObject *class)
{
    PyObject *items[3] = {NULL, NULL, NULL}, *result = NULL;
    for (uint32_t i = 0; i < 3; i++)
        items[i] = box(b, type->elements[i]);
    if (items[0] && items[1] && items[2])
        result = PyObject_Vectorcall((PyObject *)class, items, 3, NULL);
    for (uint32_t i = 0; i < 3; i++)
        Py_XDECREF(items[i]);
    return result;
}

/* An empty Optional still has the slots of its element, with nothing in them. */
static PyObject *box_optional(Boxing *b, const Type *type)
{
    bool holds = (*b->next++ & 1) != 0;
    if (holds)
        return box(b, type->elements[0]);
    b->next += layout_slot_count(type->elements[0]);
    return b->failed ? NULL : Py_NewRef(Py_None);
}

static PyObject *box_str(Boxing *b)
{
    const char *text = (const char *)(uintptr_t)b->next[0];
    Py_ssize_t length = (Py_ssize_t)b->next[1];
    b->next += 2;
    return b->failed ? NULL : PyUnicode_DecodeUTF8(text, length, "surrogatepass");
}

static PyObject *box_unsupported(Boxing *b, const Type *type)
{
    b->next += layout_slot_count(type);
    if (!b->failed)
        PyErr_Format(PyExc_TypeError, "martlet: a %s cannot be returned to Python",
                     type->kind == TYPE_ITER ? type->name->text : "value of this type");
    return NULL;
}

static PyObject *box_partless(Boxing *b, const Type *type)
{
    switch (type->kind) {
    case TYPE_NONE:
        return Py_NewRef(Py_None);
    case TYPE_ELLIPSIS:
        return Py_NewRef(Py_Ellipsis);
    case TYPE_CONST:
        return convert_box_constant(&type->constant);
    case TYPE_DTYPE:
        return Py_NewRef((PyObject *)b->state->descrs[type->scalar]);
    case TYPE_CLASS:
        return Py_NewRef((PyObject *)type->class_info->handle);
    case TYPE_MODULE:
    case TYPE_BUILTIN:
        return known_object(b->state, type);
    case TYPE_NEVER:
    case TYPE_UNBOUND:
    case TYPE_SCALAR:
    case TYPE_STR:
    case TYPE_OPTIONAL:
    case TYPE_MAYBE:
    case TYPE_ARRAY:
    case TYPE_TUPLE:
    case TYPE_RANGE:
    case TYPE_SLICE:
    case TYPE_METHOD:
    case TYPE_FUNCTION:
    case TYPE_ENUM:
    case TYPE_ITER:
    case TYPE_SLOT:
    case TYPE_EXCEPTION:
    case TYPE_POINTER:
        break;
    }
    return box_unsupported(b, type);
}

static PyObject *box_scalar(Boxing *b, const Type *type)
{
    const uint64_t *slots = b->next;
    b->next += layout_slot_count(type);
    return b->failed ? NULL : convert_box_scalar(b->state, type->scalar, slots);
}

static PyObject *box_enum(Boxing *b, const Type *type)
{
    uint64_t number = *b->next++;
    return b->failed ? NULL : pyclass_member(type->class_info, (uint32_t)number);
}

static PyObject *box(Boxing *b, const Type *type)
{
    PyObject *object = NULL;
    switch ((int)type->kind) {
    case TYPE_SCALAR:
        object = box_scalar(b, type);
        break;
    case TYPE_ARRAY:
        object = box_array(b, type);
        break;
    case TYPE_TUPLE:
        object = box_tuple(b, type);
        break;
    case TYPE_FUNCTION:
        object = box_function(b, type);
        break;
    case TYPE_OPTIONAL:
        object = box_optional(b, type);
        break;
    case TYPE_RANGE:
        object = box_triple(b, type, &PyRange_Type);
        break;
    case TYPE_SLICE:
        object = box_triple(b, type, &PySlice_Type);
        break;
    case TYPE_ENUM:
        object = box_enum(b, type);
        break;
    case TYPE_STR:
        object = box_str(b);
        break;
    default: /* an (int): the rest has no parts, and box_partless lists it */
        object = b->failed ? NULL : box_partless(b, type);
        break;
    }
    b->failed |= object == NULL;
    return object;
}

PyObject *convert_box(State *state, const Type *type, const uint64_t *slots)
{
    if (type->kind == TYPE_SCALAR)
        return convert_box_scalar(state, type->scalar, slots);
    Boxing b;
    b.state = state;
    b.next = slots;
    b.failed = false;
    b.array_count = b.turn = 0;
    if (type->kind != TYPE_ARRAY && type->holds_owner) {
        collect(&b, type, slots);
        find_roots(&b);
    }
    return box(&b, type);
}

/* ---- unboxing ---- */

static bool unbox_int(PyObject *object, Slots *slots, ScalarKind kind)
{
    __int128 value;
    if (!PyLong_Check(object) || !convert_int128_from(object, &value))
        return false;
    *slots->next++ = (uint64_t)value;
    if (kind == SCALAR_INT_I128)
        *slots->next++ = (uint64_t)(value >> 64);
    return true;
}

static bool unbox_scalar(State *state, ScalarKind kind, PyObject *object, Slots *slots)
{
    if (!scalar_is_weak(kind)) {
        convert_unbox_scalar(kind, convert_scalar_value(object), slots);
        return state_kind_of_type(state, Py_TYPE(object)) == kind;
    }
    if (scalar_is_python_int(kind))
        return unbox_int(object, slots, kind);
    if (kind == SCALAR_BOOL) {
        *slots->next++ = object == Py_True;
        return PyBool_Check(object);
    }
    Py_complex value = PyComplex_AsCComplex(object);
    slot_put_double(slots, value.real);
    if (kind == SCALAR_COMPLEX)
        slot_put_double(slots, value.imag);
    return !PyErr_Occurred();
}

/* The attributes start, stop, step of a range or slice. */
static bool unbox_triple(State *state, const Type *type, PyObject *object, Slots *slots)
{
    static const char *const names[] = {"start", "stop", "step"};
    for (uint32_t i = 0; i < 3; i++) {
        PyObject *item = PyObject_GetAttrString(object, names[i]);
        bool done = item && convert_unbox(state, type->elements[i], item, slots);
        Py_XDECREF(item);
        if (!done)
            return false;
    }
    return true;
}

static bool unbox_tuple(State *state, const Type *type, PyObject *object, Slots *slots)
{
    if (!PyTuple_Check(object) || PyTuple_GET_SIZE(object) != (Py_ssize_t)type->count)
        return false;
    for (uint32_t i = 0; i < type->count; i++)
        if (!convert_unbox(state, type->elements[i], PyTuple_GET_ITEM(object, (Py_ssize_t)i),
                           slots))
            return false;
    return true;
}

static bool unbox_str(PyObject *object, Slots *slots)
{
    Py_ssize_t length;
    const char *text = PyUnicode_AsUTF8AndSize(object, &length);
    if (!text)
        return false;
    *slots->next++ = (uint64_t)(uintptr_t)text;
    *slots->next++ = (uint64_t)length;
    return true;
}

static bool unbox_enum(const Type *type, PyObject *object, Slots *slots)
{
    int64_t number = pyclass_member_number(type->class_info, object);
    *slots->next++ = (uint64_t)number;
    return number >= 0;
}

static bool unbox_array(State *state, const Type *type, PyObject *object, Slots *slots)
{
    Key key = key_pack_array(state, (PyArrayObject *)object, slots);
    return key > KEY_FULL && key == key_from_type(type);
}

bool convert_unbox(State *state, const Type *type, PyObject *object, Slots *slots)
{
    switch ((int)type->kind) {
    case TYPE_SCALAR:
        return unbox_scalar(state, type->scalar, object, slots);
    case TYPE_ARRAY:
        return PyArray_Check(object) && unbox_array(state, type, object, slots);
    case TYPE_TUPLE:
        return unbox_tuple(state, type, object, slots);
    case TYPE_RANGE:
    case TYPE_SLICE:
        return unbox_triple(state, type, object, slots);
    case TYPE_STR:
        return PyUnicode_Check(object) && unbox_str(object, slots);
    case TYPE_ENUM:
        return unbox_enum(type, object, slots);
    default: /* no parts */
        return layout_slot_count(type) == 0;
    }
}

static double slot_real(ScalarKind kind, uint64_t slot)
{
    double wide;
    float narrow;
    if (layout_scalar_part(kind) == PART_F64) {
        memcpy(&wide, &slot, sizeof wide);
        return wide;
    }
    memcpy(&narrow, &slot, sizeof narrow);
    return (double)narrow;
}

bool convert_constant_from(State *state, const Type *type, PyObject *object, Constant *constant)
{
    uint64_t room[2] = {0};
    Slots slots = {room, room + 2};
    ScalarKind kind = type->scalar;
    if (!unbox_scalar(state, kind, object, &slots))
        return false;
    switch (scalar_class(kind)) {
    case CLASS_BOOL:
        *constant = (Constant){.kind = CONSTANT_BOOL, .truth = room[0] != 0};
        return true;
    case CLASS_INT:
        *constant = (Constant){.kind = CONSTANT_INT, .integer = (int64_t)room[0]};
        return true;
    case CLASS_UINT:
        *constant = (Constant){.kind = CONSTANT_INT, .integer = (__int128)room[0]};
        return true;
    case CLASS_FLOAT:
        *constant = (Constant){.kind = CONSTANT_FLOAT, .real = slot_real(kind, room[0])};
        return kind != SCALAR_FLOAT16;
    case CLASS_COMPLEX:
        *constant = (Constant){.kind = CONSTANT_COMPLEX, .real = slot_real(kind, room[0])};
        constant->imag = slot_real(kind, room[1]);
        return true;
    }
    return false;
}
