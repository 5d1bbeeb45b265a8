/* Failure: how an exception leaves an operation.
 *
 * A raising operation branches to a `raise` block of its handler, with the number of its site (index
 * into the table of SiteRecords) as a phi; that block fills ctx->error. An operation that called
 * something which failed branches to the handler's `trace` or `place` block, which adds the number to
 * the trace. All go on to the handler's target, where the frame slots of its scope are released. Blocks are
 * made at first use: what cannot fail costs nothing.
 */
#ifndef MARTLET_CODEGEN_FAILURE_H
#define MARTLET_CODEGEN_FAILURE_H

#include "codegen/join.h"
#include "runtime/abi.h"

struct Handler {
    Handler *outer;
    const char *name;
    LLVMBasicBlockRef target;
    Join raise; /* site, exception class */
    Join trace; /* site: a compiled callee raised */
    Join place; /* site: the runtime raised */
    VEC(LLVMValueRef)
    owned; /* frame slots of this scope: pointers to an owner, or NULL in them */
};

/* Exceptions go to `handler` from here on, until failure_close. */
void failure_open(Emit *e, Handler *handler, const char *name);
/* Ends the scope and, when something in it can fail, goes on in the target, slots released; else
 * the result is false. The place where the builder was is lost. */
bool failure_close(Emit *e, Handler *handler);

/* Raises the site's exception unless `ok`, with the args of `op` from `first` as message values. */
void failure_check(Emit *e, const Op *op, LLVMValueRef ok, const Site *site, uint32_t first);
void failure_raise(Emit *e, const Op *op, const Site *site, uint32_t first);
/* Goes on when `ok`; otherwise a compiled callee has filled ctx->error, and `op` is added to its trace. */
void failure_propagate(Emit *e, const Op *op, LLVMValueRef ok);
/* The same where a function of the runtime has: `op` begins the trace. */
void failure_propagate_runtime(Emit *e, const Op *op, LLVMValueRef ok);
/* To the target as things are. */
void failure_leave(Emit *e);
/* A copy of the pending exception on the stack, and back. */
LLVMValueRef failure_save(Emit *e);
void failure_restore(Emit *e, LLVMValueRef copy);
/* Raises one of RT_SITE_… unless `ok`. */
void failure_check_system(Emit *e, LLVMValueRef ok, int32_t site, RtException class);

/* The number of the exception class of a site. */
RtException failure_class(const Site *site);
/* A new row of the table of sites; `site` NULL: for tracebacks. */
uint32_t failure_site(Emit *e, const Op *op, const Site *site, uint32_t first);
/* A frame slot, NULL at entry, released when an exception leaves the current scope. */
LLVMValueRef failure_slot(Emit *e, const char *name);

#endif
