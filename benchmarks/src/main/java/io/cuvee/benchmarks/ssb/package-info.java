/// The Star Schema Benchmark as one flat table: its rows, made from a seed, and its queries. Uses
/// nothing but the JDK, because it also runs where other engines bring their own libraries.
@NullMarked
package io.cuvee.benchmarks.ssb;

import org.jspecify.annotations.NullMarked;
