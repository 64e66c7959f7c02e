/// Segments of the rows of one bucket of time each, for the tasks that make such.
@NullMarked
package io.cuvee.minion.bucket;

import org.jspecify.annotations.NullMarked;
