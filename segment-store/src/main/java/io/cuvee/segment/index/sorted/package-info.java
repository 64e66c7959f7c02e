/// Sorted columns as runs of documents.
@NullMarked
package io.cuvee.segment.index.sorted;

import org.jspecify.annotations.NullMarked;
