/* NumPy 2.4.6's promotion. Written by make_types_numpy.py. */
/* clang-format off */
static const char *const NUMPY_KINDS[] = {
    "bool", "int", "float", "complex", "bool_", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float16", "float32", "float64", "complex64", "complex128",
};

/* A row for the left operand: the results, in the order of NUMPY_KINDS. */
static const char *const NUMPY_RESULTS[18][18] = {
    {"int", "int", "float", "complex", "bool_", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float16", "float32", "float64", "complex64", "complex128"},
    {"int", "int", "float", "complex", "int64", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float16", "float32", "float64", "complex64", "complex128"},
    {"float", "float", "float", "complex", "float64", "float64", "float64", "float64", "float64", "float64", "float64", "float64", "float64", "float16", "float32", "float64", "complex64", "complex128"},
    {"complex", "complex", "complex", "complex", "complex128", "complex128", "complex128", "complex128", "complex128", "complex128", "complex128", "complex128", "complex128", "complex64", "complex64", "complex128", "complex64", "complex128"},
    {"bool_", "int64", "float64", "complex128", "bool_", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float16", "float32", "float64", "complex64", "complex128"},
    {"int8", "int8", "float64", "complex128", "int8", "int8", "int16", "int32", "int64", "int16", "int32", "int64", "float64", "float16", "float32", "float64", "complex64", "complex128"},
    {"int16", "int16", "float64", "complex128", "int16", "int16", "int16", "int32", "int64", "int16", "int32", "int64", "float64", "float32", "float32", "float64", "complex64", "complex128"},
    {"int32", "int32", "float64", "complex128", "int32", "int32", "int32", "int32", "int64", "int32", "int32", "int64", "float64", "float64", "float64", "float64", "complex128", "complex128"},
    {"int64", "int64", "float64", "complex128", "int64", "int64", "int64", "int64", "int64", "int64", "int64", "int64", "float64", "float64", "float64", "float64", "complex128", "complex128"},
    {"uint8", "uint8", "float64", "complex128", "uint8", "int16", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float16", "float32", "float64", "complex64", "complex128"},
    {"uint16", "uint16", "float64", "complex128", "uint16", "int32", "int32", "int32", "int64", "uint16", "uint16", "uint32", "uint64", "float32", "float32", "float64", "complex64", "complex128"},
    {"uint32", "uint32", "float64", "complex128", "uint32", "int64", "int64", "int64", "int64", "uint32", "uint32", "uint32", "uint64", "float64", "float64", "float64", "complex128", "complex128"},
    {"uint64", "uint64", "float64", "complex128", "uint64", "float64", "float64", "float64", "float64", "uint64", "uint64", "uint64", "uint64", "float64", "float64", "float64", "complex128", "complex128"},
    {"float16", "float16", "float16", "complex64", "float16", "float16", "float32", "float64", "float64", "float16", "float32", "float64", "float64", "float16", "float32", "float64", "complex64", "complex128"},
    {"float32", "float32", "float32", "complex64", "float32", "float32", "float32", "float64", "float64", "float32", "float32", "float64", "float64", "float32", "float32", "float64", "complex64", "complex128"},
    {"float64", "float64", "float64", "complex128", "float64", "float64", "float64", "float64", "float64", "float64", "float64", "float64", "float64", "float64", "float64", "float64", "complex128", "complex128"},
    {"complex64", "complex64", "complex64", "complex64", "complex64", "complex64", "complex64", "complex128", "complex128", "complex64", "complex64", "complex128", "complex128", "complex64", "complex64", "complex128", "complex64", "complex128"},
    {"complex128", "complex128", "complex128", "complex128", "complex128", "complex128", "complex128", "complex128", "complex128", "complex128", "complex128", "complex128", "complex128", "complex128", "complex128", "complex128", "complex128", "complex128"},
};

/* '1' where np.can_cast(row, column); Python kinds as NumPy's of their width. */
static const char *const NUMPY_SAFE[18] = {
    "111111111111111111",
    "011100001000000101",
    "001100000000000101",
    "000100000000000001",
    "111111111111111111",
    "011101111000011111",
    "011100111000001111",
    "011100011000000101",
    "011100001000000101",
    "011100111111111111",
    "011100011011101111",
    "011100001001100101",
    "001100000000100101",
    "001100000000011111",
    "001100000000001111",
    "001100000000000101",
    "000100000000000011",
    "000100000000000001",
};
/* clang-format on */
