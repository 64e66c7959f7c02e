/// Reads rows from files: CSV, JSON lines, Avro and Parquet.
@NullMarked
package io.cuvee.ingest.batch;

import org.jspecify.annotations.NullMarked;
