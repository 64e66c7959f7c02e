/// Computations on single values that expressions and aggregates share.
@NullMarked
package io.cuvee.execution.kernel;

import org.jspecify.annotations.NullMarked;
