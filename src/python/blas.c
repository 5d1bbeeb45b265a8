/* Finding a BLAS among the loaded libraries by the names of its functions.
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
    const char *fortran, *c; /* formats of functions' names */
    bool is_ilp64;
} Naming;

static const Naming namings[] = {
    {"scipy_%s_64_", "scipy_cblas_%s64_", true},
    {"%s_64_", "cblas_%s64_", true},
    {"scipy_%s_", "scipy_cblas_%s", false},
    {"%s_", "cblas_%s", false},
};

/* Stores the function's address, which may be NULL, in the pointer to a function at `place`. */
static void find(void *library, const char *format, const char *function, void *place)
{
    char name[40];
    snprintf(name, sizeof name, format, function);
    void *address = dlsym(library, name);
    memcpy(place, &address, sizeof address);
}

static bool take(void *library, const Naming *naming, RtBlas *blas)
{
    *blas = (RtBlas){.is_ilp64 = naming->is_ilp64};
    find(library, naming->fortran, "sgemm", &blas->sgemm);
    find(library, naming->fortran, "dgemm", &blas->dgemm);
    find(library, naming->fortran, "cgemm", &blas->cgemm);
    find(library, naming->fortran, "zgemm", &blas->zgemm);
    find(library, naming->fortran, "sgemv", &blas->sgemv);
    find(library, naming->fortran, "dgemv", &blas->dgemv);
    find(library, naming->fortran, "cgemv", &blas->cgemv);
    find(library, naming->fortran, "zgemv", &blas->zgemv);
    find(library, naming->c, "sdot", &blas->sdot);
    find(library, naming->c, "ddot", &blas->ddot);
    find(library, naming->c, "cdotu_sub", &blas->cdotu_sub);
    find(library, naming->c, "zdotu_sub", &blas->zdotu_sub);
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
