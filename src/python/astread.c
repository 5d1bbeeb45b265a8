/* Reading `ast` objects. See astread.h.
 *
 * The caller's `ast` tree owns all objects in it, and nobody else sees it: attributes are
 * borrowed from it, so that leaving for lack of memory leaks nothing.
 */
#include "python/astread.h"

#include <string.h>

enum { DEPTH_MAX = 1000 }; /* of nodes in nodes: lowering and the like recurse */

typedef int FieldReader(AstReader *reader, PyObject *value, void *at);

/* ---- attributes and classes ---- */

static PyObject *name_object(AstReader *reader, const char *text)
{
    PyObject *name = PyUnicode_InternFromString(text);
    if (!name)
        return NULL;
    int status = PyList_Append(reader->keep, name);
    Py_DECREF(name);
    return status < 0 ? NULL : name;
}

int astread_open(AstReader *reader)
{
    static const char *const position[4] = {"lineno", "col_offset", "end_lineno",
                                            "end_col_offset"};
    reader->keep = PyList_New(0);
    if (!reader->keep)
        return -1;
    for (int i = 0; i < 4; i++) {
        reader->position[i] = name_object(reader, position[i]);
        if (!reader->position[i])
            return -1;
    }
    return 0;
}

/* Borrowed from `object`. */
static PyObject *borrow_attribute(PyObject *object, PyObject *name)
{
    PyObject *value = PyObject_GetAttr(object, name);
    Py_XDECREF(value);
    return value;
}

static PyObject *field_value(AstReader *reader, PyObject *object, const AstField *field)
{
    PyObject *name = map_get(&reader->attributes, map_key(field));
    if (!name) {
        name = name_object(reader, field->name);
        if (!name)
            return NULL;
        map_set(reader->arena, &reader->attributes, map_key(field), name);
    }
    return borrow_attribute(object, name);
}

static const char *class_name(const PyObject *object)
{
    const char *name = Py_TYPE(object)->tp_name, *dot = strrchr(name, '.');
    return dot ? dot + 1 : name;
}

/* Are these one name but for case and underscores: match_case, MatchCase? */
static bool is_same_name(const char *a, const char *b)
{
    for (;; a++, b++) {
        a += *a == '_';
        b += *b == '_';
        if (Py_TOLOWER(*a) != Py_TOLOWER(*b))
            return false;
        if (!*a)
            return true;
    }
}

static int find_kind(AstReader *reader, PyObject *object)
{
    uint64_t key = map_key(Py_TYPE(object));
    uintptr_t found = (uintptr_t)map_get(&reader->kinds, key);
    for (int kind = 0; !found && kind < NODE_COUNT; kind++)
        if (is_same_name(class_name(object), ast_shape((NodeKind)kind)->class_name))
            found = (uintptr_t)kind + 1;
    if (!found) {
        PyErr_Format(PyExc_SystemError, "martlet: unknown syntax node %s", class_name(object));
        return -1;
    }
    map_set(reader->arena, &reader->kinds, key, (void *)found);
    return (int)found - 1;
}

/* ---- fields ---- */

const Symbol *astread_mangle(const AstReader *reader, const char *name, size_t length)
{
    bool is_private = length > 2 && name[0] == '_' && name[1] == '_' &&
                      !(name[length - 1] == '_' && name[length - 2] == '_');
    const char *class = reader->class ? reader->class->text : "";
    class += strspn(class, "_");
    if (!is_private || !*class)
        return intern_text(reader->names, name, length);
    return intern_cstr(reader->names, arena_printf(reader->arena, "_%s%s", class, name));
}

static int read_child(AstReader *reader, PyObject *value, void *at)
{
    if (value == Py_None)
        return 0;
    *(Node **)at = astread_node(reader, value);
    return *(Node **)at ? 0 : -1;
}

static bool is_assert(const PyObject *object)
{
    return strcmp(class_name(object), ast_shape(NODE_ASSERT)->class_name) == 0;
}

static int read_list(AstReader *reader, PyObject *value, void *at)
{
    Py_ssize_t count = PyList_GET_SIZE(value);
    NodeList *list = at;
    list->data = ARENA_ARRAY(reader->arena, Node *, count);
    for (Py_ssize_t i = 0; i < count; i++) {
        PyObject *item = PyList_GET_ITEM(value, i);
        if (reader->drops_asserts && is_assert(item))
            continue;
        if (read_child(reader, item, &list->data[list->len]) < 0)
            return -1;
        list->len++;
    }
    return 0;
}

