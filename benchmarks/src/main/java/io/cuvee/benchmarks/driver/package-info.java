/// What a client sees of the driver on loopback, next to Avatica's own.
@NullMarked
package io.cuvee.benchmarks.driver;

import org.jspecify.annotations.NullMarked;
