/* What the printer and the parser of the IR must agree on beside op.def. */
#ifndef MARTLET_IR_NOTATION_H
#define MARTLET_IR_NOTATION_H

#include "ir/ir.h"

/* Letters, digits, '_' and bytes of UTF-8; with `is_dotted` also '.', and digits may come first.
 * Other names are quoted. */
bool notation_is_plain(const char *text, size_t length, bool is_dotted);
/* The longest prefix of `text` that is plain. */
size_t notation_plain_length(const char *text, bool is_dotted);

/* The integer attr of an operation: a number, or a word where it is an operator or a refinement. */
void notation_print_integer(OpCode op, int64_t value, Text *out);
bool notation_parse_integer(OpCode op, const char *text, size_t length, int64_t *value);

/* Whether the operation is printed with its label: those that break and continue may name. */
bool notation_has_label(OpCode op);
/* What stands before region 1: "else" or "except". */
const char *notation_second_region(OpCode op);

#endif
