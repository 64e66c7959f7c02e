/// Pinot's engine, driven as its broker and server would.
@NullMarked
package io.cuvee.benchmarks.pinot;

import org.jspecify.annotations.NullMarked;
