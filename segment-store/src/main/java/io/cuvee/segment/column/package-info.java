/// Columns of a segment: forward index, dictionary, validity.
@NullMarked
package io.cuvee.segment.column;

import org.jspecify.annotations.NullMarked;
