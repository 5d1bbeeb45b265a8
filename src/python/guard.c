/* Guards on names. See guard.h. */
#include "python/guard.h"

static const char interpreter_key[] = "martlet.watches";

PyObject *guard_value(const NameGuard *guard)
{
    if (!guard->name)
        return PyCell_GET(guard->holder);
    if (PyDict_CheckExact(guard->holder))
        return PyDict_GetItemWithError(guard->holder, guard->name);
    return _PyType_Lookup((PyTypeObject *)guard->holder, guard->name);
}

/* ---- watching dictionaries ---- */

#if PY_VERSION_HEX >= 0x030C0000
/* The watches of this interpreter, by address of the dictionary; borrowed, NULL when there are none. */
static PyObject *interpreter_watches(void)
{
    PyObject *dict = PyInterpreterState_GetDict(PyInterpreterState_Get());
    return dict ? PyDict_GetItemString(dict, interpreter_key) : NULL;
}

static Watch *watch_find(PyObject *watches, PyObject *dict)
{
    PyObject *address = PyLong_FromVoidPtr(dict);
    PyObject *capsule = address ? PyDict_GetItemWithError(watches, address) : NULL;
    Py_XDECREF(address);
    return capsule ? PyCapsule_GetPointer(capsule, NULL) : NULL;
}

/* Called by Python before each change of a watched dictionary. */
static int on_change(PyDict_WatchEvent event, PyObject *dict, PyObject *name, PyObject *value)
{
    (void)value;
    PyObject *watches = interpreter_watches();
    Watch *watch = watches ? watch_find(watches, dict) : NULL;
    if (!watch)
        return 0;
    bool is_name = event == PyDict_EVENT_ADDED || event == PyDict_EVENT_MODIFIED ||
                   event == PyDict_EVENT_DELETED;
    int is_guarded = is_name && name ? PySet_Contains(watch->names, name) : 1;
    if (is_guarded != 0)
        COMPAT_COUNT_ADD(&watch->version, 1);
    if (is_guarded < 0)
        PyErr_Clear();
    return 0;
}

static int watcher_open(State *state)
{
    if (state->watcher >= 0)
        return 0;
    PyObject *dict = PyInterpreterState_GetDict(PyInterpreterState_Get());
    if (!dict)
        return -1;
    PyObject *watches = PyDict_GetItemString(dict, interpreter_key);
    if (watches)
        Py_XSETREF(state->watches, Py_NewRef(watches));
    else if (PyDict_SetItemString(dict, interpreter_key, state->watches) < 0)
        return -1;
    state->watcher = PyDict_AddWatcher(on_change);
    return state->watcher < 0 ? -1 : 0;
}

static Watch *watch_new(State *state, PyObject *dict)
{
    Watch *watch = PyMem_Calloc(1, sizeof *watch);
    PyObject *address = PyLong_FromVoidPtr(dict), *capsule = NULL;
    int status = -1;
    if (watch && address && (watch->names = PySet_New(NULL)) &&
        (capsule = PyCapsule_New(watch, NULL, NULL)))
        status = PyDict_SetItem(state->watches, address, capsule);
    if (status == 0)
        status = PyDict_Watch(state->watcher, dict);
    Py_XDECREF(address);
    Py_XDECREF(capsule);
    if (status < 0) {
        if (watch)
            Py_CLEAR(watch->names);
        PyMem_Free(watch);
        return NULL;
    }
    watch->dict = dict;
    return watch;
}

static Watch *watch_take(State *state, PyObject *dict)
{
    if (watcher_open(state) < 0)
        return NULL;
    Watch *watch = watch_find(state->watches, dict);
    if (!watch && !PyErr_Occurred())
        watch = watch_new(state, dict);
    if (watch)
        watch->users++;
    return watch;
}

static void watch_give(State *state, Watch *watch)
{
    if (!watch || --watch->users > 0)
        return;
    PyObject *exception = compat_exception_take();
    PyDict_Unwatch(state->watcher, watch->dict);
    PyObject *address = PyLong_FromVoidPtr(watch->dict);
    if (address)
        PyDict_DelItem(state->watches, address);
    Py_XDECREF(address);
    PyErr_Clear();
    if (exception)
        compat_exception_give(exception);
    Py_CLEAR(watch->names);
    PyMem_Free(watch);
}

static int watch_name(Watch *watch, PyObject *name)
{
    return PySet_Add(watch->names, name);
}
#else
static Watch *watch_take(State *state, PyObject *dict)
{
    (void)state, (void)dict, (void)interpreter_key;
    return NULL;
}

static void watch_give(State *state, Watch *watch)
{
    (void)state, (void)watch;
}

static int watch_name(Watch *watch, PyObject *name)
{
    (void)watch, (void)name;
    return 0;
}
#endif

/* ---- guards of one specialisation ---- */

static DictGuard *find_dict(Guards *guards, PyObject *dict)
{
    for (uint32_t i = 0; i < guards->dict_count; i++)
        if (guards->dicts[i].dict == dict)
            return &guards->dicts[i];
    return NULL;
}

