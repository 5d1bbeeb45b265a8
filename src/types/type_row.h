/* The rows of type.def, for the files of types/ only. */
#ifndef MARTLET_TYPES_TYPE_ROW_H
#define MARTLET_TYPES_TYPE_ROW_H

#include "types/type.h"

typedef enum TypePayload {
    PAYLOAD_NOTHING,
    PAYLOAD_SCALAR,
    PAYLOAD_CONSTANT,
    PAYLOAD_ARRAY,
    PAYLOAD_NAME,
    PAYLOAD_CLASS,
    PAYLOAD_CODE,
} TypePayload;

typedef enum TypeMeeting { MEETING_APART, MEETING_PARTS, MEETING_LAYOUT } TypeMeeting;

typedef struct TypeRow {
    const char *word;
    TypePayload payload;
    uint32_t least, most;
    TypeMeeting merge;
    const char *describe;
} TypeRow;

const TypeRow *type_row(TypeKind kind);

/* A namedtuple's word; a plain tuple has its row's. */
#define TYPE_NAMED_TUPLE_WORD "NamedTuple"

/* The one type equal to `proto`, whose elements are the caller's; made when there is none. */
const Type *type_intern(TypeTable *table, const Type *proto);
bool type_payload_equal(const Type *a, const Type *b);

/* An array of elements to build a type from, given back by close unless new types lie above it. */
typedef struct TypeScratch {
    ArenaMark mark;
    uint32_t len;
    const Type **elements;
} TypeScratch;

TypeScratch type_scratch_open(TypeTable *table, uint32_t count);
void type_scratch_close(TypeTable *table, const TypeScratch *scratch);

#endif
