/// Kernel benchmarks, and whole queries next to other engines.
@NullMarked
package io.cuvee.benchmarks;

import org.jspecify.annotations.NullMarked;
