/* The BLAS that NumPy brought along, for matrix products in compiled code. */
#ifndef MARTLET_PYTHON_BLAS_H
#define MARTLET_PYTHON_BLAS_H

#include "runtime/abi.h"

/* Looks through the libraries of the process; those of NumPy and SciPy are loaded with them. All NULL when
 * there is none that is known by its names. */
void blas_find(RtBlas *blas);

#endif
