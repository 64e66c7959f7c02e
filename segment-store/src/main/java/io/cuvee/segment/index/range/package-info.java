/// From intervals of values to documents.
@NullMarked
package io.cuvee.segment.index.range;

import org.jspecify.annotations.NullMarked;
