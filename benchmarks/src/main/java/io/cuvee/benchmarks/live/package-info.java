/// What live rows cost: decoding, appending, sealing, and asking while they are there.
@NullMarked
package io.cuvee.benchmarks.live;

import org.jspecify.annotations.NullMarked;