static int add_name(State *state, Guards *guards, const NameGuard *name)
{
    if (!name->name || !PyDict_CheckExact(name->holder))
        return 0;
    DictGuard *dict = find_dict(guards, name->holder);
    if (!dict) {
        dict = &guards->dicts[guards->dict_count];
        dict->watch = watch_take(state, name->holder);
        if (PyErr_Occurred())
            return -1;
        dict->dict = Py_NewRef(name->holder);
        guards->dict_count++;
    }
    if (watch_name(dict->watch, name->name) < 0)
        return -1;
    dict->version = guard_dict_version(dict);
    return 0;
}

/* Cells and classes to the front, in place. */
static void sort_names(Guards *guards)
{
    for (uint32_t i = 0; i < guards->name_count; i++) {
        NameGuard guard = guards->names[i];
        if (guard.name && PyDict_CheckExact(guard.holder))
            continue;
        guards->names[i] = guards->names[guards->cell_count];
        guards->names[guards->cell_count++] = guard;
    }
}

int guards_open(State *state, Guards *guards, NameGuard *names, uint32_t count)
{
    guards->names = names;
    guards->name_count = count;
    sort_names(guards);
    if (count == 0)
        return 0;
    guards->dicts = PyMem_Calloc(count, sizeof *guards->dicts);
    if (!guards->dicts) {
        PyErr_NoMemory();
        return -1;
    }
    for (uint32_t i = 0; i < count; i++)
        if (add_name(state, guards, &names[i]) < 0)
            return -1;
    return 0;
}

void guards_close(State *state, Guards *guards)
{
    for (uint32_t i = 0; i < guards->dict_count; i++) {
        watch_give(state, guards->dicts[i].watch);
        Py_CLEAR(guards->dicts[i].dict);
    }
    for (uint32_t i = 0; i < guards->name_count; i++) {
        Py_CLEAR(guards->names[i].holder);
        Py_CLEAR(guards->names[i].name);
        Py_CLEAR(guards->names[i].seen);
    }
    PyMem_Free(guards->dicts);
    PyMem_Free(guards->names);
    *guards = (Guards){0};
}

int guards_traverse(const Guards *guards, visitproc visit, void *arg)
{
    for (uint32_t i = 0; i < guards->dict_count; i++)
        Py_VISIT(guards->dicts[i].dict);
    for (uint32_t i = 0; i < guards->name_count; i++) {
        Py_VISIT(guards->names[i].holder);
        Py_VISIT(guards->names[i].seen);
    }
    return 0;
}

/* Equal bits, so that a global assigned the same number again is as it was. */
static bool is_same_number(State *state, PyObject *seen, PyObject *value)
{
    uint64_t room[2][8] = {{0}};
    if (!PyNumber_Check(seen) || Py_TYPE(seen) != Py_TYPE(value) || PyArray_Check(seen))
        return false;
    Slots a = {room[0], room[0] + 4}, b = {room[1], room[1] + 4};
    Key key = key_pack(state, seen, &a);
    bool is_same = key > KEY_FULL && (key & 1) && key == key_pack(state, value, &b) &&
                   memcmp(room[0], room[1], sizeof room[0]) == 0;
    PyErr_Clear();
    return is_same;
}

static bool can_follow(State *state, const NameGuard *guard, PyObject *value)
{
    if (guard->hidden < 0 || !value)
        return false;
    uint64_t room[64];
    Slots slots = {room, room + 60};
    Key key = key_pack(state, value, &slots);
    PyErr_Clear();
    return key == guard->key;
}

/* One name looked at again. */
static GuardsState look(State *state, NameGuard *guard)
{
    PyObject *value = guard_value(guard);
    if (!value && PyErr_Occurred())
        return GUARDS_FAILED;
    if (value == guard->seen)
        return GUARDS_HOLD;
    bool follows = can_follow(state, guard, value);
    if (!follows && !(guard->seen && value && is_same_number(state, guard->seen, value))) {
        if (guard->hidden >= 0)
            Py_CLEAR(guard->seen); /* an array may be large, and its value is of no more use */
        return GUARDS_BROKEN;
    }
    Py_XSETREF(guard->seen, Py_NewRef(value));
    return follows ? GUARDS_FOLLOW : GUARDS_HOLD;
}

GuardsState guards_look(State *state, Guards *guards,
                        void (*broken)(void *context, const NameGuard *guard), void *context)
{
    GuardsState result = GUARDS_HOLD;
    for (uint32_t i = 0; i < guards->dict_count; i++)
        guards->dicts[i].version = guard_dict_version(&guards->dicts[i]);
    for (uint32_t i = 0; i < guards->name_count; i++) {
        GuardsState state_of_name = look(state, &guards->names[i]);
        if (state_of_name == GUARDS_BROKEN)
            broken(context, &guards->names[i]);
        if (state_of_name > result)
            result = state_of_name;
    }
    for (uint32_t i = 0; result >= GUARDS_BROKEN && i < guards->dict_count; i++)
        guards->dicts[i].version = UINT64_MAX; /* no dictionary's */
    return result;
}
