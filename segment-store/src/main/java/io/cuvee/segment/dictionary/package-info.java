/// Sorted distinct values of a column, mapped.
@NullMarked
package io.cuvee.segment.dictionary;

import org.jspecify.annotations.NullMarked;
