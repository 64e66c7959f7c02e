/// The bounds of a query: time, cancellation, memory.
@NullMarked
package io.cuvee.execution.memory;

import org.jspecify.annotations.NullMarked;
