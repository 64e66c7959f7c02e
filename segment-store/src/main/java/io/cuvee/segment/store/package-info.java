/// Segments on disk: open, verify, inspect, pack and unpack.
@NullMarked
package io.cuvee.segment.store;

import org.jspecify.annotations.NullMarked;
