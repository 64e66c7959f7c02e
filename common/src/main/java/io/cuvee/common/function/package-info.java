/// The signatures of scalar and aggregate functions; their kernels are in `execution`.
@NullMarked
package io.cuvee.common.function;

import org.jspecify.annotations.NullMarked;
