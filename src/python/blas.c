/* Finding a BLAS among the loaded libraries by the names of its Fortran interface.
 *
 * NumPy's wheels bring OpenBLAS with 64-bit integers and names of their own; other builds of NumPy are linked
 * to a BLAS of the system with the plain names. A library is only looked into, never loaded: its name must say that
 * it is one, so that a symbol of another meaning is not taken.
 */
#define _GNU_SOURCE /* dl_iterate_phdr */
#include "python/blas.h"

#include <dlfcn.h>
#include <link.h>
#include <stdio.h>
#include <string.h>

typedef struct Naming {
    const char *format; /* of the function's name, by its letter */
    bool is_ilp64;
} Naming;

static const Naming namings[] = {
    {"scipy_%cgemm_64_", true},
    {"%cgemm_64_", true},
    {"scipy_%cgemm_", false},
    {"%cgemm_", false},
};

static RtGemm *function_of(void *library, const char *format, char letter)
{
    char name[32];
    union {
        void *data;
        RtGemm *function;
    } address;
    snprintf(name, sizeof name, format, letter);
    address.data = dlsym(library, name);
    return address.function;
}

static bool take(void *library, const Naming *naming, RtBlas *blas)
{
    *blas = (RtBlas){
        .is_ilp64 = naming->is_ilp64,
        .sgemm = function_of(library, naming->format, 's'),
        .dgemm = function_of(library, naming->format, 'd'),
        .cgemm = function_of(library, naming->format, 'c'),
        .zgemm = function_of(library, naming->format, 'z'),
    };
    return blas->sgemm && blas->dgemm && blas->cgemm && blas->zgemm;
}

static bool is_blas(const char *path)
{
    static const char *const names[] = {"blas", "mkl_rt", "libblis", "libflexiblas",
                                        "libarmpl"};
    const char *slash = strrchr(path, '/');
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strstr(slash ? slash : path, names[i]))
            return true;
    return false;
}

/* One loaded library; 1 ends the search. */
static int look(struct dl_phdr_info *info, size_t size, void *data)
{
    (void)size;
    if (!info->dlpi_name || !is_blas(info->dlpi_name))
        return 0;
    void *library = dlopen(info->dlpi_name, RTLD_LAZY | RTLD_NOLOAD);
    bool found = false;
    for (size_t i = 0; library && !found && i < sizeof namings / sizeof namings[0]; i++)
        found = take(library, &namings[i], data);
    if (library && !found)
        dlclose(library); /* one that is used stays open */
    return found;
}

void blas_find(RtBlas *blas)
{
    if (dl_iterate_phdr(look, blas) == 0)
        *blas = (RtBlas){0};
}
