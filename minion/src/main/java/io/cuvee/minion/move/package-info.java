/// Moves rows of the live half of a table to the uploaded one.
@NullMarked
package io.cuvee.minion.move;

import org.jspecify.annotations.NullMarked;
