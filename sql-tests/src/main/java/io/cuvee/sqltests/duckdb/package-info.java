/// The same questions to Cuvée and to DuckDB.
@NullMarked
package io.cuvee.sqltests.duckdb;

import org.jspecify.annotations.NullMarked;
