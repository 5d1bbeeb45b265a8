/* Where the imports of an image live: runtime/abi.def, libm, and what LLVM invents. */
#ifndef MARTLET_DRIVER_IMPORT_H
#define MARTLET_DRIVER_IMPORT_H

/* An ImageResolve; the context is not used. */
void *import_resolve(void *context, const char *name);

#endif
