/// Byte ranges as codes of a table of symbols, each read for itself: FSST.
@NullMarked
package io.cuvee.segment.fsst;

import org.jspecify.annotations.NullMarked;
