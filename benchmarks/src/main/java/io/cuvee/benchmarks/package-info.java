/// Kernels, whole queries and whole clusters measured, next to peers in the same run.
@NullMarked
package io.cuvee.benchmarks;

import org.jspecify.annotations.NullMarked;
