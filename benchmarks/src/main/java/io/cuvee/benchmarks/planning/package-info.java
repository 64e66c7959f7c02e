/// What planning a statement costs, with and without the plan cache.
@NullMarked
package io.cuvee.benchmarks.planning;

import org.jspecify.annotations.NullMarked;