static int read_symbol(AstReader *reader, PyObject *value, void *at, bool is_mangled)
{
    if (value == Py_None)
        return 0;
    Py_ssize_t length;
    const char *text = PyUnicode_AsUTF8AndSize(value, &length);
    if (!text)
        return -1;
    *(const Symbol **)at = is_mangled ? astread_mangle(reader, text, (size_t)length)
                                      : intern_text(reader->names, text, (size_t)length);
    return 0;
}

static int read_name(AstReader *reader, PyObject *value, void *at)
{
    return read_symbol(reader, value, at, true);
}

static int read_text(AstReader *reader, PyObject *value, void *at)
{
    return read_symbol(reader, value, at, false);
}

static int read_names(AstReader *reader, PyObject *value, void *at)
{
    NameList *list = at;
    list->len = (uint32_t)PyList_GET_SIZE(value);
    list->data = ARENA_ARRAY(reader->arena, const Symbol *, list->len);
    for (uint32_t i = 0; i < list->len; i++)
        if (read_name(reader, PyList_GET_ITEM(value, (Py_ssize_t)i), &list->data[i]) < 0)
            return -1;
    return 0;
}

static int read_number(AstReader *reader, PyObject *value, void *at)
{
    (void)reader;
    if (value == Py_None)
        return 0;
    long number = PyLong_AsLong(value);
    if (number == -1 && PyErr_Occurred())
        return -1;
    *(int *)at = (int)number;
    return 0;
}

static int read_operator(AstReader *reader, PyObject *value, void *at)
{
    uint64_t key = map_key(Py_TYPE(value));
    uintptr_t found = (uintptr_t)map_get(&reader->operators, key);
    for (int op = 0; !found && op < OPERATOR_COUNT; op++)
        if (strcmp(class_name(value), ast_operator_class((Operator)op)) == 0)
            found = (uintptr_t)op + 1;
    if (!found) {
        PyErr_Format(PyExc_SystemError, "martlet: unknown operator %s", class_name(value));
        return -1;
    }
    map_set(reader->arena, &reader->operators, key, (void *)found);
    *(Operator *)at = (Operator)(found - 1);
    return 0;
}

static int read_operators(AstReader *reader, PyObject *value, void *at)
{
    OperatorList *list = at;
    list->len = (uint32_t)PyList_GET_SIZE(value);
    list->data = ARENA_ARRAY(reader->arena, Operator, list->len);
    for (uint32_t i = 0; i < list->len; i++)
        if (read_operator(reader, PyList_GET_ITEM(value, (Py_ssize_t)i), &list->data[i]) < 0)
            return -1;
    return 0;
}

/* ---- constants ---- */

/* False where the int takes more than 128 bits; literals have no sign. */
static bool int_fits(PyObject *value, __int128 *out)
{
    int overflow;
    long long small = PyLong_AsLongLongAndOverflow(value, &overflow);
    if (!overflow) {
        *out = small;
        return true;
    }
    PyObject *shift = PyLong_FromLong(64);
    PyObject *high = shift ? PyNumber_Rshift(value, shift) : NULL;
    long long upper = high ? PyLong_AsLongLongAndOverflow(high, &overflow) : 0;
    unsigned long long lower = PyLong_AsUnsignedLongLongMask(value);
    Py_XDECREF(shift);
    Py_XDECREF(high);
    *out = (__int128)((unsigned __int128)(unsigned long long)upper << 64 | lower);
    return high && !overflow;
}

static int read_string(AstReader *reader, PyObject *value, Constant *out)
{
    Py_ssize_t length;
    const char *text = PyUnicode_AsUTF8AndSize(value, &length);
    out->kind = CONSTANT_STR;
    if (text) {
        out->text = intern_text(reader->names, text, (size_t)length);
        return 0;
    }
    PyErr_Clear(); /* half a surrogate pair */
    PyObject *bytes = PyUnicode_AsEncodedString(value, "utf-8", "surrogatepass");
    if (!bytes || PyList_Append(reader->keep, bytes) < 0) {
        Py_XDECREF(bytes);
        return -1;
    }
    Py_DECREF(bytes);
    out->text =
        intern_text(reader->names, PyBytes_AS_STRING(bytes), (size_t)PyBytes_GET_SIZE(bytes));
    return 0;
}

