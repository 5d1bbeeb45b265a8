/* Imports of compiled code, by name. */
#include "driver/import.h"

#include <math.h>
#include <string.h>

#include "image/image.h"
#include "runtime/abi.h"

typedef void Function(void);

/* C has no object pointer to a function; images call through addresses all the same. */
typedef union Address {
    Function *function;
    void *data;
} Address;

typedef struct Import {
    const char *name;
    Function *function;
} Import;

static const Import imports[] = {
#define ABI(result, name, ...) {#name, (Function *)name},
#include "runtime/abi.def"
#undef ABI
#define LIBM(name) {#name, (Function *)name}, {#name "f", (Function *)name##f},
#include "driver/libm.def"
#undef LIBM
};

void *import_resolve(void *context, const char *name)
{
    (void)context;
    for (size_t i = 0; i < sizeof imports / sizeof *imports; i++)
        if (strcmp(imports[i].name, name) == 0) {
            Address address = {.function = imports[i].function};
            return address.data;
        }
    return image_libcall(name);
}
