/// Answers aggregations from the star-trees of segments.
@NullMarked
package io.cuvee.engine.startree;

import org.jspecify.annotations.NullMarked;
