/// What a query costs by the number of servers and of segments.
@NullMarked
package io.cuvee.benchmarks.scale;

import org.jspecify.annotations.NullMarked;