static int read_literal(AstReader *reader, PyObject *value, void *at)
{
    Constant *out = at;
    if (value == Py_None) {
        out->kind = CONSTANT_NONE;
    } else if (value == Py_Ellipsis) {
        out->kind = CONSTANT_ELLIPSIS;
    } else if (PyBool_Check(value)) {
        *out = (Constant){.kind = CONSTANT_BOOL, .truth = value == Py_True};
    } else if (PyLong_Check(value)) {
        out->kind = CONSTANT_INT;
        int_fits(value, &out->integer);
    } else if (PyFloat_Check(value)) {
        *out = (Constant){.kind = CONSTANT_FLOAT, .real = PyFloat_AS_DOUBLE(value)};
    } else if (PyComplex_Check(value)) {
        *out = (Constant){.kind = CONSTANT_COMPLEX,
                          .real = PyComplex_RealAsDouble(value),
                          .imag = PyComplex_ImagAsDouble(value)};
    } else {
        return read_string(reader, value, out);
    }
    return 0;
}

/* ast.Constant stands for several of our nodes. */
static int constant_kind(PyObject *value)
{
    __int128 integer;
    if (!value)
        return -1;
    if (PyBytes_Check(value))
        return NODE_BYTES;
    if (PyLong_Check(value) && !int_fits(value, &integer))
        return PyErr_Occurred() ? -1 : NODE_BIG_INT;
    return NODE_CONSTANT;
}

/* ---- nodes ---- */

static bool has_position(NodeKind kind)
{
    return kind != NODE_ARGUMENTS && kind != NODE_WITH_ITEM && kind != NODE_MATCH_CASE &&
           kind != NODE_COMPREHENSION;
}

static int read_position(AstReader *reader, PyObject *object, Span *span)
{
    long numbers[4];
    for (int i = 0; i < 4; i++) {
        PyObject *value = borrow_attribute(object, reader->position[i]);
        numbers[i] = value ? PyLong_AsLong(value) : -1;
        if (numbers[i] < 0)
            return -1;
    }
    *span = (Span){
        .source = reader->source,
        .line = (uint32_t)(numbers[0] + reader->line_shift),
        .column = (uint32_t)numbers[1],
        .end_line = (uint32_t)(numbers[2] + reader->line_shift),
        .end_column = (uint32_t)numbers[3],
    };
    return 0;
}

static void extend_span(void *context, Node *child)
{
    Span *span = context;
    if (!child->span.line)
        return;
    if (!span->line)
        *span = child->span;
    span->end_line = child->span.end_line;
    span->end_column = child->span.end_column;
}

/* import a.b binds a; without `as`, the name itself is bound. */
static void complete_alias(AstReader *reader, AstAlias *alias)
{
    if (alias->asname)
        return;
    const char *name = alias->name->text, *dot = strchr(name, '.');
    alias->is_top = dot;
    alias->asname = astread_mangle(
        reader, dot ? arena_strndup(reader->arena, name, (size_t)(dot - name)) : name,
        dot ? (size_t)(dot - name) : alias->name->length);
}

static int read_fields(AstReader *reader, PyObject *object, Node *node)
{
    static FieldReader *const readers[] = {
        [FIELD_CHILD] = read_child,       [FIELD_LIST] = read_list,
        [FIELD_NAME] = read_name,         [FIELD_NAMES] = read_names,
        [FIELD_TEXT] = read_text,         [FIELD_NUMBER] = read_number,
        [FIELD_OPERATOR] = read_operator, [FIELD_OPERATORS] = read_operators,
        [FIELD_LITERAL] = read_literal,
    };
    const AstShape *shape = ast_shape(node->kind);
    for (uint32_t i = 0; i < shape->field_count; i++) {
        const AstField *field = &shape->fields[i];
        PyObject *value = field_value(reader, object, field);
        if (!value || readers[field->kind](reader, value, (char *)node + field->offset) < 0)
            return -1;
    }
    return 0;
}

static Node *read_node(AstReader *reader, PyObject *object)
{
    int kind = find_kind(reader, object);
    if (kind == NODE_CONSTANT)
        kind = constant_kind(field_value(reader, object, &ast_shape(NODE_CONSTANT)->fields[0]));
    if (kind < 0)
        return NULL;
    Node *node = ast_new(reader->arena, (NodeKind)kind, (Span){0});
    if (has_position(node->kind) && read_position(reader, object, &node->span) < 0)
        return NULL;
    if (read_fields(reader, object, node) < 0)
        return NULL;
    if (!has_position(node->kind))
        ast_children(node, extend_span, &node->span);
    if (node->kind == NODE_ALIAS)
        complete_alias(reader, (AstAlias *)node);
    return node;
}

Node *astread_node(AstReader *reader, PyObject *object)
{
    if (reader->depth == DEPTH_MAX) {
        reader->is_too_deep = true;
        return NULL;
    }
    reader->depth++;
    Node *node = read_node(reader, object);
    reader->depth--;
    return node;
}
