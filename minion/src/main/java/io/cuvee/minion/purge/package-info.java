/// Removes rows that a condition is true of.
@NullMarked
package io.cuvee.minion.purge;

import org.jspecify.annotations.NullMarked;
