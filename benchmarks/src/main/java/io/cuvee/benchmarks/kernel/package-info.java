/// The inner loops by themselves, as JMH measures them.
@NullMarked
package io.cuvee.benchmarks.kernel;

import org.jspecify.annotations.NullMarked;
