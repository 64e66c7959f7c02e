/// Indexes over columns, one package each.
@NullMarked
package io.cuvee.segment.index;

import org.jspecify.annotations.NullMarked;
