/// From dictId to documents.
@NullMarked
package io.cuvee.segment.index.inverted;

import org.jspecify.annotations.NullMarked;
