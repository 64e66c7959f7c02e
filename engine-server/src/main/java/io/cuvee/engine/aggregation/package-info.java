/// Groups and aggregates over the selected rows of segments.
@NullMarked
package io.cuvee.engine.aggregation;

import org.jspecify.annotations.NullMarked;
