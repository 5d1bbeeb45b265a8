/* What an index expression on an array is made of; shared by the type rule and its lowering. */
#ifndef MARTLET_INFER_INDEX_H
#define MARTLET_INFER_INDEX_H

#include "types/type.h"

enum { INDEX_MAX = 64, INDEX_MAX_TUPLE = 1024 };

typedef enum IndexKind {
    INDEX_BAD,
    INDEX_INTEGER,
    INDEX_SLICE,
    INDEX_NEW_AXIS,
    INDEX_ELLIPSIS,
    INDEX_MASK,
    INDEX_ARRAY,
} IndexKind;

typedef struct IndexPlan {
    uint32_t count; /* of index elements */
    IndexKind kinds[INDEX_MAX];
    const Type *types[INDEX_MAX];
    uint32_t consumed; /* axes of the array that are named */
    uint32_t integers, new_axes;
    int ellipsis;  /* position, or -1 */
    bool advanced; /* has a mask or an array */
    bool too_many;
} IndexPlan;

/* False when an element is no index. */
bool index_plan(const Type *array, const Type *index, IndexPlan *plan);
/* The view that basic indexing gives. */
const Type *index_view_type(TypeTable *types, const ArrayType *array, const IndexPlan *plan);
/* Positions that a slice with known bounds picks from a tuple; false when they are not known. */
bool index_tuple_slice(const Type *x, const Type *slice, uint32_t *picked, uint32_t *count);

#endif
