/// The durable home of sealed segments.
@NullMarked
package io.cuvee.cluster.deepstore;

import org.jspecify.annotations.NullMarked;
