/// Consuming segments: rows of one table that are queried while more of them arrive.
@NullMarked
package io.cuvee.segment.consuming;

import org.jspecify.annotations.NullMarked;
