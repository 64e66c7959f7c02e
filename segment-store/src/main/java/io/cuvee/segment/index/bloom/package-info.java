/// Whether a segment may have a value at all.
@NullMarked
package io.cuvee.segment.index.bloom;

import org.jspecify.annotations.NullMarked;
