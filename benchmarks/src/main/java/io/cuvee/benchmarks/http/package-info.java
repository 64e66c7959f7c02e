/// The demo's flights over HTTP, one connection, next to DuckDB in process.
@NullMarked
package io.cuvee.benchmarks.http;

import org.jspecify.annotations.NullMarked;
