/// Which rows of a segment count: rows whose key has a later row elsewhere stay stored and are left
/// out of answers.
@NullMarked
package io.cuvee.segment.live;

import org.jspecify.annotations.NullMarked;
