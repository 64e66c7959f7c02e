/// Merges segments by time, and rows in them.
@NullMarked
package io.cuvee.minion.merge;

import org.jspecify.annotations.NullMarked;
