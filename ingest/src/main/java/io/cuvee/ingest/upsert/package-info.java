/// Rows with primary keys: which row of a key counts, and which are dropped.
@NullMarked
package io.cuvee.ingest.upsert;

import org.jspecify.annotations.NullMarked;
