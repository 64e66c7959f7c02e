/// Rows aggregated ahead by the values of dimensions, and the tree that finds the aggregates.
@NullMarked
package io.cuvee.segment.index.startree;

import org.jspecify.annotations.NullMarked;
