/// The same random queries to Cuvée and to DuckDB.
@NullMarked
package io.cuvee.benchmarks.differential;

import org.jspecify.annotations.NullMarked;
