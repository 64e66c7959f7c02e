/// The benchmarks over the Star Schema Benchmark's flat table: which engines run what.
@NullMarked
package io.cuvee.benchmarks.suite;

import org.jspecify.annotations.NullMarked;
